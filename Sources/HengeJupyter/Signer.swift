// SPDX-License-Identifier: MIT
internal import HengeFiles
internal import Synchronization

/// Signs messages, and tells which have a right signature that was not seen before.
final class Signer: Sendable {
  /// None where messages are not signed.
  private let hmac: HMAC?
  private let seen = Mutex(SeenSignatures())

  /// A signer under `key`; throws `E-system` where libcrypto is missing.
  init(key: [UInt8]) throws { hmac = key.isEmpty ? nil : try HMAC(key: key) }

  /// The signature of a message's frames, in hexadecimal digits.
  func signature(of parts: some Sequence<[UInt8]>) -> [UInt8] {
    guard let hmac, let digest = hmac.digest(of: parts) else { return [] }
    let digits = Array("0123456789abcdef".utf8)
    return digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// Whether `signature` is that of the frames and comes for the first time.
  func accepts(_ signature: [UInt8], of parts: some Sequence<[UInt8]>) -> Bool {
    guard let hmac else { return true }
    let own = self.signature(of: parts)
    guard !own.isEmpty, hmac.areEqual(own, signature) else { return false }
    return seen.withLock { $0.insert(signature) }
  }
}

/// The signatures of the last messages, by which one that is sent again is known.
private struct SeenSignatures {
  private var signatures: Set<[UInt8]> = []
  /// In the order in which they came; the oldest at `next` once it is full.
  private var order: [[UInt8]] = []
  private var next = 0
  private static let most = 1 << 16

  /// Adds a signature; false where it is there.
  mutating func insert(_ signature: [UInt8]) -> Bool {
    guard signatures.insert(signature).inserted else { return false }
    if order.count < SeenSignatures.most {
      order.append(signature)
    } else {
      signatures.remove(order[next])
      order[next] = signature
      next = (next + 1) % SeenSignatures.most
    }
    return true
  }
}
