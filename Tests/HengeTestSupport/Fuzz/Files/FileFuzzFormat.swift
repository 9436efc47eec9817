// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeCPU
internal import HengeFiles
internal import HengeModels
internal import HengeNN
internal import HengeThreads

/// A format whose files are damaged and read.
enum FileFuzzFormat: String, CaseIterable {
  case pth, npz, safetensors, h5

  /// What the random files of a kind of run are, by name.
  static func named(_ kind: String) -> [FileFuzzFormat] {
    // HDF5 is read in a process of its own for each file: a run by itself.
    kind == "h5" ? [.h5] : [.pth, .npz, .safetensors]
  }

  /// Whether the file is a zip archive, whose members have check sums.
  static func isArchive(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) }

  private var names: [String] {
    switch self {
    case .pth:
      ["types", "views", "module", "nested"].flatMap { name in
        // The rows of pickles have no check sums, so damage to them gets far.
        ["zip", "protocol4", "legacy", "legacy", "legacy4"].map { "\(name)_\($0).pth" }
      } + ["tensor.pth", "whole.pth", "numpy.pth", "nothing.pth"]
    case .npz: ["stored.npz", "deflated.npz", "none.npz", "other.npz"]
    case .safetensors: ["weights.safetensors", "own.safetensors", "nothing.safetensors"]
    case .h5:
      ["weights.h5", "model.h5", "types.h5", "link.h5", "circle.h5", "huge.h5"]
        + ["k-norms-shuffled.weights.h5", "k-separable-reversed.weights.h5"]
        + ["k-no-scale-shuffled.keras", "k-dense-sorted.weights.h5"]
    }
  }

  /// Files as PyTorch, numpy, safetensors and h5py write them.
  func seeds() -> [[UInt8]] {
    let parts = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return names.map { name in
      let own = FuzzFiles.read("/\(parts)/HengeFilesTests/Golden/\(name)")
      return own.isEmpty ? FuzzFiles.read("/\(parts)/ForeignWeights/Golden/\(name)") : own
    }.filter { !$0.isEmpty }
  }

  /// Bytes that a reader may hold at once.
  var budget: Int { self == .h5 ? 20_000_000 : 1_000_000 }

  /// Whether `failure` is of something behind the first bytes of a file, which say what it is.
  func isPastHeader(_ failure: Failure) -> Bool {
    guard self == .h5, failure.code != "E-memory" else { return true }
    return ["its entry", "its list", "attribute", "nested", "its layer", "an entry"].contains {
      failure.message.contains($0)
    }
  }

  /// Reads `file`, which messages name `x`.
  func read(_ file: [UInt8], _ reader: HDF5Reader, _ budget: MemoryBudget) throws {
    switch self {
    case .pth: _ = try PyTorchFile(decoding: file[...], path: "x", budget: budget)
    case .npz: _ = try Npz.decode(file[...], path: "x", budget: budget)
    case .safetensors: _ = try Safetensors(decoding: file[...], path: "x", budget: budget)
    case .h5:
      let keras = try KerasFile(
        decoding: file[...], path: "x", with: reader, budget: budget, interrupt: Interrupt())
      // The names and the description are read by who looks for the weights' places.
      let backend = CPUBackend(pool: Pool(threads: 1), budget: budget)
      let conv = try LayerKind.conv([("in", .int(3)), ("out", .int(4))], .zeros(on: backend))
      _ = try? ForeignWeights(
        setting: conv,
        to: ForeignFile(
          keras.arrays, kerasConfig: keras.metadata["model_config"], isListed: keras.isListed),
        from: "x", on: backend)
    }
  }
}
