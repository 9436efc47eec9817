// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// One step of Adam on this parameter: its new value and its new moments.
  ///
  /// All four have one shape and a floating-point type.
  public func adam(_ step: AdamStep, gradient: Tensor, mean: Tensor, square: Tensor) throws
    -> (value: Tensor, mean: Tensor, square: Tensor)
  {
    for other in [gradient, mean, square] where other.shape != shape {
      throw Failure.cannotCombine("update", shape, other.shape)
    }
    let results = try (0..<3).map { _ in try Tensor.empty(shape, type, on: backend) }
    try backend.adam(
      step, parameter: view, gradient: gradient.view, mean: mean.view, square: square.view,
      into: results[0].storage, mean: results[1].storage, square: results[2].storage)
    return (results[0], results[1], results[2])
  }
}
