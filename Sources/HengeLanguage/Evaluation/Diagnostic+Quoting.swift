// SPDX-License-Identifier: MIT

// Suggestions in terms of the user's program. `§` is replaced by the text of the first operand or
// the argument at fault, `¶` by that of the second
// operand.

extension Diagnostic {
  /// Writes the source's text for `§` and `¶` in the suggestion.
  mutating func quote(_ source: Source, _ first: Span, _ second: Span? = nil) {
    suggestion = suggestion?.replacing("§", by: source.brief(first) ?? "x")
    let other = second.flatMap { source.brief($0) }
    if let other, other.first == "(" || other.first == "[" {
      // The elements of a list as it is written.
      for (index, element) in Habits.arguments(String(other.dropFirst().dropLast())).enumerated() {
        suggestion = suggestion?.replacingText("¶[\(index)]", by: element)
      }
    }
    suggestion = suggestion?.replacing("¶", by: other ?? "y")
  }

  /// As ``quote(_:_:_:)``, with the text marked by the carets; a suggestion whose text is not in
  /// the source is left out.
  mutating func quoteLabels(areOperands: Bool = true) {
    guard let suggestion, suggestion.contains("§") || suggestion.contains("¶") else { return }
    guard let first = labels.first, areOperands, labels.count > 1 || !suggestion.contains("¶")
    else {
      self.suggestion = nil
      return
    }
    quote(first.source, first.span, labels.dropFirst().first?.span)
  }

  /// A placeholder, replaced by the rewritten chain.
  static let chainExample = "a < x & x < b"
}

extension Source {
  /// The text of `span` if it is short enough to be repeated.
  fileprivate func brief(_ span: Span) -> String? {
    let text = text(span)
    return text.utf8.count <= 40 && !text.utf8.contains(10) ? text : nil
  }
}

extension String {
  /// With `new` in place of `old`.
  fileprivate func replacingText(_ old: String, by new: String) -> String {
    var (result, rest) = ("", self[...])
    while let place = rest.range(ofFirst: old) {
      result += rest[..<place.lowerBound] + new
      rest = rest[place.upperBound...]
    }
    return result + rest
  }

  /// With `text` for `mark`, in parentheses where an operator in it would be torn apart.
  fileprivate func replacing(_ mark: Character, by text: String) -> String {
    var result = ""
    for (index, character) in zip(indices, self) {
      guard character == mark else {
        result.append(character)
        continue
      }
      let after = self.index(after: index)
      let isEnclosed =
        (result.last == "(" || result.last == "{") && after < endIndex
        && [")", ",", "}", ":"].contains(self[after])
      let isOne = isEnclosed || !text.contains(" ") || text.isBracketed
      result += isOne ? text : "(\(text))"
    }
    return result
  }

  /// `f(a, b)`, `[1, 2]`: every space is inside brackets or quotes.
  private var isBracketed: Bool {
    var depth = 0
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: " ") where depth == 0: return first == "\"" && last == "\""
      default: break
      }
    }
    return true
  }

  /// `a < x & x < b` for `a < x < b`; `nil` if it is not a chain or contains a string.
  var withoutChain: String? {
    var parts = [""]
    var operators: [String] = []
    var depth = 0
    var rest = self[...]
    while let character = rest.first {
      if character == "\"" || character == "'" { return nil }
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      let symbol = ["<=", ">=", "==", "!=", "<", ">"].first { rest.hasPrefix($0) }
      if depth == 0, let symbol {
        operators.append(symbol)
        parts.append("")
        rest = rest.dropFirst(symbol.count)
      } else {
        parts[parts.count - 1].append(character)
        rest = rest.dropFirst()
      }
    }
    guard operators.count > 1 else { return nil }
    let names = parts.map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    return operators.indices.map { "\(names[$0]) \(operators[$0]) \(names[$0 + 1])" }
      .joined(separator: " & ")
  }
}
