// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData

/// A trainer that measures of pictures which it does not train on.
public protocol HoldingOut: NetworkTrainer {
  /// Sets those pictures; throws `E-shape` unless they are as those that are trained on.
  func holdOut(_ a: Dataset, _ b: Dataset) throws
}

extension Failure {
  static func heldOutDiffers(
    _ name: String, _ shape: Shape, _ range: ImageRange, from own: Shape, _ ownRange: ImageRange
  ) -> Failure {
    Failure(
      "E-shape",
      "the held-out pictures of \(name) are \(shape) in \(range), those trained on \(own) in \(ownRange)",
      suggestion: "val=[VA, VB], each made as A and B", parameter: "val")
  }
}
