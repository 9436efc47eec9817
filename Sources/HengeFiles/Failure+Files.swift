// SPDX-License-Identifier: MIT
import HengeBackend

// All error messages about files of this module. `Failure.file` adds the path.

/// `2x3 f32`, `64 f32` or `one f32`: what a header claims, for a message.
func describe(_ type: StoredType, _ shape: Shape) -> String {
  shape.rank == 0
    ? "one \(type.rawValue)"
    : "\(shape.sizes.map(String.init).joined(separator: "x")) \(type.rawValue)"
}

extension Failure {
  /// Fewer bytes than the header's shape needs.
  static func cutShort(_ path: String, _ claim: String, needs: Int, holds: Int) -> Failure {
    .file(
      path,
      "it says \(claim) (\(formatBytes(needs))) but contains \(formatBytes(holds)): it was truncated",
      suggestion: "copy or write the file again")
  }

  /// More bytes than the header's shape needs.
  static func tooLong(_ path: String, _ claim: String, needs: Int, holds: Int) -> Failure {
    .file(
      path,
      "it says \(claim) (\(formatBytes(needs))) but has \(formatBytes(holds)) after its header",
      notes: ["a second np.save into one file leaves it so"],
      suggestion: "one array in each file, or np.savez for several")
  }

  /// A header that does not follow the format.
  static func badHeader(_ path: String, _ format: String, _ reason: String) -> Failure {
    .file(path, "its \(format) header is damaged: \(reason)", suggestion: "write the file again")
  }

  /// A file that begins with something other than the format's mark.
  static func notA(
    _ format: String, _ path: String, _ file: some RandomAccessCollection<UInt8>
  ) -> Failure {
    let guess =
      FileKind.detect(file) == .unknown ? "" : ", it looks like \(FileKind.words(of: file))"
    return .file(path, "it is not \(format)" + guess)
  }

  /// An element type henge has no use for.
  static func unreadableType(_ path: String, _ type: String, _ advice: String?) -> Failure {
    .file(path, "it contains \(type), which henge does not read", suggestion: advice)
  }
}
