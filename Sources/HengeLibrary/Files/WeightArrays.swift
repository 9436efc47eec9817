// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeModels

extension Session {
  /// The named arrays of a file of weights, whatever program wrote it.
  func foreignFile(_ path: String, from folder: String?) throws -> ForeignFile {
    let file = paths.toRead(path, from: folder)
    return try foreignFile(of: readRegularFile(file, budget: budget), from: file)
  }

  /// The named arrays in the bytes of `file`; throws `E-file` where it is not a file of weights.
  func foreignFile(of bytes: [UInt8], from file: String) throws -> ForeignFile {
    switch FileKind.detect(bytes) {
    case .safetensors:
      return ForeignFile(try Safetensors(decoding: bytes[...], path: file, budget: budget).arrays)
    case .zip where try KerasArchive.isOne(bytes[...], path: file, budget: budget):
      return try kerasFile(of: bytes, from: file)
    case .zip where try !PyTorchFile.isArchive(bytes[...], path: file, budget: budget):
      return ForeignFile(
        try Npz.decode(bytes[...], path: file, budget: budget) {
          self.note("left out \(self.paths.shown(in: $0.message))")
        })
    case .zip, .pickle:
      return ForeignFile(try PyTorchFile(decoding: bytes[...], path: file, budget: budget).arrays)
    case .hdf5: return try kerasFile(of: bytes, from: file)
    default:
      throw Failure.file(
        file, "is not a file of weights",
        suggestion: "a .safetensors, .npz, .pth, .h5 or .keras file")
    }
  }

  private func kerasFile(of bytes: [UInt8], from file: String) throws -> ForeignFile {
    guard let hdf5 else {
      throw Failure.file(
        file, "it is an HDF5 file, and this program has no process to read it with")
    }
    let keras = try KerasFile(
      decoding: bytes[...], path: file, with: hdf5, budget: budget, interrupt: interrupt)
    return ForeignFile(
      keras.arrays, kerasConfig: keras.metadata["model_config"], isListed: keras.isListed)
  }
}
