// SPDX-License-Identifier: MIT

extension Library {
  /// The parts of a hint that name only what is here; none when nothing is left.
  ///
  /// A hint has parts between commas, such as `plot(y), show(x)`, of which some may be of a
  /// later version.
  func usable(_ hint: String?) -> String? {
    guard let hint else { return nil }
    let parts = hint.parts.filter { part in
      part.calledNames.allSatisfy { functions[$0] != nil || properties[$0] != nil || $0 == "f" }
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension String {
  /// What stands between the commas that no bracket or quotes hold.
  fileprivate var parts: [String] {
    var parts = [""]
    var depth = 0
    var isText = false
    for character in self {
      switch character {
      case "\"": isText.toggle()
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      default: break
      }
      if character == ",", depth == 0, !isText {
        parts.append("")
      } else if character != " " || parts[parts.count - 1] != "" {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  /// The names before a parenthesis and behind a point, outside quotes.
  fileprivate var calledNames: [String] {
    var names: [String] = []
    var word = ""
    var isMember = false
    var isText = false
    for character in self + " " {
      if character == "\"" { isText.toggle() }
      if !isText, character.isLetter || character == "_" || !word.isEmpty && character.isNumber {
        word.append(character)
        continue
      }
      if !word.isEmpty, isMember || character == "(" { names.append(word) }
      isMember = character == "." && !isText
      word = ""
    }
    return names
  }
}
