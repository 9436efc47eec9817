// SPDX-License-Identifier: MIT

/// Changes programs of the corpus.
struct FuzzMutation {
  let corpus: FuzzCorpus
  /// Texts of values, of which any may take the place of a token.
  let values: [String]

  /// A piece of a script with a few tokens or bytes changed.
  func program(_ dice: inout FuzzDice) -> [UInt8] {
    var text = dice.pick(corpus.snippets)
    if dice.once(in: 4) { text += "\n" + dice.pick(corpus.snippets) }
    if dice.once(in: 5) { return bytes(text, &dice) }
    var tokens = FuzzTokens.split(text)
    let changes = dice.once(in: 3) ? 2 + dice.roll(4) : 1
    for _ in 0..<changes { change(&tokens, &dice) }
    return Array(tokens.joined().utf8)
  }

  private func change(_ tokens: inout [String], _ dice: inout FuzzDice) {
    guard !tokens.isEmpty else { return }
    let at = dice.roll(tokens.count)
    let isWord = tokens[at].utf8.first.map { $0 >= 0x30 && $0 != 0x3D && $0 < 0x7B } ?? false
    switch dice.roll(14) {
    case 0: tokens.remove(at: at)
    case 1: tokens.insert(dice.pick(corpus.tokens), at: at)
    case 2: tokens.swapAt(at, dice.roll(tokens.count))
    case 3: tokens.insert(tokens[dice.roll(tokens.count)], at: at)
    case 4: tokens.removeSubrange(at..<min(tokens.count, at + 1 + dice.roll(5)))
    case 5: tokens.insert(contentsOf: FuzzTokens.split(dice.pick(corpus.snippets)), at: at)
    case 6 where dice.once(in: 3): tokens.removeLast(tokens.count - at)
    default:
      // Words become values, so that most of the programs remain programs.
      guard isWord, let word = nearestWord(tokens, at) else { return }
      tokens[word] = dice.pick(dice.once(in: 4) ? corpus.tokens : values)
    }
  }

  /// The next token from `at` on that is a number, or a name that no `(` or `=` follows.
  private func nearestWord(_ tokens: [String], _ at: Int) -> Int? {
    (at..<tokens.count).first { index in
      guard let first = tokens[index].utf8.first else { return false }
      if (0x30...0x39).contains(first) || first == 34 { return true }
      guard first >= 0x61, first < 0x7B, !FuzzMutation.words.contains(tokens[index]) else {
        return false
      }
      let next = tokens.dropFirst(index + 1).first { !$0.hasPrefix(" ") }
      return next != "(" && next != "=" && next != "in"
    }
  }

  private static let words: Set<String> = [
    "if", "else", "for", "while", "repeat", "break", "continue", "fn", "return", "try", "catch",
    "assert", "param", "import", "as", "time", "bench", "in", "not", "and", "or", "by",
  ]

  /// `text` with single bytes changed, put in or taken out; often no UTF-8 any more.
  private func bytes(_ text: String, _ dice: inout FuzzDice) -> [UInt8] {
    var bytes = Array(text.utf8)
    for _ in 0...dice.roll(3) where !bytes.isEmpty {
      let at = dice.roll(bytes.count)
      switch dice.roll(6) {
      case 0: bytes[at] = UInt8(dice.roll(256))
      case 1: bytes[at] ^= 1 << UInt8(dice.roll(8))
      case 2: bytes.insert(UInt8(dice.roll(256)), at: at)
      case 3: bytes.remove(at: at)
      case 4: bytes.insert(contentsOf: dice.pick(FuzzMutation.pieces).utf8, at: at)
      default: if dice.once(in: 4) { bytes.removeSubrange(at...) } else { bytes[at] = 0x28 }
      }
    }
    return bytes
  }

  private static let pieces = [
    "\u{0}", "\u{FEFF}", "\r", "\u{202E}", "\u{1F600}", "e\u{301}", "\"\"\"", "f\"{", "}}", "\\u{",
    "\\x", "1e999", "0x", "9223372036854775808", "((((((((((", "]]]]", "#=> ", "# %%", "\u{1B}[2J",
  ]
}
