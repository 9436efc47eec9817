// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// A command of the session, which begins with a colon: its name, its help and its action.
public struct Command {
  /// The name without its colon.
  public let name: String
  /// Its arguments as shown in help, such as `[n]`; empty if it has none.
  public let arguments: String
  /// The description, one sentence.
  public let summary: String
  /// Whether it changes the session, so that other processes that run its entries need it, too.
  let isForAll: Bool
  /// Receives the session and what follows the name, without white space around it.
  let action: (EntrySession, String) throws -> EntrySession.Continuation

  /// Declares a command; what `action` throws is reported as an entry's error.
  public init(
    _ name: String, _ arguments: String = "", _ summary: String, isForAll: Bool = false,
    action: @escaping (EntrySession, String) throws -> EntrySession.Continuation
  ) {
    self.name = name
    self.arguments = arguments
    self.summary = summary
    self.isForAll = isForAll
    self.action = action
  }

  /// The syntax: `:back [n]`.
  public var usage: String { ":\(name)" + (arguments.isEmpty ? "" : " \(arguments)") }

  /// The command of this name among `commands`, or the only one that begins with it.
  static func named(_ name: String, among commands: [Command]) -> Command? {
    if let exact = commands.first(where: { $0.name == name }) { return exact }
    let candidates = commands.filter { !name.isEmpty && $0.name.hasPrefix(name) }
    return candidates.count == 1 ? candidates[0] : nil
  }

  /// The commands that every session has, in the order in which help lists them.
  public static var ofEverySession: [Command] {
    [
      Command("who", "", "Lists your names with their values and memory.") { session, _ in
        try session.show("who()")
        return .goOn
      },
      Command(
        "time", "expr", "Runs an entry and shows the time and memory it took.", isForAll: true
      ) {
        try $0.time($1)
      },
      Command(
        "back", "[n]", "Undoes the last n changes (to n: all after [n]; ?: list).",
        isForAll: true
      ) {
        try $0.goBack($1)
        return .goOn
      },
      Command(
        "go", "", "Continues the training or the loop that was stopped.", isForAll: true
      ) { session, _ in try session.go() },
      Command(
        "save", "f.henge [1-9]",
        "Writes the session, or entries 1 to 9, to a script; all: with those that only looked; comments: with these as comments."
      ) {
        try $0.save($1)
        return .goOn
      },
      Command(
        "load", "f.henge", "Runs a script in this session, as one entry.", isForAll: true
      ) {
        try $0.load($1)
      },
      Command("pwd", "", "Shows the folder from which relative paths are read.") { session, _ in
        try session.output.answer(session.workingFolder)
        return .goOn
      },
      Command(
        "cd", "[folder]", "Changes that folder; :cd - goes back, :cd alone goes home.",
        isForAll: true
      ) {
        try $0.changeFolder($1)
        return .goOn
      },
      Command("where", "", "Shows the last error, with the variables of each call.") {
        session, _ in
        try session.showLastError()
        return .goOn
      },
      Command("set", "[name [value]]", "Lists or changes settings.", isForAll: true) {
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
}

extension EntrySession {
  /// Runs a line that begins with a colon.
  func command(_ line: String) throws -> Continuation {
    let parts = line.dropFirst().split(maxSplits: 1, whereSeparator: \.isWhitespace)
    var name = parts.first.map(String.init) ?? ""
    var argument = parts.count > 1 ? String(parts[1]).trimmed : ""
    // `:back?` asks what `:back ?` asks.
    if name.hasSuffix("?"), argument.isEmpty,
      let command = Command.named(String(name.dropLast()), among: commands)
    {
      guard command.name == "back" else {
        try list([(command.usage, command.summary)])
        return .goOn
      }
      (name, argument) = (command.name, "?")
    }
    guard let command = Command.named(name, among: commands) else {
      let nearest = Suggestion.closest(to: name, among: commands.map(\.name)).map { ":\($0)" }
      throw Diagnostic(
        "E-name", "there is no command :\(name)", suggestion: nearest ?? ":help lists them")
    }
    guard !command.arguments.isEmpty || argument.isEmpty else {
      throw Diagnostic("E-arg", ":\(name) takes no arguments, not \(argument)")
    }
    guard command.isForAll else { return try command.action(self, argument) }
    return try handingOn(line) { try command.action(self, argument) }
  }

  fileprivate func listCommands() throws {
    try list(commands.map { ($0.usage, $0.summary) } + setup.otherEntries.compactMap(\.listing))
  }

  /// Answers with rows of a word and what is said of it, in two columns.
  private func list(_ rows: [(String, String)]) throws {
    let indent = (rows.map(\.0.count).max() ?? 0) + 2
    let lines = rows.flatMap { usage, summary in
      let room = max(12, output.width - indent - 1)
      return TextWidth.wrapped(summary, width: room).enumerated().map { index, line in
        let head = index == 0 ? usage : ""
        return head + String(repeating: " ", count: indent - head.count) + line
      }
    }
    try output.answer(lines.joined(separator: "\n"))
  }

  /// Shows the value of an expression without effects.
  func show(_ expression: String) throws {
    let source = Source(name: "command", text: Array(expression.utf8))
    try interpreter.run(
      Parser.parse(source), report: { try runner.show($0.value) })
    try output.flush()
  }

  fileprivate func time(_ text: String) throws -> Continuation {
    guard !text.isEmpty else { throw Command.missing("time", "what to run", ":time rand(3)") }
    let (start, bytes) = (ContinuousClock.now, interpreter.machine.host.liveBytes)
    let continuation = try run(text: text)
    let taken = (ContinuousClock.now - start).components
    let seconds = Double(taken.seconds) + Double(taken.attoseconds) * 1e-18
    try output.show(
      EntryTiming(seconds: seconds, bytes: interpreter.machine.host.liveBytes - bytes))
    return continuation
  }

  fileprivate func showLastError() throws {
    guard let lastError else { throw Diagnostic("E-name", "there has been no error yet") }
    try output.reportAgain(lastError.diagnostic, calls: lastError.calls)
  }

  fileprivate func set(_ argument: String) throws {
    let parts = argument.split(maxSplits: 1, whereSeparator: { $0.isWhitespace || $0 == "=" })
    guard let name = parts.first.map(String.init) else {
      return settings.isEmpty
        ? try output.answer("there are no settings")
        : try list(settings.map { ("\($0.name) \($0.value())", $0.summary) })
    }
    guard let setting = settings.first(where: { $0.name == name }) else {
      let names = settings.map(\.name)
      throw Diagnostic(
        "E-name", "there is no setting \(name)",
        notes: names.isEmpty ? [] : ["there are \(names.joined(separator: ", "))"],
        suggestion: Suggestion.closest(to: name, among: names).map { ":set \($0)" })
    }
    guard parts.count > 1 else { return try output.answer("\(name) \(setting.value())") }
    if let wrong = setting.change(String(parts[1]).trimmed) {
      throw Diagnostic("E-arg", "\(name): \(wrong)", notes: [setting.summary])
    }
    try output.answer("\(name) \(setting.value())")
  }

  fileprivate func load(_ argument: String) throws -> Continuation {
    let path = EntrySession.unquoted(argument)
    guard !path.isEmpty else { throw Command.missing("load", "a script", ":load f.henge") }
    let here = Source(name: "command", text: [])
    let program = try interpreter.machine.host.program(at: path, importedFrom: here)
    return try run(program.source)
  }
}

extension Command {
  /// The error of a command without its argument `what`.
  static func missing(_ name: String, _ what: String, _ example: String) -> Diagnostic {
    Diagnostic("E-arg", ":\(name) needs \(what)", suggestion: example)
  }
}
