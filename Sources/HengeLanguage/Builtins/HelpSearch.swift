// SPDX-License-Identifier: MIT

/// The words that a search of the help looks for, with their synonyms.
struct HelpSearch {
  /// The words, each followed by its synonyms; none of words such as `of`.
  private let words: [[[UInt8]]]
  /// A line that names the synonyms that were searched, too; nil where there are none.
  let note: String?

  /// A search for the words of `text`.
  init(_ text: String) {
    let counted = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      .map(String.init).filter { !HelpSearch.smallWords.contains($0) }
    words = counted.map { word in ([word] + Synonyms.of(word)).map { Array($0.utf8) } }
    let synonyms = counted.flatMap(Synonyms.of)
    note = synonyms.isEmpty ? nil : "also searched: \(synonyms.joined(separator: ", "))"
  }

  /// How many of the words are in `text`, or one of their synonyms.
  func count(in text: String) -> Int {
    let bytes = Array(text.lowercased().utf8)
    return words.count { $0.contains { bytes.holds($0) } }
  }

  /// How many of the words are in `text`, without their synonyms.
  func literalCount(in text: String) -> Int {
    let bytes = Array(text.lowercased().utf8)
    return words.count { bytes.holds($0[0]) }
  }

  /// Whether each of the words, of which there is one or more, is in `text`.
  func isAll(in text: String) -> Bool { !words.isEmpty && count(in: text) == words.count }

  private static let smallWords: Set<String> = [
    "a", "an", "the", "of", "to", "in", "on", "and", "or", "is", "do", "i", "my", "me", "how",
    "what", "with", "for", "from", "by", "can", "one",
  ]
}

extension [UInt8] {
  /// Whether `part` occurs in it.
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    guard part.count <= count else { return false }
    return (0...(count - part.count)).contains { self[$0...].starts(with: part) }
  }
}
