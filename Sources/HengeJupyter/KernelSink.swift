// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeSession

/// Makes Jupyter's messages of what entries produce.
final class KernelSink: EntrySink {
  private let publisher: Publisher
  private let budget: MemoryBudget
  /// Whether nothing is published of the entry that runs.
  private var isSilent = false
  /// The number of the entry that runs, for its results.
  private var count = 0
  /// The error that ended the entry.
  private(set) var failure: Diagnostic?
  /// What the client is to do besides showing outputs, such as to show a page of help.
  private var payload: [JSON] = []

  init(_ publisher: Publisher, budget: MemoryBudget) {
    (self.publisher, self.budget) = (publisher, budget)
  }

  /// An entry begins.
  func begin(count: Int, isSilent: Bool) {
    (self.count, self.isSilent) = (count, isSilent)
    failure = nil
    payload = []
  }

  /// Adds something for the client to do after the entry.
  func add(payload part: JSON) { payload.append(part) }

  /// What the client is to do after the entry.
  var payloads: JSON { .array(payload) }

  func take(_ event: EntryEvent) throws {
    if case .error(let diagnostic) = event { failure = diagnostic }
    guard !isSilent else { return }
    switch event {
    case .text(let text): publisher.stream("stdout", text)
    case .display(let display): try show(display)
    case .supplement: break
    case .result(let displays, _): try showResult(displays)
    case .announcement(let text):
      var bundle = MIMEBundle(text: text)
      bundle.mark(as: "announcement")
      publish(bundle)
    case .note(let text): publisher.stream("stderr", "note: \(TextWidth.visible(text))\n")
    case .error(let diagnostic):
      publisher.publish("error", .object(KernelSink.members(of: diagnostic)))
    case .lastError(let diagnostic, let calls):
      let lines = [Renderer(width: width).render(diagnostic)] + calls.flatMap(\.lines)
      publisher.stream("stdout", lines.joined(separator: "\n") + "\n")
    case .timing(let timing): publisher.stream("stdout", timing.text + "\n")
    }
  }

  /// Writes what a program says to its standard error.
  func write(error text: String) {
    if !isSilent { publisher.stream("stderr", text) }
  }

  /// Takes back what the entry has shown.
  func clear() {
    if !isSilent { publisher.publish("clear_output", .of(["wait": .bool(false)])) }
  }

  // MARK: Displays

  private func show(_ display: Display) throws {
    for part in display.parts(at: .colours) {
      if case .text(let text) = part {
        publisher.stream("stdout", text + "\n")
      } else {
        publish(try MIMEBundle(part, columns: width, budget: budget))
      }
    }
  }

  /// One result of all words, then what is drawn; without words, the first drawing is the result.
  private func showResult(_ displays: [Display]) throws {
    let parts = displays.flatMap { $0.parts(at: .colours) }
    let words = parts.filter(\.isWords)
    var drawn = parts.filter { !$0.isWords }
    var result: MIMEBundle?
    if words.count == 1 {
      result = try MIMEBundle(words[0], columns: width, budget: budget)
    } else if !words.isEmpty {
      let texts = try words.map { try MIMEBundle($0, columns: width, budget: budget).text }
      result = MIMEBundle(text: texts.joined(separator: "\n"))
    } else if !drawn.isEmpty {
      result = try MIMEBundle(drawn.removeFirst(), columns: width, budget: budget)
    }
    if let result {
      publisher.publish(
        "execute_result", .object(result.members + [.init("execution_count", .integer(count))]))
    }
    for part in drawn { publish(try MIMEBundle(part, columns: width, budget: budget)) }
  }

  private func publish(_ bundle: MIMEBundle) {
    publisher.publish(
      "display_data", .object(bundle.members + [.init("transient", .empty)]))
  }

  // MARK: Errors

  /// An error as messages have it.
  static func members(of diagnostic: Diagnostic) -> [JSON.Member] {
    let lines = Renderer(width: 80, isColoured: true).render(diagnostic)
    return [
      .init("ename", .string(diagnostic.code)),
      .init("evalue", .string(TextWidth.visible(diagnostic.message))),
      .init(
        "traceback",
        .array(
          lines.split(separator: "\n", omittingEmptySubsequences: false).map {
            .string(String($0))
          })),
    ]
  }
}

extension DisplayPart {
  /// Whether it is text, which an echo shows before what is drawn.
  fileprivate var isWords: Bool {
    switch self {
    case .text, .table: true
    case .picture, .caption, .plot: false
    }
  }
}
