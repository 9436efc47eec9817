// SPDX-License-Identifier: MIT
internal import HengeBackend

/// What a backward pass needs of an operand: its elements, or a recipe by which they are computed again.
///
/// A normalization keeps the maps that it reads, and its result follows from them and their statistics. If the
/// convolution after it kept the result too, a training step would take up to half as much memory again.
struct Kept {
  let shape: Shape
  private let tensor: Tensor?
  private let recipe: Node.Recipe?

  init(_ operand: Tensor) {
    shape = operand.shape
    recipe = operand.node?.recipe
    tensor = recipe == nil ? operand.detached() : nil
  }

  /// The elements, off the tape; throws `E-memory` where they are computed again.
  func elements() throws -> Tensor {
    if let tensor { return tensor }
    guard let recipe else { preconditionFailure("what has no elements has a recipe") }
    return try recipe()
  }
}

extension Tensor {
  /// The same tensor, whose elements operations need not keep: `recipe` computes them again, bit by bit, from
  /// what the tape keeps anyway.
  func withRecipe(_ recipe: @escaping Node.Recipe) -> Tensor {
    node?.recipe = recipe
    return self
  }
}
