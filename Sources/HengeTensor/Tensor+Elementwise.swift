// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// `operation` of each element.
  ///
  /// Floats keep their type. Of `i64`, `u8` and `bool`: `negate`, `abs`, `relu` and `square` are
  /// computed in `i64` (`u8` keeps its type where nothing changes, and is negated and squared in
  /// `f32`), rounding changes nothing, and everything else gives `f32`. Throws `E-range` where an
  /// `i64` result does not fit.
  public func map(_ operation: UnaryOperation) throws -> Tensor {
    switch operation {
    case .negate, .square: return try mapped(operation, in: type.arithmetic)
    case .abs: return type == .u8 || type == .bool ? self : try mapped(operation, in: type)
    case .floor, .ceil, .round: return type.isFloat ? try mapped(operation, in: type) : self
    case .relu:
      if type.isFloat { return try mapped(operation, in: type) }
      return type == .i64 ? try Tensor.combine(.maximum, .tensor(self), 0) : self
    case .exp, .log, .sqrt, .sin, .cos, .tanh, .sigmoid:
      return try mapped(operation, in: type.isFloat ? type : .f32)
    }
  }

  private func mapped(_ operation: UnaryOperation, in type: ElementType) throws -> Tensor {
    let operand = try cast(to: type)
    let result = try Tensor.empty(shape, type, on: backend)
    let fault = try backend.map(operation, operand.view, into: result.storage)
    if let fault { throw Failure.arithmetic(fault, in: operation.rawValue, operands: [self]) }
    return result
  }
}
