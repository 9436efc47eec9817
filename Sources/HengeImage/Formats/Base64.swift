// SPDX-License-Identifier: MIT

// Base64 [RFC 4648] without Foundation, which would cost the start of the program.

private let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// `bytes` in Base64, padded, in one line.
public func base64(_ bytes: [UInt8]) -> String {
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  var index = 0
  while index < bytes.count {
    let rest = min(3, bytes.count - index)
    var group = UInt32(bytes[index]) << 16
    if rest > 1 { group |= UInt32(bytes[index + 1]) << 8 }
    if rest > 2 { group |= UInt32(bytes[index + 2]) }
    for place in 0..<4 {
      text.append(place <= rest ? letters[Int(group >> UInt32(18 - 6 * place)) & 63] : 61)
    }
    index += 3
  }
  return String(decoding: text, as: UTF8.self)
}

/// The bytes that `text` encodes; nil for anything but padded Base64 in one line.
public func decodedBase64(_ text: String) -> [UInt8]? {
  var values = [UInt8](repeating: 255, count: 256)
  for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
  let given = Array(text.utf8)
  guard given.count % 4 == 0 else { return nil }
  let padding = given.suffix(2).filter { $0 == 61 }.count
  if padding == 2, given.last != 61 || given[given.count - 2] != 61 { return nil }
  if padding == 1, given.last != 61 { return nil }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(given.count / 4 * 3)
  for start in stride(from: 0, to: given.count, by: 4) {
    let isLast = start + 4 == given.count
    var group: UInt32 = 0
    for place in 0..<4 {
      let isPadding = isLast && place >= 4 - padding
      let value = isPadding ? 0 : values[Int(given[start + place])]
      guard value != 255 else { return nil }
      group = group << 6 | UInt32(value)
    }
    bytes += [UInt8(group >> 16 & 255), UInt8(group >> 8 & 255), UInt8(group & 255)]
    if isLast { bytes.removeLast(padding) }
  }
  return bytes
}
