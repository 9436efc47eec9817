// SPDX-License-Identifier: MIT

/// A PNG file as terminals take it that draw pictures themselves.
struct InlineImage {
  /// A PNG file.
  let file: [UInt8]
  /// In how many columns it is drawn; none in its own pixels.
  let columns: Int?

  /// By kitty's protocol: pieces of at most 4096 characters, and the terminal answers nothing.
  var kitty: [UInt8] {
    let text = base64(file)
    var bytes: [UInt8] = []
    var keys = "a=T,f=100,q=2" + (columns.map { ",c=\($0)" } ?? "")
    for start in stride(from: 0, to: text.count, by: 4096) {
      let end = min(text.count, start + 4096)
      keys += (keys.isEmpty ? "" : ",") + "m=\(end < text.count ? 1 : 0)"
      bytes += Array("\u{1B}_G\(keys);".utf8) + text[start..<end] + Array("\u{1B}\\".utf8)
      keys = "q=2"
    }
    return bytes + [UInt8(ascii: "\n")]
  }

  /// By iTerm2's protocol.
  var iterm: [UInt8] {
    let width = columns.map { ";width=\($0)" } ?? ""
    return Array("\u{1B}]1337;File=inline=1;size=\(file.count)\(width):".utf8) + base64(file)
      + [7, UInt8(ascii: "\n")]
  }

  /// `sequence` wrapped so that tmux hands it on.
  static func throughTmux(_ sequence: [UInt8]) -> [UInt8] {
    var bytes = Array("\u{1B}Ptmux;".utf8)
    for byte in sequence.dropLast() {
      if byte == 0x1B { bytes.append(0x1B) }
      bytes.append(byte)
    }
    return bytes + Array("\u{1B}\\\n".utf8)
  }
}

/// `bytes` in base64, with padding.
func base64(_ bytes: [UInt8]) -> [UInt8] {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let count = min(3, bytes.count - start)
    var word = 0
    for offset in 0..<3 { word = word << 8 | (offset < count ? Int(bytes[start + offset]) : 0) }
    for place in 0..<4 {
      text.append(place <= count ? digits[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
    }
  }
  return text
}
