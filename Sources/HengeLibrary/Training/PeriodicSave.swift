// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeRanks
internal import HengeThreads
internal import HengeTraining

/// The parameters of `step` and `train` that save the trainer meanwhile.
func savingParameters() -> (save: Parameter, every: Parameter) {
  (
    Parameter(
      "save",
      "Path of a checkpoint: the trainer is saved there every `save_every` steps and at the end, as by save(t, path).",
      default: String?.none, isKeywordOnly: true),
    Parameter(
      "save_every", "Number of steps between two checkpoints.", default: Int?.none,
      isKeywordOnly: true)
  )
}

/// Where a call of `step` saves its trainer, and when.
///
/// A save while it trains that fails is said, and the next one tries again; the last one that fails is
/// the call's error. The file is replaced whole or not at all.
final class PeriodicSave {
  private let object: any SavedTrainer
  private let call: Call
  private let session: Session
  private let path: String
  private let every: Int?
  /// The steps made at the last save that worked.
  private var saved: Int?
  /// Why the last save did not work.
  private var complaint: String?

  /// None where nothing is to be saved; throws where nothing could be.
  init?(
    _ object: any SavedTrainer, _ path: String?, every: Int?, _ call: Call, _ session: Session
  ) throws {
    guard let path else {
      guard every == nil else {
        throw Failure(
          "E-arg", "`save_every` needs `save`, the path of the checkpoint",
          suggestion: "save=\"run.safetensors\"", parameter: "save_every")
      }
      return nil
    }
    if let every, every < 1 {
      throw Failure(
        "E-range", "`save_every` must be 1 or more, not \(every)", suggestion: "save_every=500",
        parameter: "save_every")
    }
    self.object = object
    self.call = call
    self.session = session
    self.path = path
    self.every = every
    // Before the first step: a run of a night must not end in a name that cannot be written.
    do {
      try session.checkToWrite(path, as: TrainerFile.endings, of: "a trainer")
    } catch let failure as Failure {
      throw Failure(
        failure.code, failure.message, notes: failure.notes, suggestion: failure.suggestion,
        parameter: failure.parameter == nil || failure.parameter == "path"
          ? "save" : failure.parameter)
    }
    let file = try session.paths.toWrite(path)
    session.saves?(file)
  }

  /// How many steps there are from `count` to the next save.
  func stepsLeft(at count: Int) -> Int { every.map { $0 - count % $0 } ?? .max }

  /// Saves where a save is due at the steps made.
  func saveIfDue() {
    guard let every, object.stepsMade % every == 0 else { return }
    do {
      try save()
      if complaint != nil {
        call.note("\(path.quotedPath) is saved again, at step \(object.stepsMade)")
      }
      complaint = nil
    } catch let failure as RankFailure {
      complaint = failure.message
    } catch is Interrupted {
      // Whoever asked to stop is heard at the next step.
    } catch {
      let reason = (error as? Failure)?.message ?? "\(error)"
      if reason != complaint {
        call.note(
          "the trainer is not saved at step \(object.stepsMade): \(reason). Training continues; the next save tries again"
        )
      }
      complaint = reason
    }
  }

  /// Saves now, because a signal asks for it; what fails is said.
  func saveOnRequest() {
    do {
      try save()
      call.note("\(path.quotedPath) is saved at step \(object.stepsMade)")
    } catch {
      let reason = (error as? Failure)?.message ?? "\(error)"
      call.note("the trainer is not saved at step \(object.stepsMade): \(reason)")
    }
  }

  /// Does `work`, and saves at its end, however it ends.
  ///
  /// After Ctrl-C at a prompt the trainer is there to be saved by hand, and nobody waits for a file.
  func around(_ work: () throws -> Void) throws {
    do {
      try work()
    } catch {
      let stays = call.machine.effects.isKept && session.interrupt.termination == nil
      if !(error is Interrupted && stays) {
        session.writesAlone = true
        defer { session.writesAlone = false }
        do {
          try session.interrupt.shielded(save)
        } catch let failure as Failure {
          call.note("the trainer is not saved at step \(object.stepsMade): \(failure.message)")
        }
      }
      throw error
    }
    try save()
  }

  private func save() throws {
    guard saved != object.stepsMade else { return }
    _ = try session.write(path, as: TrainerFile.endings, of: "a trainer") {
      try object.save(to: $0, budget: session.budget)
    }
    _ = try session.tellSaved(object, to: path, by: call)
    saved = object.stepsMade
  }
}

extension PeriodicSave? {
  /// As ``PeriodicSave/around(_:)``, or `work` alone.
  func around(_ work: () throws -> Void) throws {
    guard let self else { return try work() }
    try self.around(work)
  }
}

/// A trainer that is saved to files.
protocol SavedTrainer: Stepping {
  /// Writes all its state to `file`.
  func save(to file: String, budget: MemoryBudget) throws
}

extension NetworkTrainerObject: SavedTrainer {
  func save(to file: String, budget: MemoryBudget) throws {
    try trainer.save(to: file, budget: budget)
  }
}

extension DifferenceVectorObject: SavedTrainer {
  func save(to file: String, budget: MemoryBudget) throws {
    try trainer.save(to: file, budget: budget)
  }
}

/// A trainer of any kind, as an argument.
struct AnyTrainer: ValueConvertible {
  let trainer: any SavedTrainer & Object

  static var kind: String { "\(NetworkTrainerObject.kind) | \(DifferenceVectorObject.kind)" }

  static func from(_ value: Value) -> AnyTrainer? {
    guard case .object(let object) = value, let trainer = object as? any SavedTrainer & Object
    else { return nil }
    return AnyTrainer(trainer: trainer)
  }

  var value: Value { .object(trainer) }
}
