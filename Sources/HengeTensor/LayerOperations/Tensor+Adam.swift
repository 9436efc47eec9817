// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// One step of Adam on this parameter and its moments, in place; it cannot fail.
  ///
  /// All four have one shape and floating-point type, and ``makeOwn()`` was called on all but the gradient,
  /// whose buffers are whole: the memory must not be shared.
  public mutating func makeStep(
    _ step: AdamStep, gradient: GradientSum, mean: inout Tensor, square: inout Tensor
  ) {
    precondition(
      isOwn() && mean.isOwn() && square.isOwn(), "what changes in place is seen by nobody else")
    precondition(gradient.shape == shape, "a gradient has its parameter's shape")
    backend.adam(
      step, gradient: gradient.operand, parameter: storage, mean: mean.storage,
      square: square.storage)
  }

  /// Moves this mean towards `value` in place, `mean ← decay·mean + (1 - decay)·value`; it cannot fail.
  ///
  /// Both have one shape and floating-point type and are whole buffers, and ``makeOwn()`` was called on
  /// the mean: its memory must not be shared.
  public mutating func average(_ value: Tensor, decay: Double) {
    precondition(isOwn(), "what changes in place is seen by nobody else")
    precondition(value.isContiguous && value.storage.count == count, "a weight is a whole buffer")
    backend.average(value.storage, into: storage, decay: decay)
  }

  /// This parameter as ``makeStep(_:gradient:mean:square:)`` would leave it, to the bit.
  ///
  /// All four have one shape and floating-point type, and are whole buffers. Throws `E-memory`.
  public func stepped(
    _ step: AdamStep, gradient: GradientSum, mean: Tensor, square: Tensor
  ) throws -> Tensor {
    precondition(
      [self, mean, square].allSatisfy { $0.isContiguous && $0.storage.count == count }
        && gradient.shape == shape,
      "a step is computed of whole buffers")
    let result = try Tensor.empty(shape, type, on: backend)
    try backend.adamResult(
      step, gradient: gradient.operand, parameter: storage, mean: mean.storage,
      square: square.storage, into: result.storage)
    return result
  }
}
