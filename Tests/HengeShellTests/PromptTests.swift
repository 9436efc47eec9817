// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeSession
import HengeTestSupport
import Testing

@testable import HengeShell

extension TypedSession {
  /// The front end of a prompt, whose console writes into the runner's output.
  static func atPrompt(_ runner: ScriptRunner, _ setup: inout EntrySession.Setup) {
    let console = Console { [unowned runner] in runner.append($0) }
    let terminal = TerminalOutput(console)
    runner.events.sink = terminal
    setup.addPrompt(runner.interpreter, runner.events, terminal, interrupt: runner.interrupt)
  }
}

@Suite struct PromptTests {
  @Test func `help lists the commands of every session and those of the prompt`() throws {
    let typed = try TypedSession(frontEnd: TypedSession.atPrompt)
    let help = try typed.type(":help")
    #expect(typed.session.commands.contains { $0.name == "edit" })
    // A long summary has several lines.
    let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for command in typed.session.commands {
      #expect(help.contains(command.usage))
      #expect(words.contains(command.summary))
    }
    #expect(help.contains("!cmd"))
  }

  @Test func `apropos finds keys as well`() throws {
    let typed = try TypedSession(frontEnd: TypedSession.atPrompt)
    #expect(try typed.type("apropos(\"search history\")").contains("Ctrl-R"))
    #expect(try typed.type("apropos(\"editor\")").contains(":edit [n]"))
    #expect(try typed.type("apropos(\"frobnicate\")").hasPrefix("no help mentions"))
  }

  @Test func `questions, farewells and commands of the system are no entries`() throws {
    let typed = try TypedSession(frontEnd: TypedSession.atPrompt)
    #expect(try typed.type("?mean").contains("mean("))
    #expect(try typed.type("?frobnicate_").hasPrefix("E-name"))
    #expect(try typed.type("!exit 3") == "note: the command ended with status 3")
    #expect(try typed.type("!").hasPrefix("E-arg: ! needs a shell command"))
    #expect(try typed.type(":edit 7").hasPrefix("E-range: there is no entry 7 to edit"))
    #expect(try typed.session.perform("quit()") == .quit(0))
    #expect(typed.session.number == 1)
  }
}

/// A session that no terminal drives produces, keeps and writes what a prompt's session does.
@Suite struct SessionWithoutTerminalTests {
  private struct Result: Equatable {
    var printed: [String] = []
    var state: [String: [UInt8]] = [:]
    var journal = ""
    var script = ""
  }

  private func run(_ seed: UInt64, hasNetworks: Bool, _ frontEnd: TypedSession.FrontEnd) throws
    -> Result
  {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let journal = try Journal(
      folder: "\(folder.path)/state", seed: 3, workingFolder: folder.path, outputFolder: nil)
    let typed = try TypedSession(in: folder, seed: 3, journal: journal, frontEnd: frontEnd)
    var typist = EntryTypist(seed: seed, hasNetworks: hasNetworks)
    var result = Result()
    func type(_ entry: String) throws {
      let printed = try typed.type(entry, stoppingAtRound: 1 + typist.number(3))
      result.printed.append(printed.replacing(folder.path, with: "/here"))
    }
    try typist.beginnings.forEach(type)
    for count in 0..<8 {
      try type(typist.entry())
      if count == 2 { try type("print(\"a\"); show(grid(A)); A[0]; x; :where") }
      if count == 3 { try type(":where") }
      if count == 5 { try type(":back \(1 + typist.number(2))") }
      if count == 6 { try type(":who") }
    }
    try type(":set")
    try type(":nonsense")
    try type(":save s.henge")
    result.state = try typed.state()
    result.journal = String(decoding: try readAll(journal.path), as: UTF8.self)
      .split(separator: "\n").dropFirst().joined(separator: "\n")
    result.script = String(decoding: try readAll("\(folder.path)/s.henge"), as: UTF8.self)
    return result
  }

  private func compare(_ seed: UInt64, hasNetworks: Bool) throws {
    let alone = try run(seed, hasNetworks: hasNetworks) { _, _ in }
    let prompt = try run(seed, hasNetworks: hasNetworks, TypedSession.atPrompt)
    for (one, other) in zip(alone.printed, prompt.printed) { #expect(one == other) }
    #expect(alone == prompt)
    #expect(alone.journal.contains("entry\t8\t") && alone.script.contains("# %% [1]"))
  }

  @Test(arguments: Array(1...12))
  func `events, state, journal and script are the same`(_ seed: Int) throws {
    try compare(UInt64(300 + seed), hasNetworks: false)
  }

  @Test(arguments: [1, 2]) func `also with networks`(_ seed: Int) throws {
    try compare(UInt64(400 + seed), hasNetworks: true)
  }
}
