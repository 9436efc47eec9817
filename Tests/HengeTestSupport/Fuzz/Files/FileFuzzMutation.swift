// SPDX-License-Identifier: MIT

/// Damages files of one format.
struct FileFuzzMutation {
  private let seeds: [[UInt8]]

  /// Damages `seeds`, of which there is at least one.
  init(_ seeds: [[UInt8]]) { self.seeds = seeds }

  /// A file that nobody wrote.
  func file(_ dice: inout FuzzDice) -> [UInt8] {
    guard var bytes = dice.element(of: seeds) else { return [] }
    let isArchive = FileFuzzFormat.isArchive(bytes)
    if dice.once(in: 8) { splice(&bytes, &dice) }
    let changes = dice.once(in: 3) ? 2 + dice.roll(6) : 1
    for _ in 0..<changes where !bytes.isEmpty {
      // A change of length moves all that an archive's directory points to.
      if isArchive && !dice.once(in: 4) { overwrite(&bytes, &dice) } else { change(&bytes, &dice) }
    }
    if isArchive && !dice.once(in: 5) { FileFuzzMutation.mend(&bytes) }
    return bytes
  }

  /// The start of the file and the end of another.
  private func splice(_ bytes: inout [UInt8], _ dice: inout FuzzDice) {
    guard let other = dice.element(of: seeds), !other.isEmpty else { return }
    let at = dice.roll(bytes.count + 1)
    bytes = Array(bytes[..<at]) + other[min(dice.roll(other.count), other.count)...]
  }

  private func change(_ bytes: inout [UInt8], _ dice: inout FuzzDice) {
    let at = dice.roll(bytes.count)
    let end = min(bytes.count, at + 1 + dice.roll(dice.once(in: 4) ? 200 : 8))
    switch dice.roll(10) {
    case 0: bytes.removeSubrange(at..<end)
    case 1: bytes.insert(contentsOf: bytes[at..<end], at: dice.roll(bytes.count))
    case 2: bytes.insert(UInt8(dice.roll(256)), at: at)
    case 3: if dice.once(in: 3) { bytes.removeSubrange(at...) }
    case 4:
      guard let other = dice.element(of: seeds), !other.isEmpty else { return }
      let from = dice.roll(other.count)
      bytes.insert(contentsOf: other[from..<min(other.count, from + end - at)], at: at)
    default: overwrite(&bytes, &dice)
    }
  }

  private func overwrite(_ bytes: inout [UInt8], _ dice: inout FuzzDice) {
    let at = dice.roll(bytes.count)
    switch dice.roll(6) {
    case 0: bytes[at] = UInt8(dice.roll(256))
    case 1: bytes[at] ^= 1 << UInt8(dice.roll(8))
    case 2: bytes[at] = dice.element(of: [0, 1, 0x7F, 0x80, 0xFF]) ?? 0
    case 3: bytes[at] &+= dice.once(in: 2) ? 1 : 255
    case 4:
      // An instruction of pickles, or a letter of JSON, in the place of another.
      bytes[at] = dice.element(of: FileFuzzMutation.letters) ?? 0
    default:
      // A length or an offset of 2, 4 or 8 bytes.
      let width = dice.element(of: [2, 4, 8]) ?? 4
      let number = dice.element(of: FileFuzzMutation.numbers) ?? 0
      for index in 0..<width where at + index < bytes.count {
        bytes[at + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
      }
    }
  }

  private static let letters =
    Array("()].}{[\"-09:,012JKMNQRTUXabcdeilstuhjqr\u{1}".utf8) + [
      0x80, 0x81, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x8D, 0x8F, 0x90, 0x93, 0x94, 0x95,
    ]

  private static let numbers: [UInt64] = [
    0, 1, 2, 15, 255, 256, 4096, 0x7FFF, 0xFFFF, 0x10000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  // MARK: Check sums

  /// Writes the check sums of the stored members of a zip archive anew, so that what is in them is
  /// read, and not only their sums.
  static func mend(_ bytes: inout [UInt8]) {
    func number(_ at: Int, _ width: Int) -> Int {
      guard at >= 0, at + width <= bytes.count else { return Int.max / 4 }
      return (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    let end = bytes.count - 22
    guard end >= 0, number(end, 4) == 0x0605_4B50 else { return }
    var entry = number(end + 16, 4)
    for _ in 0..<min(100, number(end + 10, 2)) where number(entry, 4) == 0x0201_4B50 {
      let header = number(entry + 42, 4)
      let data = header + 30 + number(header + 26, 2) + number(header + 28, 2)
      let size = number(entry + 20, 4)
      if number(entry + 10, 2) == 0, data + size <= bytes.count, header + 18 <= bytes.count {
        let sum = checkSum(bytes[data..<data + size])
        for index in 0..<4 {
          let byte = UInt8(truncatingIfNeeded: sum >> UInt32(8 * index))
          bytes[entry + 16 + index] = byte
          bytes[header + 14 + index] = byte
        }
      }
      entry += 46 + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2)
    }
  }

  /// CRC-32 as zip has it.
  private static func checkSum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int((sum ^ UInt32(byte)) & 0xFF)] }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
  }
}
