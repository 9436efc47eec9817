// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The filter for all text to a terminal: no text from outside can control the terminal.
///
/// File names, cells of tables, messages and the output of programs may contain control codes. They
/// are escaped (`\x1b`) except newline and tab; so are bidirectional formatting codes and invisible
/// characters. A pipe receives every text unchanged.
public enum TerminalGate {
  /// `text` without codes that control a terminal.
  ///
  /// With `keepsColours`, sequences that only set colors (`ESC [ digits and semicolons m`) are
  /// kept.
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

  /// The end of the color sequence at the beginning of `text`, if there is one.
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
