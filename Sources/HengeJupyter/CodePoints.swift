// SPDX-License-Identifier: MIT

// Jupyter counts places in texts by code points, henge by the bytes of UTF-8.

extension String {
  /// The byte at which the code point `place` begins; the end for one behind it.
  func byteOffset(ofCodePoint place: Int) -> Int {
    guard place > 0 else { return 0 }
    var bytes = 0
    for (index, scalar) in unicodeScalars.enumerated() {
      if index == place { return bytes }
      bytes += UTF8.width(scalar)
    }
    return bytes
  }

  /// How many code points begin before the byte `offset`.
  func codePoint(atByte offset: Int) -> Int {
    utf8.prefix(max(0, offset)).count { $0 & 0xC0 != 0x80 }
  }
}
