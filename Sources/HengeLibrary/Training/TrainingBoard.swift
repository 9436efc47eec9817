// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor
internal import HengeThreads
internal import HengeTraining

private typealias Parameter = HengeLanguage.Parameter

/// The parameter of `step` and `train` by which TensorBoard shows the run.
func boardParameter() -> HengeLanguage.Parameter {
  Parameter(
    "board",
    "Folder for TensorBoard, such as \"runs/a\": the losses, figures and learning rates of every step are written there while it trains, and every N steps (`every`) and at the end what is measured, sample translations and histograms of the weights. One folder is one run.",
    default: String?.none, isKeywordOnly: true)
}

/// The file of events of a trainer in one folder, and the last step in it.
final class BoardRun {
  let file: EventFile
  private weak var trainer: NetworkTrainer?
  private var last: Int

  /// Begins a file in `folder` after the steps that `trainer` has made.
  init(in folder: String, of trainer: NetworkTrainer) throws {
    file = try EventFile(in: folder, from: trainer.count + 1)
    self.trainer = trainer
    last = trainer.count
  }

  /// Whether the file belongs to `trainer` and is still there; goes on after the steps made.
  ///
  /// Of a trainer that was restored to an earlier step, TensorBoard forgets the steps in between.
  func goesOn(with trainer: NetworkTrainer) throws -> Bool {
    guard self.trainer === trainer, access(file.path, F_OK) == 0 else { return false }
    if trainer.count < last {
      try file.append([BoardEvent(step: trainer.count + 1, .start)])
      last = trainer.count
    }
    return true
  }

  /// Adds values of a step.
  func add(_ step: Int, _ values: [(tag: String, value: BoardEvent.Value)]) throws {
    guard !values.isEmpty else { return }
    last = max(last, step)
    try file.append([BoardEvent(step: step, .values(values))])
  }
}

/// Writes what happens to a trainer during one call of `step` to a folder that TensorBoard reads.
///
/// A folder that cannot be written is an error before the first step. Later, when the disk is full for
/// example, training continues, a note says once what is missing, and each step tries again.
final class TrainingBoard {
  private let object: NetworkTrainerObject
  private let call: Call
  private let path: String
  private let run: BoardRun
  /// What was said to be missing.
  private var complaints: Set<String> = []
  /// The number of images in a row of samples.
  private static let samples = 6

  /// None without a `path`; throws `E-file` and `E-path` for a folder that cannot be written.
  init?(_ object: NetworkTrainerObject, _ path: String?, _ call: Call) throws {
    guard let path else { return nil }
    (self.object, self.path, self.call) = (object, path, call)
    do {
      run = try object.session.boardRun(path, of: object.trainer)
    } catch let failure as Failure { throw failure.about("board") }
  }

  private var trainer: NetworkTrainer { object.trainer }

  /// Writes the numbers of a step, or those measured after one.
  func follow(_ event: LogEvent) {
    switch event {
    case .stepped(let entry):
      let losses = zip(trainer.lossNames, entry.values).map { ("loss/\($0)", $1) }
      let figures = zip(trainer.allFigures, entry.figures).map { ("figure/\($0)", $1) }
      let factor = trainer.factor(ofStep: entry.step - 1)
      let isOnly = trainer.optimizers.count == 1
      let rates = trainer.optimizers.map { name, optimizer in
        (isOnly ? "lr" : "lr/\(name)", optimizer.learningRate * factor)
      }
      write(entry.step, BoardEvent.scalars(losses + figures + rates))
    case .measured(let row, _):
      write(row.step, BoardEvent.scalars(row.values.map { ("measure/\($0.name)", $0.value) }))
    case .diverged, .noticed: break
    }
  }

  /// Writes sample translations and the histograms of the weights as they are.
  ///
  /// Throws what stops the run.
  func showNetworks() throws {
    guard trainer.count > 0 else { return }
    do {
      let sheet = try object.sheet(TrainingBoard.samples, zoom: 1)
      let image = BoardEvent.Value.image(
        png: try encodePNG(sheet, budget: object.session.budget), height: sheet.height,
        width: sheet.width, channels: sheet.channels)
      write(trainer.count, [("samples", image)])
    } catch let failure as Failure { complain("no samples: \(failure.message)") }
    for (network, layer) in trainer.networks {
      var values: [(tag: String, value: BoardEvent.Value)] = []
      for (name, parameter) in layer.allParameters where parameter.isTrained {
        try object.session.interrupt.check()
        guard let histogram = try parameter.value.boardHistogram() else { continue }
        values.append(("\(network)/\(name)", .histogram(histogram)))
      }
      write(trainer.count, values)
    }
  }

  /// Remembers the file among those that the session wrote.
  func end() { object.session.wrote(run.file.path, as: path, replaced: false) }

  private func write(_ step: Int, _ values: [(tag: String, value: BoardEvent.Value)]) {
    do { try run.add(step, values) } catch { complain((error as? Failure)?.message ?? "\(error)") }
  }

  /// Says once why something is missing in the file.
  private func complain(_ reason: String) {
    guard complaints.insert(reason).inserted else { return }
    call.note(
      "\(path.quotedPath) is incomplete from step \(trainer.count) on: \(reason). Training continues"
    )
  }
}

extension Session {
  /// The file of events of `trainer` in the folder `path`: that of an earlier call, or a new one.
  ///
  /// Throws `E-file` and `E-path` where it cannot be written.
  fileprivate func boardRun(_ path: String, of trainer: NetworkTrainer) throws -> BoardRun {
    let folder = try boardFolder(path)
    if let run = boards[folder], try run.goesOn(with: trainer) { return run }
    let run = try BoardRun(in: folder, of: trainer)
    paths.wrote(run.file.path)
    boards[folder] = run
    return run
  }

  /// The absolute path of a folder for TensorBoard, which is made where it belongs to the output folder.
  func boardFolder(_ path: String) throws -> String {
    guard !path.isEmpty else {
      throw Failure("E-file", "the path of the folder is empty", suggestion: "\"runs/a\"")
    }
    let folder = try paths.toWrite(path)
    try makeFolders(above: folder + "/events")
    return folder
  }
}

extension BoardEvent {
  /// The `numbers` as values; those that were not computed are left out.
  static func scalars(_ numbers: [(String, Double)]) -> [(tag: String, value: Value)] {
    numbers.filter { !$0.1.isNaN }.map { ($0.0, .scalar($0.1)) }
  }
}

extension Tensor {
  /// The distribution of the elements; nil where none is finite.
  fileprivate func boardHistogram() throws -> BoardHistogram? {
    try cast(to: .f32).withBytes { BoardHistogram($0.assumingMemoryBound(to: Float.self)) }
  }
}
