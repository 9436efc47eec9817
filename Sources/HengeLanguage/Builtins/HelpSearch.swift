// SPDX-License-Identifier: MIT

/// The words that a search of the help looks for, with help's own words for them.
struct HelpSearch {
  /// The words with help's own words for them; none of words such as `of`.
  private let words: [(typed: [UInt8], own: [UInt8]?)]
  /// A line that names help's own words that were searched, too; nil where there are none.
  let note: String?

  /// A search for the words of `text`.
  init(_ text: String) {
    let counted = HelpSearch.counted(text)
    words = counted.map { (Array($0.utf8), Synonyms.ownWord(for: $0).map { Array($0.utf8) }) }
    let own = counted.compactMap(Synonyms.ownWord)
    note = own.isEmpty ? nil : "also searched: \(own.joined(separator: ", "))"
  }

  /// Whether the words are `name`, which people call something: `Histograms` for `histogram`.
  func isFor(_ name: String) -> Bool {
    let own = HelpSearch.counted(name)
    return own.count == words.count && !own.isEmpty
      && zip(words, own).allSatisfy {
        Synonyms.isForm(String(decoding: $0.typed, as: UTF8.self), of: $1)
      }
  }

  /// The words of a text in small letters, without those such as `of`.
  private static func counted(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      .map(String.init).filter { !smallWords.contains($0) }
  }

  /// How many of the words are in `text`, or help's own word at the beginning of a word.
  func count(in text: String) -> Int {
    let bytes = Array(text.lowercased().utf8)
    return words.count { typed, own in
      bytes.holds(typed) || own.map { bytes.holds($0, atWord: true) } ?? false
    }
  }

  /// How many of the words themselves are in `text`.
  func literalCount(in text: String) -> Int {
    let bytes = Array(text.lowercased().utf8)
    return words.count { bytes.holds($0.typed) }
  }

  /// Whether each of the words, of which there is one or more, is in `text`.
  func isAll(in text: String) -> Bool { !words.isEmpty && count(in: text) == words.count }

  private static let smallWords: Set<String> = [
    "a", "an", "the", "of", "to", "in", "on", "and", "or", "is", "do", "i", "my", "me", "how",
    "what", "with", "for", "from", "by", "can", "one",
  ]
}

extension [UInt8] {
  /// Whether the word `part` occurs in it; one of up to two letters only as a whole word, and with
  /// `atWord` only where a word begins.
  fileprivate func holds(_ part: [UInt8], atWord: Bool = false) -> Bool {
    guard part.count <= count else { return false }
    let isShort = part.count <= 2
    return (0...(count - part.count)).contains { start in
      guard self[start...].starts(with: part) else { return false }
      let end = start + part.count
      return (start == 0 || !(isShort || atWord) || !isOfWord(self[start - 1]))
        && (end == count || !isShort || !isOfWord(self[end]))
    }
  }

  private func isOfWord(_ byte: UInt8) -> Bool {
    Lexer.isNamePart(byte) || byte >= 0x80
  }
}
