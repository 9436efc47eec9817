// SPDX-License-Identifier: MIT
import CHengeCrypto
import HengeBackend

/// The SHA-256 of bytes that are added in pieces [FIPS 180-4]: fingerprints of datasets, replay
/// logs.
public final class SHA256 {
  private let context: OpaquePointer

  /// Starts with no bytes; throws `E-system` if this machine's libcrypto cannot do it.
  public init() throws {
    try openCrypto()
    guard let context = crypto.MD_CTX_new() else { throw SHA256.refused }
    guard crypto.DigestInit_ex(context, crypto.sha256(), nil) == 1 else {
      crypto.MD_CTX_free(context)
      throw SHA256.refused
    }
    self.context = context
  }

  deinit { crypto.MD_CTX_free(context) }

  private static let refused = Failure("E-system", "libcrypto cannot compute a SHA-256 here")

  /// Adds `bytes` to what is hashed.
  public func update(_ bytes: UnsafeRawBufferPointer) throws {
    guard crypto.DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
      throw SHA256.refused
    }
  }

  /// Adds `bytes` to what is hashed.
  public func update(_ bytes: ArraySlice<UInt8>) throws {
    try bytes.withUnsafeBytes { try update($0) }
  }

  /// The 32 bytes of the hash of all that was added; more may be added afterwards.
  public func digest() throws -> [UInt8] {
    guard let copy = crypto.MD_CTX_new() else { throw SHA256.refused }
    defer { crypto.MD_CTX_free(copy) }
    var digest = [UInt8](repeating: 0, count: 32)
    guard crypto.MD_CTX_copy_ex(copy, context) == 1, crypto.DigestFinal_ex(copy, &digest, nil) == 1
    else {
      throw SHA256.refused
    }
    return digest
  }

  /// The hash as 64 lower-case hexadecimal digits.
  public func hexDigest() throws -> String {
    try digest().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// The hash of `bytes`, as 64 lower-case hexadecimal digits.
  public static func hex(of bytes: some Sequence<UInt8>) throws -> String {
    let hash = try SHA256()
    try hash.update(ArraySlice(bytes))
    return try hash.hexDigest()
  }
}
