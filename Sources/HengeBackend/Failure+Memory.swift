// SPDX-License-Identifier: MIT

extension Failure {
  /// The budget had room but the system refused.
  static func systemHasNoMemory(for purpose: String, bytes: Int) -> Failure {
    Failure(
      "E-memory", "the system has no \(formatBytes(bytes)) for \(purpose)",
      suggestion: "a smaller size, or a smaller budget that fails earlier: henge --memory 2GB")
  }
}
