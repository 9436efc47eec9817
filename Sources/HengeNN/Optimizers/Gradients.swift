// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Gradients between the backward passes that compute them and the optimizer that uses them: one sum
/// for each parameter that learns.
///
/// All gradients that an optimizer uses come from here, through ``ready(for:path:)``. What is
/// done to gradients before a step belongs into that function, in this order: clipping by norm, the check
/// for numbers that are not finite. A mean over parts of a batch, of one process or of several, is taken
/// before.
public struct Gradients {
  /// Which parameters learn, in the order of the sums.
  public let learning: Learning
  /// The sum at each of them; nil where no loss depended on it.
  public var sums: [GradientSum?]

  /// No gradients yet.
  public init(_ learning: Learning) {
    self.learning = learning
    sums = learning.parameters.map { _ in nil }
  }

  /// The gradients of `loss`, one number.
  ///
  /// Throws `E-shape` unless the loss is one floating-point number, `E-tape` where it depends on
  /// nothing that learns.
  ///
  /// `completed` is as for ``add(_:completed:)``.
  public init(
    _ learning: Learning, of loss: Tensor, completed: Tensor.LeafGradient? = nil
  ) throws {
    self.init(learning)
    try loss.addGradients(at: learning.leaves, to: &sums, completed: completed)
  }

  /// Adds the gradients of `loss`, one number; a loss that depends on nothing that learns adds nothing.
  ///
  /// Throws `E-shape` unless the loss is one floating-point number. The tape of the loss is used up.
  ///
  /// `completed` takes each sum, by the number of its parameter, as soon as it is complete: for the last loss.
  public mutating func add(_ loss: Tensor, completed: Tensor.LeafGradient? = nil) throws {
    guard loss.isOnTape else { return }
    try loss.addGradients(at: learning.leaves, to: &sums, completed: completed)
  }

  /// The gradient at each of `learning.parameters`, in order and of its shape: zeros where no loss
  /// depended on it.
  ///
  /// Throws `E-memory`.
  public func values() throws -> [Tensor] {
    try Tensor.zerosInGaps(of: sums, like: learning.parameters.map(\.value))
  }

  /// The gradients at those parameters that `optimizer` trains, as its step uses them, and their norm before
  /// they were clipped, where they are.
  ///
  /// Throws `E-finite` where one is not finite, or is beyond what a step can compute with; `path` is
  /// what the error calls the parameter.
  func ready(for optimizer: Optimizer, path: (ModelParameter) -> String) throws
    -> (gradients: [(parameter: ModelParameter, gradient: GradientSum)], norm: Double?)
  {
    let trained = Set(
      optimizer.layers.flatMap { $0.allParameters.map { ObjectIdentifier($0.parameter) } })
    var own = try zip(learning.parameters, sums).filter {
      trained.contains(ObjectIdentifier($0.0))
    }.map { parameter, sum in
      let value = parameter.value
      return (
        parameter, try sum ?? .tensor(Tensor.zeros(value.shape, value.type, on: value.backend))
      )
    }
    let norm = try optimizer.clip.map { largest in
      try Self.clip(&own, to: largest)
    }
    // Those that are not certainly within what can be computed with are looked at as tensors.
    let doubtful = try own.filter { try !$0.1.isCertainlyWithin(optimizer.bound($0.1.type)) }
    for (parameter, sum) in doubtful {
      let (gradient, bound) = (try sum.tensor(), optimizer.bound(sum.type))
      guard try !gradient.isWithin(bound) else { continue }
      let what = try gradient.isFinite() ? "too large for \(optimizer.kind)" : "not finite"
      throw Failure.notFinite(
        "the gradient of `\(path(parameter))`, \(parameter.value.shape), is \(what): \(try gradient.outside(bound))"
      )
    }
    return (own.map { (parameter: $0.0, gradient: $0.1) }, norm)
  }

  /// Scales all gradients by `largest / (norm + 1e-6)` where that is less than 1, and returns the norm
  /// before: that of all their elements together, `√Σg²`.
  ///
  /// As PyTorch's `clip_grad_norm_`, but for a norm that is not finite: then nothing is scaled, so that the
  /// check that follows names the gradient at fault.
  private static func clip(_ own: inout [(ModelParameter, GradientSum)], to largest: Double) throws
    -> Double
  {
    let squares = try own.map { _, gradient in
      let norm = try gradient.tensor().norm().item().double
      return norm * norm
    }
    let norm = squares.reduce(0, +).squareRoot()
    let scale = largest / (norm + 1e-6)
    guard norm.isFinite, scale < 1 else { return norm }
    for index in own.indices { own[index].1 = try own[index].1.scaled(by: scale) }
    return norm
  }
}
