// SPDX-License-Identifier: MIT

/// What a piece of code is, for readers.
public enum Highlight: String, Sendable {
  case comment = "c"
  case keyword = "k"
  case number = "n"
  case string = "s"
  case check = "q"
  /// A name that nothing has; only what is typed at a prompt is looked up.
  case unknown = "u"

  /// The kind of a token, as far as it alone tells.
  init?(_ token: Token.Kind) {
    switch token {
    case .word: self = .keyword
    case .int, .num, .shape, .minimumMagnitude: self = .number
    case .string, .interpolated: self = .string
    default: return nil
    }
  }
}

extension Source {
  /// The pieces of the text that are drawn apart, in order; of a text that is no program those before
  /// the mistake.
  public func highlights() -> [(span: Span, kind: Highlight)] {
    var lexer = Lexer(self)
    lexer.run()
    var pieces: [(span: Span, kind: Highlight)] = []
    var position = 0
    for token in lexer.tokens {
      addComment(from: position, to: token.span.start, &pieces)
      position = max(position, token.span.end)
      switch token.kind {
      case .check(let rest):
        pieces.append((token.span.joined(with: rest), .check))
        position = max(position, rest.end)
      case .bad: return pieces
      default:
        if let kind = Highlight(token.kind) { pieces.append((token.span, kind)) }
      }
    }
    addComment(from: position, to: bytes.count, &pieces)
    return pieces
  }

  /// Adds the comments between two tokens.
  func addComment(
    from start: Int, to end: Int, _ pieces: inout [(span: Span, kind: Highlight)]
  ) {
    var index = start
    while index < end {
      guard bytes[index] == UInt8(ascii: "#") else {
        index += 1
        continue
      }
      let stop = bytes[index..<end].firstIndex(of: 10) ?? end
      pieces.append((Span(index, stop), .comment))
      index = stop
    }
  }
}
