// SPDX-License-Identifier: MIT
internal import HengeFiles

/// Questions about typed code that came while a cell runs.
///
/// They wait a moment, because most cells are short and what they define should be known. Then they are
/// answered from the names before the cell. Used by the thread of the shell's socket alone.
final class WaitingQuestions {
  private let cells: CellRunner
  private unowned let kernel: Kernel
  private var waiting: [(request: Request, until: ContinuousClock.Instant)] = []
  private static let patience = Duration.milliseconds(150)

  init(_ cells: CellRunner, _ kernel: Kernel) { (self.cells, self.kernel) = (cells, kernel) }

  /// Adds a question.
  func add(_ request: Request) {
    waiting.append((request, .now + WaitingQuestions.patience))
  }

  /// Answers what can be answered now; in how many milliseconds the next is due, -1 for none.
  func answerThoseDue() -> Int {
    guard !waiting.isEmpty else { return -1 }
    let now = ContinuousClock.now
    var left: [(request: Request, until: ContinuousClock.Instant)] = []
    for (request, until) in waiting {
      if let content = cells.answer(request, mayBeOld: now >= until) {
        kernel.reply(to: request, from: kernel.shell, content)
      } else {
        left.append((request, until))
      }
    }
    waiting = left
    guard let next = waiting.map(\.until).min() else { return -1 }
    let (seconds, attoseconds) = (next - .now).components
    return max(5, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}
