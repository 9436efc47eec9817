// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// A command of the prompt, which begins with a colon: everything about it stands here.
public struct Command: Sendable {
  /// The name without its colon.
  public let name: String
  /// Its arguments as a line of help writes them, such as `[n]`.
  public let arguments: String
  /// What it does; one sentence.
  public let summary: String
  let action: @Sendable (PromptSession, String) throws -> PromptSession.Continuation

  private init(
    _ name: String, _ arguments: String = "", _ summary: String,
    action: @escaping @Sendable (PromptSession, String) throws -> PromptSession.Continuation
  ) {
    self.name = name
    self.arguments = arguments
    self.summary = summary
    self.action = action
  }

  /// How it is typed: `:back [n]`.
  public var usage: String { ":\(name)" + (arguments.isEmpty ? "" : " \(arguments)") }

  /// The command of this name, or the only one that begins with it.
  public static func named(_ name: String) -> Command? {
    if let exact = all.first(where: { $0.name == name }) { return exact }
    let candidates = all.filter { !name.isEmpty && $0.name.hasPrefix(name) }
    return candidates.count == 1 ? candidates[0] : nil
  }

  /// All commands, in the order in which help lists them.
  public static let all: [Command] = [
    Command("who", "", "Lists the names with what they hold; as who() does.") { session, _ in
      try session.show("who()")
      return .goOn
    },
    Command("time", "expr", "Runs an entry and says how long it took.") { try $0.time($1) },
    Command("edit", "[n]", "Opens entry n or the last one in $EDITOR, then runs it.") {
      try $0.edit($1)
    },
    Command("back", "[n]", "Goes back to before the last n entries, or the last one.") {
      try $0.goBack($1)
      return .goOn
    },
    Command(
      "save", "f.henge [1-9]",
      "Writes a script of the session, or of entries 1 to 9."
    ) {
      try $0.save($1)
      return .goOn
    },
    Command("load", "f.henge", "Runs a script here, as one entry.") { try $0.load($1) },
    Command("where", "", "Shows the last error with the variables of its calls.") {
      session, _ in
      try session.showLastError()
      return .goOn
    },
    Command("set", "[name [value]]", "Lists or changes settings.") {
      try $0.set($1)
      return .goOn
    },
    Command("help", "", "Lists these commands.") { session, _ in
      try session.listCommands()
      return .goOn
    },
    Command("quit", "", "Ends the session, as Ctrl-D does.") { _, _ in .quit(0) },
  ]
}

extension PromptSession {
  /// Does what a line that begins with a colon asks.
  func command(_ line: String) throws -> Continuation {
    let parts = line.dropFirst().split(maxSplits: 1, whereSeparator: \.isWhitespace)
    let name = parts.first.map(String.init) ?? ""
    let argument = parts.count > 1 ? String(parts[1]).trimmed : ""
    guard let command = Command.named(name) else {
      let nearest = Suggestion.closest(to: name, among: Command.all.map(\.name)).map { ":\($0)" }
      throw Diagnostic(
        "E-name", "there is no command :\(name)", suggestion: nearest ?? ":help lists them")
    }
    guard !command.arguments.isEmpty || argument.isEmpty else {
      throw Diagnostic("E-arg", ":\(name) takes nothing, not \(argument)")
    }
    return try command.action(self, argument)
  }

  fileprivate func listCommands() throws {
    let rows =
      Command.all.map { ($0.usage, $0.summary) } + [("!cmd", "Runs a command of the system.")]
    let indent = (rows.map(\.0.count).max() ?? 0) + 2
    let lines = rows.flatMap { usage, summary in
      let room = max(20, runner.width - indent)
      return TextWidth.wrapped(summary, width: room).enumerated().map { index, line in
        let head = index == 0 ? usage : ""
        return head + String(repeating: " ", count: indent - head.count) + line
      }
    }
    try print(lines.joined(separator: "\n"))
  }

  /// Writes a line of results.
  func print(_ text: String) throws {
    try console.write(text + "\n")
    try console.flush()
  }

  /// Shows what an expression that changes nothing gives.
  func show(_ expression: String) throws {
    let source = Source(name: "command", text: Array(expression.utf8))
    try interpreter.run(
      Parser.parse(source), report: { try runner.show($0.value) })
    try console.flush()
  }

  fileprivate func time(_ text: String) throws -> Continuation {
    guard !text.isEmpty else { throw Command.missing("time", "what to run", ":time rand(3)") }
    let (start, bytes) = (ContinuousClock.now, interpreter.machine.host.liveBytes)
    let continuation = try run(text: text)
    let taken = (ContinuousClock.now - start).components
    let seconds = Double(taken.seconds) + Double(taken.attoseconds) * 1e-18
    let more = interpreter.machine.host.liveBytes - bytes
    let memory =
      more == 0 ? "" : more > 0 ? ", \(sizeText(more)) more" : ", \(sizeText(-more)) less"
    try print("\(durationText(seconds))\(memory)")
    return continuation
  }

  fileprivate func goBack(_ argument: String) throws {
    guard let count = argument.isEmpty ? 1 : Int(argument), count >= 1 else {
      throw Diagnostic(
        "E-arg", ":back takes how many entries to undo, not \(argument)", suggestion: ":back 1")
    }
    guard let state = past.goBack(count) else {
      let known = past.states.count
      throw Diagnostic(
        "E-range",
        known == 0
          ? "there is no state to go back to" : "only \(known) states are kept, not \(count)",
        notes: ["entries of which nothing stayed do not count"],
        suggestion: known > 0 ? ":back \(known)" : nil)
    }
    try state.checkpoint.restore(in: interpreter)
    origins = state.origins
    for index in log.indices where log[index].number >= state.number {
      log[index].outcome = .nothing
    }
    inputs.forget(from: state.number)
    outputs.forget(from: state.number)
    try say(setup.journal?.wentBack(to: state.number))
    try print("back to before [\(state.number)]")
  }

  fileprivate func showLastError() throws {
    guard let lastError else { throw Diagnostic("E-name", "there was no error yet") }
    runner.report(lastError.diagnostic, isAgain: true)
    var lines: [String] = []
    for call in lastError.calls {
      lines.append("  in \(call.name):" + (call.variables.isEmpty ? " no variables" : ""))
      lines += call.variables.map { "    \($0.name): \($0.value.brief)" }
    }
    if !lines.isEmpty { try console.complain(lines.joined(separator: "\n")) }
  }

  fileprivate func set(_ argument: String) throws {
    let parts = argument.split(maxSplits: 1, whereSeparator: { $0.isWhitespace || $0 == "=" })
    guard let name = parts.first.map(String.init) else {
      let lines = setup.settings.map { "\($0.name) \($0.value())  \($0.summary)" }
      return try print(lines.isEmpty ? "nothing can be set" : lines.joined(separator: "\n"))
    }
    guard let setting = setup.settings.first(where: { $0.name == name }) else {
      let names = setup.settings.map(\.name)
      throw Diagnostic(
        "E-name", "there is no setting \(name)",
        notes: names.isEmpty ? [] : ["there are \(names.joined(separator: ", "))"],
        suggestion: Suggestion.closest(to: name, among: names).map { ":set \($0)" })
    }
    guard parts.count > 1 else { return try print("\(name) \(setting.value())") }
    if let wrong = setting.change(String(parts[1]).trimmed) {
      throw Diagnostic("E-arg", "\(name): \(wrong)", notes: [setting.summary])
    }
    try print("\(name) \(setting.value())")
  }

  fileprivate func load(_ path: String) throws -> Continuation {
    guard !path.isEmpty else { throw Command.missing("load", "a script", ":load f.henge") }
    let here = Source(name: "command", text: [])
    let program = try interpreter.machine.host.program(at: path, importedFrom: here)
    return try run(program.source)
  }
}

extension Command {
  /// The error of a command that was not told `what`.
  static func missing(_ name: String, _ what: String, _ example: String) -> Diagnostic {
    Diagnostic("E-arg", ":\(name) needs \(what)", suggestion: example)
  }
}

/// `seconds` for people: `1.5 s`, `12 ms`, `340 µs`.
func durationText(_ seconds: Double) -> String {
  let units: [(Double, String)] = [(1, "s"), (1e-3, "ms"), (1e-6, "µs")]
  let (size, name) = units.first { seconds >= $0.0 } ?? (1e-6, "µs")
  let tenths = Int((seconds / size * 10).rounded())
  return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\((tenths + 5) / 10) \(name)"
}
