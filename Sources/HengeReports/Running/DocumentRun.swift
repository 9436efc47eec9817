// SPDX-License-Identifier: MIT
public import HengeDocuments
public import HengeSession

/// Follows the cells of a document that runs.
public protocol CellObserver: AnyObject {
  /// The cell of this index begins; what is received until it ends is its output.
  func begin(cell: Int) throws
  /// The cell ended so.
  func end(cell: Int, _ ending: Ending) throws
}

/// Runs a document from top to bottom.
public struct DocumentRun {
  private let program: DocumentProgram
  private let runner: Runner
  private let observer: (any CellObserver)?
  private let willRun: (Cell, Int) -> Void

  /// A run of `program`; `observer` is told of each cell, and `willRun` is called before its code runs
  /// with the cell and its index.
  public init(
    _ program: DocumentProgram, _ runner: Runner, observer: (any CellObserver)? = nil,
    willRun: @escaping (Cell, Int) -> Void = { _, _ in }
  ) {
    self.willRun = willRun
    self.program = program
    self.runner = runner
    self.observer = observer
  }

  /// Runs all cells, each as one program, and stops at the first error that its cell does not allow.
  ///
  /// Code that is no program stops the document before anything runs, unless its cell allows errors or
  /// `showsMistakes`: then it stops where it is.
  public func run(showsMistakes: Bool = false) -> Ending {
    if !showsMistakes, let refusal = program.refusal { return runner.report(refusal) }
    for index in program.file.document.cells.indices {
      let ending = run(cell: index)
      if ending != .finished { return ending }
    }
    return .finished
  }

  /// Runs one cell and returns how that leaves the document.
  private func run(cell index: Int) -> Ending {
    do {
      try observer?.begin(cell: index)
      let ending = perform(index)
      try observer?.end(cell: index, ending)
      let isAllowed =
        ending == .failed && program.file.document.cells[index].options.allowsError
      return isAllowed ? .finished : ending
    } catch {
      return runner.report(error)
    }
  }

  private func perform(_ index: Int) -> Ending {
    guard program.file.document.cells[index].options.runs else { return .finished }
    willRun(program.file.document.cells[index], index)
    if program.isPlain, let whole = program.whole { return runner.run(whole) }
    do {
      guard let part = try program.program(ofCell: index) else { return .finished }
      return runner.run(part)
    } catch {
      return runner.report(error)
    }
  }
}
