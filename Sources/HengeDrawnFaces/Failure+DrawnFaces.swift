// SPDX-License-Identifier: MIT
import HengeBackend

extension Failure {
  static func drawnFaceIndex(_ index: Int, largest: Int) -> Failure {
    Failure(
      "E-range", "there is no drawn face \(index): an index is 0 to \(largest)",
      parameter: "index")
  }
}
