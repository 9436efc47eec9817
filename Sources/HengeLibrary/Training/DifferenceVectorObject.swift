// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor
internal import HengeTraining

/// The trainer of the difference vector as a handle of the language.
final class DifferenceVectorObject: Object, ObjectConvertible, Stepping, HasSettableMembers,
  Callable, Displayed
{
  let trainer: DifferenceVector

  init(_ trainer: DifferenceVector) { self.trainer = trainer }

  override class var kind: String { "difference_vector" }
  override var brief: String { "difference_vector after \(trainer.state.count) updates" }
  override var parts: [Value] { [trainer.a.value, trainer.b.value] }
  override var storages: [Storage] { trainer.state.tensors.map { Storage($0) } }
  var stepsMade: Int { trainer.state.count }

  typealias State = Snapshot<DifferenceVector, DifferenceVector.State>

  func snapshot() throws -> Object {
    let state = trainer.state
    return State(
      of: trainer, state, state.tensors, text: "a difference_vector after \(state.count) updates")
  }

  func restore(_ state: Object) throws {
    trainer.restore(
      try State.state(in: state, of: trainer, kind: "difference_vector", named: "t"))
  }

  private static let members: [(String, @Sendable (DifferenceVector) throws -> Value)] = [
    ("vector", { try $0.vector().value }),
    ("snapshots", { $0.state.snapshots.map(\.vector).value }),
    ("count", { .int($0.state.count) }),
    ("total", { .int($0.configuration.total) }),
    ("lr", { .num($0.state.learningRate) }),
    ("rule", { Value($0.configuration.rule.rawValue) }),
    ("batch", { .int($0.configuration.batch) }),
    ("keep", { .int($0.configuration.keep) }),
    ("log", { try .object(TableObject($0.log(), on: $0.state.backend)) }),
  ]

  var memberNames: [String] { Self.members.map(\.0) }

  func member(_ name: String) throws -> Value? {
    try Self.members.first { $0.0 == name }.map { try $0.1(trainer) }
  }

  let settableNames = ["lr"]

  func setMember(_ name: String, _ value: Value) throws {
    guard let rate = Double.from(value) else {
      throw Failure(
        "E-type", "`lr` must be a number, not \(value.kindWithArticle)", suggestion: "t.lr = 0.1")
    }
    try trainer.setLearningRate(rate)
  }

  var text: String {
    let state = trainer.state
    return
      "difference_vector \(trainer.shape) @\(state.count) rule \(trainer.configuration.rule.rawValue)"
  }

  /// The progress of the run, in one line.
  func progress() throws -> String {
    let (count, total) = (trainer.state.count, trainer.configuration.total)
    let largest = try trainer.vector().map(.abs).maximum().item().double
    return "update \(count) of \(total): the largest entry is \(largest.general(digits: 4))"
  }

  func displays(width: Int) throws -> [Display] {
    let (state, configuration) = (trainer.state, trainer.configuration)
    return [
      .text(
        """
        difference_vector @\(state.count) of \(configuration.total) updates, rule "\(configuration.rule.rawValue)", \(trainer.shape)
          lr \(state.learningRate), batch \(configuration.batch), datasets of \(trainer.a.count) and \(trainer.b.count) images, \(counted(state.snapshots.count, "snapshot"))
        """)
    ]
  }
}
