// SPDX-License-Identifier: MIT

/// The storage of a string value: UTF-8 text indexed by code points.
public final class Text {
  /// The text itself.
  public internal(set) var string: String
  /// The number of code points.
  public private(set) var count: Int

  /// A text with the contents of `string`.
  public init(_ string: String) {
    self.string = string
    self.string.makeContiguousUTF8()
    count = self.string.codePointCount
  }

  /// Keeps `string`, of which `count` is known.
  init(_ string: String, count: Int) {
    self.string = string
    self.string.makeContiguousUTF8()
    self.count = count
  }

  /// Whether each code point is one byte, so that offsets are byte offsets.
  var isASCII: Bool { count == string.utf8.count }

  /// Appends to the text.
  ///
  /// It must have no other reference.
  func append(_ other: Text) {
    string += other.string
    count += other.count
  }

  /// Appends a string to the text.
  ///
  /// It must have no other reference.
  func append(_ other: String) {
    string += other
    count += other.codePointCount
  }

  /// The code points from `start` up to `stop`; both must be in `0...count`.
  func slice(_ start: Int, _ stop: Int) -> String {
    precondition(0 <= start && start <= stop && stop <= count, "A slice is within its text.")
    if isASCII {
      let bytes = string.utf8
      let low = bytes.index(bytes.startIndex, offsetBy: start)
      let high = bytes.index(low, offsetBy: stop - start)
      return String(string[low..<high])
    }
    let scalars = string.unicodeScalars
    let low = scalars.index(scalars.startIndex, offsetBy: start)
    let high = scalars.index(low, offsetBy: stop - start)
    return String(scalars[low..<high])
  }
}

extension String {
  /// The number of its code points: of the bytes that begin one.
  var codePointCount: Int {
    let count = utf8.withContiguousStorageIfAvailable { bytes in
      var count = 0
      for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
      return count
    }
    return count ?? unicodeScalars.count
  }

  /// The string as a literal of the language, with escapes for what cannot be seen; cut after `limit` code points.
  func quoted(limit: Int = .max) -> String { quoted(limit: limit) {} }

  /// As ``quoted(limit:)``; now and then `beat`, which throws when it is to stop.
  func quoted<Stop: Error>(limit: Int, beat: () throws(Stop) -> Void) throws(Stop) -> String {
    let quote = try quote(limit: limit, beat: beat)
    var result = String(quote)
    var count = 0
    for scalar in unicodeScalars {
      if count == limit {
        result += "…"
        break
      }
      count += 1
      if count % 64 == 0 { try beat() }
      switch scalar {
      case quote, "\\":
        result.unicodeScalars.append("\\")
        result.unicodeScalars.append(scalar)
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default:
        if TextWidth.isHidden(scalar) {
          result += TextWidth.escape(scalar)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    result.unicodeScalars.append(quote)
    return result
  }

  /// The quote around the literal: a double quote, unless the shown part contains only double
  /// quotes.
  private func quote<Stop: Error>(
    limit: Int, beat: () throws(Stop) -> Void
  ) throws(Stop) -> Unicode.Scalar {
    var hasDouble = false
    var left = limit
    for scalar in unicodeScalars {
      guard left > 0 else { break }
      left -= 1
      if left % 64 == 0 { try beat() }
      if scalar == "'" { return "\"" }
      if scalar == "\"" { hasDouble = true }
    }
    return hasDouble ? "'" : "\""
  }
}
