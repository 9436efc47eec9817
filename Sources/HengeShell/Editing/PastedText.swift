// SPDX-License-Identifier: MIT

/// What a terminal pastes, as the text to insert.
enum PastedText {
  /// The characters of `bytes`: newlines as `\n`, prompts taken off, control characters left out.
  static func cleaned(_ bytes: [UInt8]) -> [Unicode.Scalar] {
    var text: [Unicode.Scalar] = []
    var previous: Unicode.Scalar = " "
    for character in String(decoding: withoutMarks(bytes), as: UTF8.self).unicodeScalars {
      defer { previous = character }
      switch character {
      case "\r": text.append("\n")
      case "\n": if previous != "\r" { text.append(character) }
      case "\t": text.append(character)
      default:
        let isControl = character.value < 0x20 || (0x7f..<0xa0).contains(character.value)
        if !isControl { text.append(character) }
      }
    }
    return withoutPrompts(text)
  }

  /// Takes out the marks of a paste within a paste.
  private static func withoutMarks(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(0x1b) else { return bytes }
    var rest = bytes[...]
    var kept: [UInt8] = []
    while let first = rest.first {
      if rest.starts(with: "\u{1b}[200~".utf8) || rest.starts(with: "\u{1b}[201~".utf8) {
        rest = rest.dropFirst(6)
      } else {
        kept.append(first)
        rest = rest.dropFirst()
      }
    }
    return kept
  }

  /// Takes the prompts off a copied session, and leaves out the lines that no prompt marks: what
  /// was shown there.
  private static func withoutPrompts(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first(where: { !$0.allSatisfy { $0 == " " } }),
      promptLength(first, isFirst: true) != nil
    else { return text }
    let entered = lines.compactMap { line in
      promptLength(line, isFirst: false).map { line.dropFirst($0) }
    }
    return Array(entered.joined(separator: ["\n"]))
  }

  /// The length of the prompt that `line` begins with: `henge[1]> `, `>>> `, `In [1]: `, and what
  /// these have before further lines.
  private static func promptLength(_ line: ArraySlice<Unicode.Scalar>, isFirst: Bool) -> Int? {
    func length(_ before: String, number: Bool = false, _ behind: String) -> Int? {
      var rest = line
      guard rest.starts(with: before.unicodeScalars) else { return nil }
      rest = rest.dropFirst(before.unicodeScalars.count)
      if number {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
      }
      // An empty line may have lost the space after its prompt.
      let mark = Array(behind.unicodeScalars)
      if rest.starts(with: mark) { return line.count - rest.count + mark.count }
      return rest.elementsEqual(mark.dropLast()) ? line.count : nil
    }
    let first =
      length("henge[", number: true, "]> ") ?? length(">>> ", "") ?? length(">>", "> ")
      ?? length("In [", number: true, "]: ")
    guard first == nil, !isFirst else { return first }
    let blanks = line.prefix { $0 == " " }.count
    let indented = String(repeating: " ", count: blanks)
    return length(indented, "…> ") ?? length(indented + "...", ": ") ?? length("...", " ")
  }
}
