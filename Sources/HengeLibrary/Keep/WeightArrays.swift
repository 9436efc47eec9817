// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles

extension Session {
  /// The named arrays of a file of weights, whatever program wrote it.
  func arrays(in path: String, from folder: String?) throws -> [NamedArray] {
    let file = paths.toRead(path, from: folder)
    let bytes = try readRegularFile(file, budget: budget)
    switch FileKind.detect(bytes) {
    case .safetensors:
      return try Safetensors(decoding: bytes[...], path: file, budget: budget).arrays
    case .zip: return try Npz.decode(bytes[...], path: file, budget: budget)
    default:
      throw Failure.file(
        file, "is no file of weights", suggestion: "a .safetensors or .npz file")
    }
  }
}
