// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Changes the parameters of layers by their gradients, one step at a time.
///
/// A step computes all new values first and publishes them together at its end: one that is stopped
/// or fails changes nothing.
open class Optimizer {
  /// The layers that it trains.
  public let layers: [Layer]
  /// How far a step goes.
  public var learningRate: Double
  /// Steps made.
  public private(set) var count = 0
  /// What it keeps for each parameter that it has changed, by what each is called.
  public private(set) var state: [ObjectIdentifier: [Tensor]] = [:]

  /// Keeps the layers and the rate.
  public init(_ layers: [Layer], learningRate: Double) {
    self.layers = layers
    self.learningRate = learningRate
  }

  /// What ``state`` holds for a parameter, in order: `m`, `v`.
  open var stateNames: [String] { [] }

  /// The new value of a parameter and its new state, from its gradient; `number` is the step's, 1 first.
  open func updated(_ parameter: Parameter, _ gradient: Tensor, _ state: [Tensor], number: Int)
    throws
    -> (value: Tensor, state: [Tensor])
  {
    preconditionFailure("a kind of optimizer says how it steps")
  }

  /// The state that a parameter begins with.
  public func state(of parameter: Parameter) throws -> [Tensor] {
    if let kept = state[ObjectIdentifier(parameter)] { return kept }
    let value = parameter.value
    return try stateNames.map { _ in try Tensor.zeros(value.shape, value.type, on: value.backend) }
  }

  /// All that a step will change, computed and not yet in force.
  public struct Step {
    fileprivate let values: [Tensor]
    fileprivate let states: [[Tensor]]
    fileprivate let learning: Learning
  }

  /// Computes a step from the gradients at what learns.
  public func step(_ learning: Learning, _ gradients: [Tensor]) throws -> Step {
    let updates = try zip(learning.parameters, gradients).map { parameter, gradient in
      try updated(parameter, gradient, state(of: parameter), number: count + 1)
    }
    return Step(values: updates.map(\.value), states: updates.map(\.state), learning: learning)
  }

  /// Puts a step in force.
  public func publish(_ step: Step) {
    for (parameter, kept) in zip(step.learning.parameters, step.states) {
      state[ObjectIdentifier(parameter)] = kept
    }
    step.learning.publish(step.values)
    count += 1
  }

  /// One step that makes `loss` smaller; gives what `loss` gave.
  @discardableResult
  public func minimize<Result>(
    _ loss: (Learning) throws -> Result, number: (Result) throws -> Tensor
  ) throws -> Result {
    let learning = Learning(layers)
    let result = try loss(learning)
    publish(try step(learning, try learning.gradients(of: try number(result))))
    return result
  }

  /// Returns to a count and a state that were kept.
  public func restore(count: Int, state: [ObjectIdentifier: [Tensor]]) {
    self.count = count
    self.state = state
  }
}
