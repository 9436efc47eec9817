// SPDX-License-Identifier: MIT

/// The cyclic redundancy check with Castagnoli's polynomial [RFC 3720, B.4], by which readers of event
/// files find damaged records.
enum CRC32C {
  /// The check value of every byte, for the reflected polynomial.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in
      rest & 1 == 1 ? rest >> 1 ^ 0x82F6_3B78 : rest >> 1
    }
  }

  /// The check value of `bytes`: 0xE3069283 for "123456789".
  static func of(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { rest, byte in
      rest >> 8 ^ table[Int(UInt8(truncatingIfNeeded: rest) ^ byte)]
    }
  }

  /// The check value as records contain it: rotated right by 15 bits, plus a constant, because the check
  /// of bytes that contain their own check says little.
  static func masked(_ bytes: [UInt8]) -> UInt32 {
    let value = of(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
