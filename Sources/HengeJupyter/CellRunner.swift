// SPDX-License-Identifier: MIT
internal import HengeDocuments
internal import HengeFiles
internal import HengeLanguage
internal import HengeSession
internal import HengeShell
internal import HengeThreads

/// Runs cells as entries of the session, and answers questions about its names.
final class CellRunner {
  private unowned let kernel: Kernel
  private let session: EntrySession
  /// Answers from the session itself, between cells.
  private let assistant: Guarded<Assistant>
  /// Answers while a cell runs.
  private let before: Guarded<NamesBeforeCell>
  /// The session's working folder when the cell began.
  private let folder: Guarded<String>
  private let workingFolder: () -> String

  init(_ kernel: Kernel, _ session: EntrySession, workingFolder: @escaping () -> String) {
    (self.kernel, self.session, self.workingFolder) = (kernel, session, workingFolder)
    let commands = session.commands.map { Help.Entry($0.usage, $0.summary) }
    let folder = Guarded(workingFolder())
    self.folder = folder
    assistant = Guarded(
      Assistant(
        session.interpreter, commands: commands, showsValues: true, workingFolder: workingFolder))
    before = Guarded(
      NamesBeforeCell(
        session.interpreter.library, commands: commands, workingFolder: { folder.use { $0 } }))
  }

  // MARK: Questions

  /// The answer to a question about typed code; nil where the session is busy, unless it may be of the
  /// names before the cell that runs.
  func answer(_ request: Request, mayBeOld: Bool) -> JSON? {
    func answer(by assistant: Assistant) -> JSON {
      request.type == "inspect_request" ? assistant.inspect(request) : assistant.complete(request)
    }
    if !kernel.requests.isBusy, let found = assistant.useIfFree({ answer(by: $0) }) {
      return found
    }
    guard mayBeOld else { return nil }
    return before.use { $0.isSet ? answer(by: $0.assistant) : nil }
  }

  /// The answer to an `is_complete_request`.
  static func completeness(of code: String) -> JSON {
    switch EntryText.completeness(of: code, number: 1) {
    case .complete: return .of(["status": .string("complete")])
    case .invalid: return .of(["status": .string("invalid")])
    case .incomplete:
      let last = code.split(separator: "\n").last { $0.contains { !$0.isWhitespace } } ?? ""
      let opens = last.last { !$0.isWhitespace }.map { "([{".contains($0) } ?? false
      let indent = last.prefix { $0 == " " } + (opens ? "  " : "")
      return .of(["status": .string("incomplete"), "indent": .string(String(indent))])
    }
  }

  // MARK: Cells

  /// Runs a cell and answers its request.
  func run(_ request: Request) {
    let publisher = kernel.publisher
    publisher.begin(cell: request.header)
    let cell = RequestedCell(request)
    let outcome = assistant.use { _ in
      takeNames()
      defer { before.use { try? $0.clear() } }
      return perform(cell)
    }
    // Before the reply: what the client asks to stop once it has it is another cell.
    kernel.requests.finish(wasInterrupted: outcome.isInterrupted)
    // And a cell that the client sends once it knows of an error is run.
    let aborted = outcome.hasFailed && cell.stopsAtError ? takeWaiting() : []
    kernel.send(outcome.reply, to: request, from: kernel.shell)
    publisher.endCell()
    for request in aborted { kernel.abort(request) }
    if case .quit = outcome.continuation { kernel.endSoon() }
  }

  /// What became of a cell.
  private struct Outcome {
    var reply = JSON.empty
    var continuation = EntrySession.Continuation.goOn
    var hasFailed = false
    var isInterrupted = false
  }

  private func perform(_ cell: RequestedCell) -> Outcome {
    let sink = kernel.kernelSink
    let isProgram = !EntryText.isRequest(cell.code)
    let number = isProgram ? session.number : session.number - 1
    sink.begin(count: number, isSilent: cell.isSilent)
    kernel.progress.begin(isSilent: cell.isSilent)
    if !cell.isSilent {
      kernel.publisher.publish(
        "execute_input",
        .of(["code": .string(cell.code), "execution_count": .integer(number)]))
    }
    var outcome = Outcome()
    guard cell.runs else {
      outcome.reply = good(number: session.number - 1, cell)
      return outcome
    }
    do {
      outcome.continuation = try session.perform(cell.code, isNumbered: cell.isRemembered)
    } catch {
      // The sink takes everything, so that this is no error of the entry.
      outcome.hasFailed = true
    }
    let count = session.number - 1
    if cell.isRemembered { kernel.history.add(cell.code, number: count) }
    if case .quit = outcome.continuation {
      sink.add(payload: .of(["source": .string("ask_exit"), "keepkernel": .bool(false)]))
    }
    guard let failure = sink.failure else {
      outcome.reply = good(number: count, cell)
      return outcome
    }
    outcome.isInterrupted = failure.code == Diagnostic.interruptCode
    // A document may show an error, and then goes on.
    if cell.allowsError, !outcome.isInterrupted {
      outcome.reply = good(number: count, cell)
    } else {
      outcome.hasFailed = true
      outcome.reply = .object(
        [
          .init("status", .string("error")), .init("execution_count", .integer(count)),
          .init("payload", sink.payloads), .init("user_expressions", .empty),
        ] + KernelSink.members(of: failure))
    }
    return outcome
  }

  private func good(number: Int, _ cell: RequestedCell) -> JSON {
    .of([
      "status": .string("ok"), "execution_count": .integer(number),
      "payload": kernel.kernelSink.payloads, "user_expressions": values(of: cell.expressions),
    ])
  }

  /// Keeps the names for questions during the cell.
  private func takeNames() {
    folder.use { $0 = workingFolder() }
    before.use { try? $0.take(from: session.interpreter) }
  }

  /// The values of expressions that a client asked for, or their errors.
  private func values(of expressions: [(name: String, text: String)]) -> JSON {
    .object(
      expressions.map { name, text in
        do {
          let bundle = MIMEBundle(text: try session.interpreter.text(ofExpression: text))
          return .init(name, .object([.init("status", .string("ok"))] + bundle.members))
        } catch {
          let diagnostic = session.interpreter.diagnostic(for: error)
          return .init(
            name,
            .object([.init("status", .string("error"))] + KernelSink.members(of: diagnostic)))
        }
      })
  }

  /// The cells that wait, which then are not run.
  private func takeWaiting() -> [Request] {
    kernel.shell.empty()
    return kernel.requests.takeWaiting()
  }
}

/// A cell as an `execute_request` asks for it.
private struct RequestedCell {
  let code: String
  let isSilent: Bool
  let isRemembered: Bool
  let stopsAtError: Bool
  let expressions: [(name: String, text: String)]
  /// What the cell's own options say, such as `#| eval: false`.
  let runs: Bool
  let allowsError: Bool

  init(_ request: Request) {
    code = request.text("code")
    isSilent = request.flag("silent", default: false)
    isRemembered = !isSilent && request.flag("store_history", default: true)
    stopsAtError = request.flag("stop_on_error", default: true)
    if case .object(let members)? = request.content["user_expressions"] {
      expressions = members.compactMap { member in
        member.value.asText.map { (name: member.name, text: $0) }
      }
    } else {
      expressions = []
    }
    let options = try? Document.cell(ofCode: code, named: "cell").options
    runs = options?.runs ?? true
    allowsError = options?.allowsError ?? false
  }
}

extension Interpreter {
  /// The echo of an expression's value as text.
  fileprivate func text(ofExpression text: String) throws -> String {
    let program = try parse(Source(name: "user_expressions", text: Array(text.utf8)))
    guard program.block.statements.count == 1,
      case .expression(let expression, _) = program.block.statements[0].kind
    else {
      throw Diagnostic(
        "E-syntax", "a user expression must be one expression, not \(Value(text).representation)")
    }
    let value = try evaluate(expression, in: program.source)
    return try displays(of: value, width: 80).compactMap { try $0.plainText(columns: 80) }
      .joined(separator: "\n")
  }
}
