// SPDX-License-Identifier: MIT

/// A text being edited: its characters, and the cursor as an offset in them.
struct Line: Equatable {
  var characters: [Unicode.Scalar] = []
  var cursor = 0

  private static let newline: Unicode.Scalar = "\n"

  init() {}

  /// A line with the cursor after `text`.
  init(_ text: String) {
    characters = Array(text.unicodeScalars)
    cursor = characters.count
  }

  init(_ characters: [Unicode.Scalar], cursor: Int) {
    self.characters = characters
    self.cursor = cursor
  }

  var text: String { Line.text(characters[...]) }

  /// The cursor as an offset in the text's UTF-8 bytes.
  var cursorInBytes: Int { characters[..<cursor].reduce(0) { $0 + UTF8.width($1) } }

  /// Whether the text has more than one line.
  var isBlock: Bool { characters.contains(Line.newline) }

  /// Where the cursor's line begins.
  var lineStart: Int { (characters[..<cursor].lastIndex(of: Line.newline) ?? -1) + 1 }

  /// Where the cursor's line ends, before its newline.
  var lineEnd: Int { characters[cursor...].firstIndex(of: Line.newline) ?? characters.count }

  /// The indentation of the cursor's line.
  var indentation: Int { characters[lineStart..<cursor].prefix { $0 == " " }.count }

  /// The last character before the cursor in its line that is no blank.
  var lastBeforeCursor: Unicode.Scalar? {
    characters[lineStart..<cursor].last { $0 != " " && $0 != "\t" }
  }

  /// Written byte by byte: a view of scalars takes five times as long, at every key.
  static func text(_ characters: ArraySlice<Unicode.Scalar>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count + characters.count / 8)
    for character in characters {
      if character.isASCII {
        bytes.append(UInt8(truncatingIfNeeded: character.value))
      } else {
        bytes.append(contentsOf: character.utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The character index at the byte offset `offset`.
  func index(ofByte offset: Int) -> Int {
    var bytes = 0
    for (index, character) in characters.enumerated() {
      if bytes >= offset { return index }
      bytes += UTF8.width(character)
    }
    return characters.count
  }

  mutating func insert(_ text: [Unicode.Scalar]) {
    characters.insert(contentsOf: text, at: cursor)
    cursor += text.count
  }

  mutating func insert(_ text: String) { insert(Array(text.unicodeScalars)) }

  /// Removes a range; the cursor stays at its text.
  mutating func remove(_ range: Range<Int>) -> [Unicode.Scalar] {
    let removed = Array(characters[range])
    characters.removeSubrange(range)
    cursor = range.lowerBound
    return removed
  }

  /// Moves to the line above (-1) or below (1), in the same column; whether there is one.
  mutating func move(by direction: Int) -> Bool {
    let column = cursor - lineStart
    if direction < 0 {
      guard lineStart > 0 else { return false }
      cursor = lineStart - 1
    } else {
      guard lineEnd < characters.count else { return false }
      cursor = lineEnd + 1
    }
    cursor = min(lineStart + column, lineEnd)
    return true
  }

  /// The beginning of the word before the cursor.
  var wordStart: Int {
    var index = cursor
    while index > 0, !Line.isWord(characters[index - 1]) { index -= 1 }
    while index > 0, Line.isWord(characters[index - 1]) { index -= 1 }
    return index
  }

  /// The end of the word after the cursor.
  var wordEnd: Int {
    var index = cursor
    while index < characters.count, !Line.isWord(characters[index]) { index += 1 }
    while index < characters.count, Line.isWord(characters[index]) { index += 1 }
    return index
  }

  private static func isWord(_ character: Unicode.Scalar) -> Bool {
    character == "_" || character.properties.isAlphabetic || character.properties.numericType != nil
  }
}
