// SPDX-License-Identifier: MIT

extension Completer {
  /// The pieces of a text being typed that are drawn apart, in order.
  ///
  /// Mistakes are passed over. A name that the session does not have, and the text does not bind, is
  /// unknown, unless it ends at `cursor` (an offset in the bytes) and may become one that is known.
  public func highlights(of text: String, at cursor: Int) -> [(span: Span, kind: Highlight)] {
    let read = TextBeforeCursor(Array(text.utf8), linesAbove: linesAbove)
    let source = read.source
    var pieces: [(span: Span, kind: Highlight)] = []
    var position = 0
    lazy var bound = Set(read.bindings().map(\.name))
    for (index, token) in read.tokens.enumerated() {
      source.addComment(from: position, to: token.span.start, &pieces)
      position = max(position, token.span.end)
      if case .check(let rest) = token.kind {
        pieces.append((token.span.joined(with: rest), .check))
        position = max(position, rest.end)
      } else if let kind = Highlight(token.kind) {
        pieces.append((token.span, kind))
      } else if token.kind == .name, read.isLookedUp(at: index) {
        let name = source.text(token.span)
        guard !isKnown(name), !bound.contains(name),
          token.span.end != cursor || !isBeginning(name, of: bound)
        else { continue }
        pieces.append((token.span, .unknown))
      }
    }
    if case .string(let string) = read.open {
      source.addComment(from: position, to: string.start, &pieces)
      pieces.append((Span(string.start, source.bytes.count), .string))
    } else {
      source.addComment(from: position, to: source.bytes.count, &pieces)
    }
    return pieces
  }

  private func isKnown(_ name: String) -> Bool {
    library.functions[name] != nil || library.constants[name] != nil
      || globals.contains { $0.name == name }
  }

  /// Whether a known name begins with `text`.
  private func isBeginning(_ text: String, of bound: Set<String>) -> Bool {
    func begins(_ name: String) -> Bool { name.utf8.starts(with: text.utf8) }
    return library.functions.keys.contains(where: begins)
      || library.constants.keys.contains(where: begins) || bound.contains(where: begins)
      || globals.contains { begins($0.name) } || Word.allCases.contains { begins($0.rawValue) }
  }
}

extension TextBeforeCursor {
  /// Whether the name at `index` means what has this name: not a member, an argument's name, the
  /// key of a record, nor what is assigned.
  fileprivate func isLookedUp(at index: Int) -> Bool {
    if index > 0, tokens[index - 1].kind == .symbol(.dot) { return false }
    guard index + 1 < tokens.count else { return true }
    return ![.symbol(.assign), .symbol(.colon)].contains(tokens[index + 1].kind)
  }
}
