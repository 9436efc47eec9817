// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// Changes the parameters of layers by their gradients, one step at a time.
///
/// A step first does all that can fail, and then changes everything: one that is stopped or fails
/// changes nothing.
open class Optimizer {
  /// The layers that it trains.
  public let layers: [Layer]
  /// Learning rate: how large each update is.
  public var learningRate: Double
  /// The largest norm of all gradients together that a step uses, more than 0: larger ones are scaled down to
  /// it; nil for any.
  public var clip: Double?
  /// Steps made.
  public private(set) var count = 0
  /// The tensors that it keeps for each parameter that it has changed: one of the parameter's shape for
  /// each of ``stateNames``.
  public private(set) var state: [ObjectIdentifier: [Tensor]] = [:]

  /// Keeps the layers and the rate.
  public init(_ layers: [Layer], learningRate: Double) {
    self.layers = layers
    self.learningRate = learningRate
  }

  /// What scripts call its kind: `adam`.
  open var kind: String { preconditionFailure("a kind of optimizer has a name") }

  /// The contents of ``state`` for a parameter, in order: `m`, `v`.
  open var stateNames: [String] { [] }

  /// The largest gradient that a step can be made of; beyond it what it keeps would overflow.
  open func bound(_ type: ElementType) -> Double { type.largest }

  /// A step of one parameter, computed but not yet applied.
  public struct Prepared {
    /// Tensors whose elements must be within -bound...bound for the step to be made.
    ///
    /// The backend is asked about those of all parameters at once. `what` each is, errors say.
    let limits: [(what: String, tensor: Tensor, bound: Double)]
    /// The parameter as the step will leave it, from its state before; nothing changes.
    let result: (_ state: [Tensor]) throws -> Tensor
    /// Applies the step.
    let apply: (_ state: inout [Tensor]) -> Void
  }

  /// Computes the step of one parameter, with all that can fail; returns what then applies it.
  ///
  /// `gradient` has the shape of the parameter; `state` are the tensors of ``stateNames``, of the same
  /// shape. `number` counts steps from 1. Throws `E-memory`.
  open func prepare(
    _ parameter: ModelParameter, _ gradient: GradientSum, _ state: inout [Tensor], number: Int
  ) throws -> Prepared {
    preconditionFailure("a kind of optimizer says how it steps")
  }

  /// What a step does to one parameter.
  fileprivate final class Change {
    let parameter: ModelParameter
    /// The first state of a parameter that was never changed before.
    var first: [Tensor]?
    let result: (_ state: [Tensor]) throws -> Tensor
    let apply: (_ state: inout [Tensor]) -> Void

    init(_ parameter: ModelParameter, first: [Tensor]?, _ prepared: Prepared) {
      self.parameter = parameter
      self.first = first
      result = prepared.result
      apply = prepared.apply
    }
  }

  /// All that a step will change, as far as it can fail, and not yet applied.
  public struct Step {
    fileprivate let changes: [Change]
    fileprivate let learning: Learning
    /// The norm of all gradients together before they were clipped; nil where they are not.
    public let norm: Double?
  }

  /// Computes a step from gradients at what it trains, at a rate that a schedule multiplies by
  /// `factor`.
  ///
  /// It ends the gradients' `learning`. Throws `E-finite` where a gradient is no finite number, with
  /// what `path` calls the parameter.
  public func step(
    _ gradients: Gradients, scaledBy factor: Double = 1,
    path: (ModelParameter) -> String? = { _ in nil }
  ) throws -> Step {
    func name(_ parameter: ModelParameter) -> String { path(parameter) ?? ownPath(of: parameter) }
    let (ready, norm) = try gradients.ready(for: self, path: name)
    gradients.learning.end()
    let rate = learningRate
    defer { learningRate = rate }
    learningRate *= factor
    var limits: [(what: String, tensor: Tensor, bound: Double)] = []
    var owners: [ModelParameter] = []
    let changes = try ready.map { parameter, gradient in
      let key = ObjectIdentifier(parameter)
      let isFirst = state[key] == nil
      // Taken out while it is prepared: storage with two owners cannot be changed in place.
      var kept = try state.removeValue(forKey: key) ?? zeros(for: parameter)
      defer { if !isFirst { state[key] = kept } }
      let prepared = try prepare(parameter, gradient, &kept, number: count + 1)
      limits += prepared.limits
      owners += prepared.limits.map { _ in parameter }
      return Change(parameter, first: isFirst ? kept : nil, prepared)
    }
    if let index = try Tensor.firstOutside(limits.map(\.bound), among: limits.map(\.tensor)) {
      let (owner, limit) = (owners[index], limits[index])
      throw Failure.notFinite(
        "\(limit.what) `\(name(owner))`, \(owner.value.shape), would be out of range: \(try limit.tensor.outside(limit.bound))"
      )
    }
    return Step(changes: changes, learning: gradients.learning, norm: norm)
  }

  private func zeros(for parameter: ModelParameter) throws -> [Tensor] {
    let value = parameter.value
    return try stateNames.map { _ in try Tensor.zeros(value.shape, value.type, on: value.backend) }
  }

  private func ownPath(of parameter: ModelParameter) -> String {
    for layer in layers {
      for (path, own) in layer.allParameters where own === parameter { return path }
    }
    return "a weight"
  }

  /// The parameters of `layer` that a step will change, with their values after it, each of its parameter's
  /// shape; nothing changes.
  ///
  /// Throws `E-memory`.
  public func results(of step: Step, in layer: Layer) throws
    -> [(parameter: ModelParameter, value: Tensor)]
  {
    let own = Set(layer.allParameters.map { ObjectIdentifier($0.parameter) })
    return try step.changes.filter { own.contains(ObjectIdentifier($0.parameter)) }.map { change in
      let kept = state[ObjectIdentifier(change.parameter)] ?? change.first ?? []
      return (change.parameter, try change.result(kept))
    }
  }

  /// Applies a step; it cannot fail.
  public func publish(_ step: Step) {
    for change in step.changes {
      let key = ObjectIdentifier(change.parameter)
      var kept = state.removeValue(forKey: key) ?? change.first ?? []
      change.first = nil
      change.apply(&kept)
      state[key] = kept
    }
    step.learning.publish()
    count += 1
  }

  /// Returns to a count and a state that were kept: for each parameter, tensors of its shape, one for
  /// each of ``stateNames``.
  public func restore(count: Int, state: [ObjectIdentifier: [Tensor]]) {
    self.count = count
    self.state = state
  }
}

extension Failure {
  static func notFinite(_ message: String) -> Failure {
    Failure(
      "E-finite", message, notes: ["the weights are unchanged"],
      suggestion: "a smaller lr, or a look at grad(…) and tap(…)")
  }
}
