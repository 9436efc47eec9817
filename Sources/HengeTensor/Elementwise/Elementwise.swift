// SPDX-License-Identifier: MIT
public import HengeBackend

/// A function of each element of a tensor, declared once.
///
/// From the declaration come the operation with its gradient and its gradient check, the built-in for
/// tensors and for numbers, and the slow version that backends are compared with. Its fast loop is a
/// line of `CHengeKernels/unary.h`.
public struct Elementwise: Sendable {
  /// The operation that a backend applies.
  public let operation: UnaryOperation
  /// The help of the built-in with this name, or `nil` if there is none.
  public let help: Help?
  let integers: Integers
  let slope: Slope
  /// Where the gradient check draws elements, and the points it avoids because the function bends.
  let domain: (range: ClosedRange<Double>, kinks: [Double])

  /// The name of the operation, its loop and its built-in.
  public var name: String { operation.name }

  /// The help of a built-in.
  public struct Help: Sendable {
    /// One sentence without its full stop: "Returns the sine of `x`, in radians".
    public let summary: String
    /// An argument and its result for a number, as written in an example; `nil` if the built-in
    /// accepts only tensors.
    public let example: (argument: String, result: String)?
  }

  /// The results of the function for `i64`, `u8` and `bool`.
  enum Integers: Sendable {
    /// Converts them to `f32`.
    case toFloats
    /// Computes in `i64`, which reports overflow; `u8` in `f32`.
    case arithmetic
    /// As `arithmetic`, but leaves `u8` and `bool`, which are never negative, unchanged.
    case magnitude
    /// Leaves integers unchanged, because they are whole numbers.
    case unchanged
    /// Returns the larger of each and 0.
    case rectified
  }

  /// The gradient at the operand from the gradient at the result, with no more than it needs.
  ///
  /// Where a function bends, as |x| at 0, the slope is 0, as in PyTorch.
  enum Slope: Sendable {
    typealias Function = @Sendable (_ gradient: Tensor, _ kept: Tensor) throws -> Tensor
    /// 0 wherever there is one.
    case flat
    /// The same at each element.
    case constant(@Sendable (_ gradient: Tensor) throws -> Tensor)
    /// From the operand.
    case ofOperand(Function)
    /// From the result.
    case ofResult(Function)
  }

  /// Declares a function: what it is in double precision, and its slope.
  init(
    _ name: String, _ summary: String? = nil, example: (argument: String, result: String)? = nil,
    integers: Integers = .toFloats, checkedIn range: ClosedRange<Double> = -2...2,
    avoiding kinks: [Double] = [], slope: Slope,
    _ definition: @escaping @Sendable (Double) -> Double
  ) {
    operation = UnaryOperation(name, definition)
    help = summary.map { Help(summary: $0, example: example) }
    self.integers = integers
    self.slope = slope
    domain = (range, kinks)
  }

  /// Every function of one element.
  public static let all: [Elementwise] = [
    .exp, .expm1, .log, .log1p, .sqrt, .square, .sigmoid, .softplus,
    .sin, .cos, .tanh, .erf,
    .negate, .abs, .relu, .floor, .ceil, .round,
  ]
}

extension Tensor {
  /// `function` of each element.
  ///
  /// Floats keep their type; `function` declares the result of other types. Throws `E-range` if an
  /// `i64` result does not fit.
  public func map(_ function: Elementwise) throws -> Tensor {
    if type.isFloat { return try mapped(function, in: type) }
    switch function.integers {
    case .toFloats: return try mapped(function, in: .f32)
    case .arithmetic: return try mapped(function, in: type.arithmetic)
    case .magnitude: return type == .i64 ? try mapped(function, in: .i64) : self
    case .unchanged: return self
    case .rectified: return type == .i64 ? try Tensor.combine(.maximum, .tensor(self), 0) : self
    }
  }

  private func mapped(_ function: Elementwise, in type: ElementType) throws -> Tensor {
    let operand = try cast(to: type)
    let order = operand.memoryOrder
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    let fault = try backend.map(
      function.operation, operand.view.inOrder(order), into: result.storage)
    if let fault { throw Failure.arithmetic(fault, in: function.name, operands: [self]) }
    guard operand.isOnTape else { return result.inPlace(of: self) }
    return Tensor.record(
      function.name, from: [operand], result,
      backward: function.backward(at: operand.detached(), result: result)
    ).inPlace(of: self)
  }
}

extension Elementwise {
  fileprivate func backward(at x: Tensor, result y: Tensor) -> Node.Backward {
    switch slope {
    case .flat: { _, _ in [nil] }
    case .constant(let slope): { gradient, _ in [try slope(gradient)] }
    case .ofOperand(let slope): { gradient, _ in [try slope(gradient, x)] }
    case .ofResult(let slope): { gradient, _ in [try slope(gradient, y)] }
    }
  }
}

extension OpCheck {
  static let elementwise = Elementwise.all.map { function in
    OpCheck(
      function.name, in: function.domain.range, avoiding: function.domain.kinks,
      { try $0[0].map(function) })
  }
}
