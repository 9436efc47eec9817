// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import Synchronization

/// The SHA-256 of each file of a folder, of the bytes that it had when it was first read.
///
/// Hashing a file takes a twentieth of decoding it, so a trainer knows its data when it is made, and a
/// file that changes later is noticed when it is read again.
final class FileDigests: Sendable {
  /// 32 bytes, without an array of their own.
  private typealias Digest = SIMD4<UInt64>

  private let known = Mutex<[Int: Digest]>([:])

  /// Keeps the digest of `bytes`, all of file `index`; throws `E-data` where it had others before.
  func check(_ bytes: [UInt8], _ index: Int, path: String) throws {
    let digest = try FileDigests.digest(of: bytes)
    let before = known.withLock { known in
      if known[index] == nil { known[index] = digest }
      return known[index]
    }
    guard before == digest else {
      throw Failure(
        "E-data", "\(quotedPath(path)) has changed since it was first read",
        notes: ["a dataset refers to its files as they were then"],
        suggestion: "restore the file, or make the dataset again for a new run")
    }
  }

  /// The digest of file `index`, which is read where it was not before.
  func digest(_ index: Int, path: String, budget: MemoryBudget) throws -> [UInt8] {
    if known.withLock({ $0[index] }) == nil {
      try check(try readRegularFile(path, budget: budget), index, path: path)
    }
    let digest = known.withLock { $0[index] } ?? Digest()
    return withUnsafeBytes(of: digest) { Array($0) }
  }

  private static func digest(of bytes: [UInt8]) throws -> Digest {
    let hash = try SHA256()
    try bytes.withUnsafeBytes { try hash.update($0) }
    return try hash.digest().withUnsafeBytes { $0.loadUnaligned(as: Digest.self) }
  }
}
