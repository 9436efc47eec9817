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

  /// The largest gradient that a step can be made of; beyond it what it keeps would overflow.
  open func bound(_ type: ElementType) -> Double { type.largest }

  /// Does all of a step for one parameter that can fail, and gives what then puts it in force.
  ///
  /// `state` is what is kept for the parameter, `number` the step's, 1 first. Nil where what it makes
  /// is not finite.
  open func prepare(
    _ parameter: ModelParameter, _ gradient: Tensor, _ state: inout [Tensor], number: Int
  ) throws -> ((_ state: inout [Tensor]) -> Void)? {
    preconditionFailure("a kind of optimizer says how it steps")
  }

  /// What a step does to one parameter.
  fileprivate final class Change {
    let parameter: ModelParameter
    /// What is kept for a parameter that was never changed before.
    var first: [Tensor]?
    let apply: (_ state: inout [Tensor]) -> Void

    init(
      _ parameter: ModelParameter, first: [Tensor]?,
      _ apply: @escaping (_ state: inout [Tensor]) -> Void
    ) {
      self.parameter = parameter
      self.first = first
      self.apply = apply
    }
  }

  /// All that a step will change, as far as it can fail, and not yet in force.
  public struct Step {
    fileprivate let changes: [Change]
    fileprivate let learning: Learning
  }

  /// Computes a step from the gradients at what learns, at a rate that a schedule multiplies by
  /// `factor`.
  ///
  /// It ends `learning`. Throws `E-finite` where a gradient is no finite number, with what `path`
  /// calls the parameter.
  public func step(
    _ learning: Learning, _ gradients: [Tensor], scaledBy factor: Double = 1,
    path: (ModelParameter) -> String? = { _ in nil }
  ) throws -> Step {
    func refused(_ parameter: ModelParameter, _ words: String) -> Failure {
      .notFinite(
        "\(words) `\(path(parameter) ?? ownPath(of: parameter))`, \(parameter.value.shape)")
    }
    for (parameter, gradient) in zip(learning.parameters, gradients)
    where !(try gradient.isWithin(bound(gradient.type))) {
      throw refused(
        parameter,
        try gradient.isFinite()
          ? "a step cannot be made of numbers as large as in the gradient at"
          : "there is an infinite number, or none, in the gradient at")
    }
    learning.end()
    let rate = learningRate
    defer { learningRate = rate }
    learningRate *= factor
    let changes = try zip(learning.parameters, gradients).map { parameter, gradient in
      let key = ObjectIdentifier(parameter)
      let isFirst = state[key] == nil
      // Taken out while it is prepared: what two places see cannot change where it lies.
      var kept = try state.removeValue(forKey: key) ?? zeros(for: parameter)
      defer { if !isFirst { state[key] = kept } }
      guard let apply = try prepare(parameter, gradient, &kept, number: count + 1) else {
        throw refused(parameter, "a step beyond what numbers can be was to be made at")
      }
      return Change(parameter, first: isFirst ? kept : nil, apply)
    }
    return Step(changes: changes, learning: learning)
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

  /// Puts a step in force; it cannot fail.
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

extension Failure {
  fileprivate static func notFinite(_ message: String) -> Failure {
    Failure(
      "E-finite", message, notes: ["what is trained is as it was before"],
      suggestion: "a smaller lr, or a look at grad(…) and tap(…)")
  }
}
