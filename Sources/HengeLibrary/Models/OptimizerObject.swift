// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

/// An optimizer as a handle of the language.
final class OptimizerObject: Object, ObjectConvertible, Handle, HasSettableMembers, Displayed {
  let optimizer: Optimizer
  /// What multiplies the learning rate, as a function of the steps made; the rate stays where it is none.
  private let schedule: Callback?

  init(_ optimizer: Optimizer, schedule: Callback? = nil) {
    self.optimizer = optimizer
    self.schedule = schedule
  }

  override class var kind: String { "optimizer" }
  override var parts: [Value] { schedule.map { [$0.value] } ?? [] }

  /// What the learning rate of the next step is multiplied by.
  func factor(_ call: Call) throws -> Double {
    guard let schedule = try schedule.flatMap({ try Callback.from($0.value, in: call) }) else {
      return 1
    }
    let value = try schedule.call([.int(optimizer.count)])
    guard let factor = Double.from(value), factor >= 0, factor <= 1e6 else {
      throw Failure(
        "E-range",
        "the schedule returned \(value.representation) after \(optimizer.count) steps; the factor of `lr` must be 0 or larger",
        suggestion: "schedule=k => 1 / (1 + k / 1000)", parameter: "opt")
    }
    return factor
  }

  override var brief: String { text }

  /// What `snapshot` returns: not the models, which are handles of their own.
  typealias State = Snapshot<
    Optimizer, (count: Int, learningRate: Double, state: [ObjectIdentifier: [Tensor]])
  >

  func snapshot() throws -> Object {
    State(
      of: optimizer, (optimizer.count, optimizer.learningRate, optimizer.state),
      optimizer.state.values.flatMap(\.self), text: "an optimizer after \(optimizer.count) steps")
  }

  func restore(_ state: Object) throws {
    let kept = try State.state(in: state, of: optimizer, kind: "optimizer", named: "opt")
    optimizer.restore(count: kept.count, state: kept.state)
    optimizer.learningRate = kept.learningRate
  }

  private static let members: [(String, @Sendable (Optimizer) -> Value)] = [
    ("lr", { .num($0.learningRate) }),
    ("count", { .int($0.count) }),
  ]

  var memberNames: [String] { Self.members.map(\.0) }

  func member(_ name: String) throws -> Value? {
    Self.members.first { $0.0 == name }.map { $0.1(optimizer) }
  }

  let settableNames = ["lr"]

  func setMember(_ name: String, _ value: Value) throws {
    guard let rate = Double.from(value), rate >= 0, rate <= 1e6 else {
      throw Failure(
        "E-range", "`lr` must be a number from 0 to a million, not \(value.representation)",
        suggestion: "opt.lr = 2e-4")
    }
    optimizer.learningRate = rate
  }

  var text: String { "\(optimizer.kind) @\(optimizer.count), lr \(optimizer.learningRate)" }

  func displays(width: Int) throws -> [Display] {
    let kinds = optimizer.layers.map(\.kind).joined(separator: ", ")
    return [.text("\(text), of \(kinds)")]
  }
}
