// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor
internal import HengeTraining

/// A trainer of networks as a handle of the language.
final class NetworkTrainerObject: Object, ObjectConvertible, Stepping, HasSettableMembers,
  HasPlainMembers, Displayed
{
  let trainer: NetworkTrainer
  let session: Session

  init(_ trainer: NetworkTrainer, _ session: Session) {
    self.trainer = trainer
    self.session = session
    trainer.ranks = session.ranks
  }

  override class var kind: String { "trainer" }
  override var brief: String { "\(trainer.kind) after \(trainer.count) steps" }
  override var storages: [Storage] { trainer.state.tensors.map { Storage($0) } }
  var stepsMade: Int { trainer.count }

  /// What `snapshot` returns.
  typealias State = Snapshot<NetworkTrainer, NetworkTrainer.State>

  func snapshot() throws -> Object {
    let state = trainer.state
    return State(
      of: trainer, state, state.tensors, text: "a \(trainer.kind) after \(state.count) steps")
  }

  func restore(_ state: Object) throws {
    trainer.restore(try State.state(in: state, of: trainer, kind: "trainer", named: "t"))
  }

  private static let members: [(String, @Sendable (NetworkTrainerObject) throws -> Value)] = [
    ("count", { .int($0.trainer.count) }),
    ("total", { .int($0.trainer.total) }),
    ("epoch", { .int($0.trainer.epoch) }),
    ("losses", { $0.lossRecord() }),
    ("log", { try .object(TableObject($0.trainer.logTable(), on: $0.session.backend)) }),
    ("lr", { .num($0.trainer.optimizers.first?.optimizer.learningRate ?? 0) }),
    ("best", { try $0.bestRecord() }),
    ("ema", { try $0.meanRecord() }),
    ("memory", { try $0.trainer.estimatedBytes().map { .int($0) } ?? .none }),
  ]

  /// The networks as they were when a measure was smallest; none before.
  private func bestRecord() throws -> Value {
    guard let best = trainer.measures.best else { return .none }
    return Value(
      fields: try [
        ("measure", Value(best.name)), ("value", .num(best.value)), ("step", .int(best.step)),
      ]
        + trainer.networks.compactMap { name, _ in
          try trainer.bestNetwork(name).map { (name, .object(ModelObject($0, session))) }
        })
  }

  /// Copies of the networks with the running means of their weights; none where no means are kept.
  private func meanRecord() throws -> Value {
    let networks = try trainer.meanNetworks()
    guard !networks.isEmpty else { return .none }
    return Value(
      fields: networks.map { name, layer in
        (name, .object(ModelObject(layer, session, of: (trainer, name))))
      })
  }

  var memberNames: [String] {
    Self.members.map(\.0) + trainer.dials + trainer.networks.map(\.name)
  }

  func member(_ name: String) throws -> Value? {
    if let member = Self.members.first(where: { $0.0 == name }) { return try member.1(self) }
    if trainer.dials.contains(name) { return .num(trainer.dial(name)) }
    return plainMember(name)
  }

  /// A network of the trainer.
  func plainMember(_ name: String) -> Value? {
    trainer.networks.first { $0.name == name }.map {
      .object(ModelObject($0.layer, session, of: (trainer, name)))
    }
  }

  private func lossRecord() -> Value {
    Value(fields: zip(trainer.lossNames, trainer.losses).map { ($0, .num($1)) })
  }

  var settableNames: [String] {
    ["lr"] + trainer.dials + (trainer.canHoldOut ? ["val"] : [])
  }

  func setMember(_ name: String, _ value: Value) throws {
    if name == "val", trainer.canHoldOut {
      let held = try HeldOut.checked(value)
      return try trainer.holdOut(held.a, held.b)
    }
    if name != "lr" {
      guard let number = Double.from(value) else {
        throw Failure(
          "E-type", "`\(name)` must be a number, not \(value.kindWithArticle)", parameter: name)
      }
      return try trainer.setDial(name, number)
    }
    guard let rate = Double.from(value), rate >= 0, rate <= 1e6 else {
      throw Failure(
        "E-range", "`lr` must be a number from 0 to a million, not \(value.representation)",
        suggestion: "t.lr = 2e-4")
    }
    for (_, optimizer) in trainer.optimizers { optimizer.learningRate = rate }
  }

  /// The progress of the run, in one line.
  var progress: String { "step \(trainer.count) of \(trainer.total): \(lossText)" }

  /// The last step's losses.
  var lossText: String {
    (Array(zip(trainer.lossNames, trainer.losses)) + measured).filter { !$0.1.isNaN }
      .map { "\($0) \($1.general(digits: 4))" }.joined(separator: ", ")
  }

  /// What was measured after the last step.
  private var measured: [(String, Double)] {
    trainer.measures.rows.last.map { row in
      row.step == trainer.count ? row.values.map { ($0.name, $0.value) } : []
    } ?? []
  }

  var text: String { "\(trainer.kind) @\(trainer.count)" }

  func displays(width: Int) throws -> [Display] {
    let networks = trainer.networks.map { "\($0.name) (\($0.layer.parameterCount))" }
    let sets = trainer.datasets.map { "\($0.name) \($0.dataset.count)" }
    var lines = [
      "\(trainer.kind) @\(trainer.count) of \(trainer.total) steps, \(trainer.totalEpochs) epochs",
      "  networks \(networks.joined(separator: ", ")); data \(sets.joined(separator: ", "))",
    ]
    if trainer.count > 0 { lines.append("  " + progress) }
    // Losses have long names: a terminal would break them anywhere.
    let fitted = lines.flatMap { line in
      let margin = line.prefix { $0 == " " }
      return TextWidth.wrapped(String(line), width: width - margin.count, indent: 2)
        .map { margin + $0 }
    }
    return [.text(fitted.joined(separator: "\n"))]
  }
}
