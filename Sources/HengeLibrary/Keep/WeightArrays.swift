// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles

extension Session {
  /// The named arrays of a file of weights, whatever program wrote it.
  func arrays(in path: String, from folder: String?) throws -> [NamedArray] {
    let file = paths.toRead(path, from: folder)
    return try arrays(in: readRegularFile(file, budget: budget), from: file)
  }

  /// The named arrays in the bytes of `file`; throws `E-file` where it is no file of weights.
  func arrays(in bytes: [UInt8], from file: String) throws -> [NamedArray] {
    switch FileKind.detect(bytes) {
    case .safetensors:
      return try Safetensors(decoding: bytes[...], path: file, budget: budget).arrays
    case .zip where try !PyTorchFile.isArchive(bytes[...], path: file, budget: budget):
      return try Npz.decode(bytes[...], path: file, budget: budget)
    case .zip, .pickle:
      return try PyTorchFile(decoding: bytes[...], path: file, budget: budget).arrays
    case .hdf5:
      guard let hdf5 else {
        throw Failure.file(file, "it is HDF5, which this program has no process to read with")
      }
      return try KerasFile(
        decoding: bytes[...], path: file, with: hdf5, budget: budget, interrupt: interrupt
      ).arrays
    default:
      throw Failure.file(
        file, "is no file of weights",
        suggestion: "a .safetensors, .npz, .pth or .h5 file")
    }
  }
}
