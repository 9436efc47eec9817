// SPDX-License-Identifier: MIT
import CHengeCrypto

/// HMAC-SHA256 [RFC 2104] under one key: `H((K ^ opad) || H((K ^ ipad) || message))`.
public struct HMAC: Sendable {
  private let key: [UInt8]

  /// An HMAC under `key`; throws `E-system` if this machine's libcrypto cannot be used.
  public init(key: [UInt8]) throws {
    try openCrypto()
    self.key = key
  }

  /// The 32 bytes for the message that `parts` make one after another; nil where libcrypto refuses.
  public func digest(of parts: some Sequence<[UInt8]>) -> [UInt8]? {
    var message: [UInt8] = []
    for part in parts { message += part }
    var digest = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    let result = key.withUnsafeBytes { key in
      crypto.HMAC(
        crypto.sha256(), key.baseAddress, Int32(key.count), message, message.count, &digest,
        &count)
    }
    return result != nil && count == 32 ? digest : nil
  }

  /// Whether two texts of bytes are equal, in a time that depends on their lengths alone.
  public func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && crypto.memcmp(one, other, one.count) == 0
  }
}
