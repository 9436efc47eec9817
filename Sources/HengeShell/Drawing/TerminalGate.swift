// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// What stands between text and a terminal: no text from outside can command the terminal.
///
/// File names, cells of tables, messages and what a program prints may hold control codes. They
/// are written out (`\x1b`), but for the newline and the tab; so are codes that turn the direction
/// of writing and that cannot be seen. A pipe gets every text as it is.
public enum TerminalGate {
  /// `text` without a code that a terminal obeys.
  ///
  /// With `keepsColours`, sequences that only set colours (`ESC [ digits and semicolons m`) stay.
  public static func safe(_ text: String, keepsColours: Bool = false) -> String {
    guard mayHide(text) else { return text }
    var result = ""
    var rest = text.unicodeScalars[...]
    while let scalar = rest.first {
      if scalar == "\u{1B}", keepsColours, let end = endOfColour(rest) {
        result += String(rest[..<end])
        rest = rest[end...]
        continue
      }
      rest.removeFirst()
      if scalar == "\n" || scalar == "\t" || !TextWidth.isHidden(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += TextWidth.escape(scalar)
      }
    }
    return result
  }

  /// Whether a byte of `text` is a control code or begins a character that may be hidden.
  private static func mayHide(_ text: String) -> Bool {
    text.utf8.contains { byte in
      switch byte {
      case 0x09, 0x0A: false
      case 0..<0x20, 0x7F, 0xC2, 0xD8, 0xE1, 0xE2, 0xEF, 0xF3: true
      default: false
      }
    }
  }

  /// The end of the colour sequence that `text` begins with, if it is one.
  private static func endOfColour(
    _ text: Substring.UnicodeScalarView
  ) -> Substring.UnicodeScalarView.Index? {
    var place = text.index(after: text.startIndex)
    guard place < text.endIndex, text[place] == "[" else { return nil }
    place = text.index(after: place)
    while place < text.endIndex {
      let scalar = text[place]
      place = text.index(after: place)
      if scalar == "m" { return place }
      guard scalar == ";" || ("0"..."9").contains(scalar) else { return nil }
    }
    return nil
  }
}
