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
    let order = operand.memoryOrder
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    let fault = try backend.map(operation, operand.view.inOrder(order), into: result.storage)
    if let fault { throw Failure.arithmetic(fault, in: operation.rawValue, operands: [self]) }
    guard operand.isOnTape else { return result }
    return Tensor.record(
      operation.rawValue, from: [operand], result,
      backward: operation.backward(at: operand.detached(), result: result))
  }
}

extension UnaryOperation {
  /// The gradient at `x` from the one at `y`, the operation's result; it holds only what it needs.
  ///
  /// Where a function bends, as `|x|` at 0, the slope is 0, as in PyTorch.
  fileprivate func backward(at x: Tensor, result y: Tensor) -> Node.Backward {
    switch self {
    case .negate: { g, _ in [try -g] }
    case .abs: { g, _ in [try g * x.sign()] }
    case .exp: { g, _ in [try g * y] }
    case .log: { g, _ in [try g / x] }
    case .sqrt: { g, _ in [try g / (y * 2)] }
    case .sin: { g, _ in [try g * x.map(.cos)] }
    case .cos: { g, _ in [try g * (-x.map(.sin))] }
    case .tanh: { g, _ in [try g.beforeActivation(.tanh, result: y)] }
    case .sigmoid: { g, _ in [try g.beforeActivation(.sigmoid, result: y)] }
    case .relu: { g, _ in [try g.beforeActivation(.relu, result: y)] }
    case .square: { g, _ in [try g * (x * 2)] }
    // Steps: the slope is 0 wherever there is one.
    case .floor, .ceil, .round: { _, _ in [nil] }
    }
  }
}

extension Tensor {
  /// -1, 0 or 1 of each element, in its type.
  func sign() throws -> Tensor {
    let isPositive = try isMore(than: 0).cast(to: type)
    return try Tensor.choose(isLess(than: 0), .scalar(.num(-1)), .tensor(isPositive))
  }

  /// Where elements lie below `value`, as `bool`.
  func isLess(than value: Scalar) throws -> Tensor {
    try Tensor.compare(.less, .tensor(self), .scalar(value))
  }

  /// Where elements lie above `value`, as `bool`.
  func isMore(than value: Scalar) throws -> Tensor {
    try Tensor.compare(.greater, .tensor(self), .scalar(value))
  }
}

extension OpCheck {
  static let unary = UnaryOperation.allCases.map { operation in
    let isOfPositive = operation == .log || operation == .sqrt
    return OpCheck(
      operation.rawValue, in: isOfPositive ? 0.2...3 : -2...2,
      avoiding: (-4...4).map { Double($0) / 2 }, { try $0[0].map(operation) })
  }
}
