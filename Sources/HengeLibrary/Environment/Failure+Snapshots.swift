// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Failure {
  /// A snapshot that was taken of another object than the one to restore.
  ///
  /// `kind` is what the object is, `name` what an example calls it.
  static func foreignSnapshot(of kind: String, named name: String) -> Failure {
    Failure(
      "E-type", "the snapshot is not of this \(kind)",
      suggestion: "s = snapshot(\(name)); …; restore(\(name), s)", parameter: "snapshot")
  }
}
