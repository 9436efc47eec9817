// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import Testing

@testable import HengeSession

@Suite struct EntrySessionTests {
  private let sets = "A = faces(\"anime\", 12, size=8x8); B = faces(\"photo\", 12, size=8x8)"

  // MARK: Numbered entries

  @Test func `results and entries have numbers`() throws {
    let typed = try TypedSession()
    #expect(try typed.type("6 * 7") == "42")
    #expect(try typed.type("ans + 1") == "43")
    #expect(try typed.type("x = 5") == "")
    #expect(try typed.type("Out[1] + Out[2] + ans") == "128")
    #expect(try typed.type("In[3]") == "\"x = 5\"")
    #expect(try typed.type("Out[3]").hasPrefix("E-index: `Out` has no value of entry [3]"))
  }

  @Test func `ans follows the statements of one entry`() throws {
    let typed = try TypedSession()
    #expect(try typed.type("2 + 3; ans * 10") == "50")
    #expect(try typed.type("7;") == "")
    #expect(typed.value("ans") == "7")
  }

  @Test func `a large result is not kept by number, and it is said once`() throws {
    let typed = try TypedSession()
    #expect(
      try typed.type("x = zeros(300000); x + 1").contains(
        "note: Out[1] was not kept: its size is 1.2 MB"))
    #expect(try !typed.type("x + 1").contains("note:"))
    // What has a name is not missed.
    let other = try TypedSession()
    #expect(try !other.type("x = zeros(300000); x").contains("note:"))
    let error = try typed.type("Out[1]")
    #expect(
      error.hasPrefix("E-index: the result of [1] was not kept: it takes 1.2 MB, more than 1 MB")
    )
    #expect(typed.value("ans") == "tensor f32 shape(300000)")
  }

  @Test func `a small part of a large tensor counts as what it keeps alive`() throws {
    let typed = try TypedSession()
    try typed.type("zeros(shape(1000, 1000))[0, :3]")
    #expect(try typed.type("Out[1]").contains("was not kept: it takes 4.0 MB"))
  }

  // MARK: Going back

  @Test func `back restores names, handles and results, and forgets the entries`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("t = difference_vector(A, B); t.step(3)")
    let before = try typed.bytes()
    try typed.type("t.step(4); x = 1")
    try typed.type("nope")
    try typed.type("y = rand(2); y.sum()")
    #expect(
      try typed.type(":back 2") == """
        undone to the state before [3]:
          [5] y = rand(2); y.sum()
          [3] t.step(4); x = 1
        """)
    #expect(try typed.bytes() == before)
    #expect(try typed.type("In[3]").hasPrefix("E-index"))
    #expect(try typed.type(":back 9").hasPrefix("E-range: only 2 entries can be undone, not 9"))
    try typed.type("z = rand(2)")
    try expectReplay(of: typed)
  }

  @Test func `back undoes the last entry that left something, also one that failed`() throws {
    let typed = try TypedSession()
    try typed.type("x = 1")
    try typed.type("x = 2; y = 3; nope")
    try typed.type("nope; x = 4")
    try typed.type("if true { x = 5; nope }")
    #expect(typed.value("x") == "2")
    #expect(
      try typed.type(":back") == """
        undone to the state before [2]:
          [2] x = 2; y = 3; nope
        """)
    #expect(typed.value("x") == "1")
    #expect(typed.value("y") == "nothing")
  }

  @Test func `to look at a part of a trainer changes nothing, to use it as the answer keeps it`()
    throws
  {
    let typed = try TypedSession()
    try typed.type("A = faces(\"anime\", 4, size=24x24); B = faces(\"photo\", 4, size=24x24)")
    try typed.type("t = cyclegan(A, B, base=2, blocks=1); t.step(1)")
    for look in ["t.g_ab", "t", "t.samples(1)", "t.g_ab.layers", "t.log", "t.estimate(2)"] {
      try typed.type(look)
    }
    let undoable = try typed.type(":back ?")
    #expect(undoable.hasPrefix("  [2] t = "), "\(undoable)")
    #expect(try typed.type(":save s.henge").hasPrefix("2 entries saved in s.henge; 6"))
    // A trainer that only the answer is.
    try typed.type("difference_vector(A, B)")
    try typed.type("ans.step(2)")
    #expect(try typed.type(":back?").contains("ans.step(2)"))
    try typed.type(":save s.henge")
    let other = try TypedSession(in: typed.folder)
    #expect(try other.type(":load s.henge").contains("E-") == false)
    #expect(try other.type("ans.count") == "2")
  }

  @Test func `entries that only looked are neither undone nor saved`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    for entry in [
      "x = 1", "x", "who()", "print(x); A", "y = rand(2)", "x + 1", "t = difference_vector(A, B)",
      "t.vector", "rand(1)", "t(A[0])",
    ] { try typed.type(entry) }
    #expect(
      try typed.type(":back ?") == """
          [10] rand(1)
          [8] t = difference_vector(A, B)
          [6] y = rand(2)
          [2] x = 1
          [1] \(sets)
        """)
    #expect(
      try typed.type(":save s.henge")
        == "5 entries saved in s.henge; 6 that only looked left out (`all` keeps them)"
    )
    #expect(try typed.type(":save s.henge all") == "11 entries saved in s.henge")
    #expect(try typed.type(":save s.henge 2-3 comments") == "1 entry saved in s.henge")
    #expect(try typed.type(":save \"s.henge\" 2-3 comments") == "1 entry saved in s.henge")
    let text = String(decoding: try readAll("\(typed.folder.path)/s.henge"), as: UTF8.self)
    #expect(text.hasSuffix("# %% [2]\nx = 1\n\n# [3] x\n"))
    #expect(
      try typed.type(":back to 6") == """
        undone to the state before [8]:
          [10] rand(1)
          [8] t = difference_vector(A, B)
        """)
    #expect(typed.value("t") == "nothing")
    #expect(
      try typed.type(":back to 6") == "E-range: nothing after [6] changed anything")
    #expect(try typed.type(":back to x").hasPrefix("E-arg"))
  }

  @Test func `what changes something does not only look`() throws {
    let typed = try TypedSession()
    try typed.type(sets)
    try typed.type("m = sequential(linear(4, 2)); opt = adam(m); t = difference_vector(A, B)")
    for entry in [
      "t.step(2)", "save(eye(2), \"e.npy\")", "rand(1)", "seed(3)", "fn f() { t.step(1) }; f()",
      "opt.minimize(() => mean(m(ones(1x4))))", "m.freeze()",
    ] {
      let before = try typed.type(":back ?").split(separator: "\n").count
      let said = try typed.type(entry)
      #expect(!said.contains("E-"), "\(said)")
      let after = try typed.type(":back ?")
      #expect(after.split(separator: "\n").count == before + 1, "\(entry) changes something")
    }
  }

  @Test func `an answer that is used is saved with the entry that gave it`() throws {
    let typed = try TypedSession()
    try typed.type("x = [1, 2]")
    try typed.type("x[0]")
    try typed.type("x[1]")
    try typed.type("ans + 1")
    try typed.type("y = ans")
    #expect(try typed.type(":save s.henge").hasPrefix("4 entries saved in s.henge; 1 that"))
    let other = try TypedSession(in: typed.folder)
    try other.type(":load s.henge")
    #expect(other.value("y") == "3")
  }

  @Test func `memory that is refused does not cost the states of back`() throws {
    let typed = try TypedSession()
    typed.runner.session.budget.limit = 80_000_000
    try typed.type("x = zeros(1000000)")
    try typed.type("x = x + 1")
    let said = try typed.type("zeros(100000000)")
    #expect(said.hasPrefix("E-memory"))
    #expect(said.contains("earlier states for :back use 4.0 MB, which `:set undo 0` frees"))
    #expect(try typed.type(":back").hasPrefix("undone to the state before [2]"))
    #expect(try typed.type("x.max()") == "0.0")
    #expect(try typed.type(":set undo 0") == "undo 0")
    #expect(try typed.type(":back").hasPrefix("E-range: there is nothing to undo"))
    #expect(try typed.type(":set undo 101").hasPrefix("E-arg: undo: it must be a number from 0"))
  }

  @Test func `old states make way when they hold too much`() throws {
    let typed = try TypedSession()
    typed.runner.session.budget.limit = 80_000_000
    try typed.type("x = zeros(1000000)")
    let said = try (0..<4).map { _ in try typed.type("x = x + 1") }
    // The state before [2] holds the first 4 MB that nobody else needs, and so on.
    let note =
      "earlier states used more than 10 MB and were dropped: :back can undo entries from [3]"
    #expect(said == ["", "", "", "note: \(note)"])
    #expect(
      try typed.type(":back 9") == """
        E-range: only 3 entries can be undone, not 9
          entries without effects do not count
          try: :back 3
        """)
    #expect(try typed.type(":back 3").hasPrefix("undone to the state before [3]:\n"))
    #expect(try typed.type("x.max()") == "1.0")
  }

  @Test func `dropping a name frees it and what back would need`() throws {
    let typed = try TypedSession()
    let held = typed.runner.session.budget.live
    try typed.type("x = zeros(1000000)")
    #expect(typed.runner.session.budget.live >= held + 4_000_000)
    try typed.type("drop(\"x\")")
    #expect(typed.runner.session.budget.live == held)
    #expect(try typed.type(":back").hasPrefix("E-range: there is nothing to undo"))
    #expect(try typed.type("drop(\"y\")").hasPrefix("E-name: there is no name \"y\" to drop"))
  }

  // MARK: Saving

  /// Saves the session, runs the script in a new one, and compares every name's bytes.
  private func expectReplay(of typed: TypedSession, seed: UInt64 = 0) throws {
    let expected = try typed.bytes()
    #expect(try typed.type(":save replay.henge").contains("saved in replay.henge"))
    let other = try TypedSession(in: typed.folder)
    #expect(try other.type(":load replay.henge").contains("E-") == false)
    let found = try other.bytes()
    #expect(found == expected)
  }

  @Test func `a saved session replays to the same bytes`() throws {
    let typed = try TypedSession(seed: 7)
    try typed.type(sets)
    try typed.type("x = rand(3)\nfn twice(a) { a * 2 }")
    try typed.type("rand(5)")
    try typed.type("y = twice(ans)")
    try typed.type("nope; z = 1")
    try typed.type("t = difference_vector(A, B)\nt.step(7)")
    try typed.type("x.sum(); \"seen\"")
    try typed.type("s = Out[6] + In[4]")
    try typed.type(":who")
    try expectReplay(of: typed)
  }

  @Test func `a range of entries is saved`() throws {
    let typed = try TypedSession()
    for entry in ["a = 1", "b = 2", "c = 3"] { try typed.type(entry) }
    #expect(try typed.type(":save part.henge 2-3") == "2 entries saved in part.henge")
    let other = try TypedSession(in: typed.folder)
    try other.type(":load part.henge")
    #expect(try other.bytes() == ["b": Array("2".utf8), "c": Array("3".utf8)])
  }

  @Test func `paths are written as the script's folder needs them`() throws {
    let typed = try TypedSession()
    mkdir("\(typed.folder.path)/data", 0o755)
    mkdir("\(typed.folder.path)/scripts", 0o755)
    try typed.type("save(eye(2), \"data/e.npy\")")
    // A session that did not write the file reads it where it is.
    let reader = try TypedSession(in: typed.folder)
    try reader.type("e = load(\"data/e.npy\"); name = \"data/e.npy\"")
    try reader.type(":save scripts/s.henge")
    let text = String(decoding: try readAll("\(typed.folder.path)/scripts/s.henge"), as: UTF8.self)
    #expect(text.contains("e = load(\"../data/e.npy\"); name = \"data/e.npy\""))
    let other = try TypedSession(in: typed.folder)
    #expect(try other.type(":load scripts/s.henge") == "")
    #expect(try other.bytes() == reader.bytes())
  }

  @Test func `a path that only a variable holds is said`() throws {
    let typed = try TypedSession()
    mkdir("\(typed.folder.path)/scripts", 0o755)
    try typed.type("save(eye(2), \"e.npy\")")
    let reader = try TypedSession(in: typed.folder)
    try reader.type("name = \"e.npy\"; e = load(name)")
    let said = try reader.type(":save scripts/s.henge")
    #expect(said.contains("note: \"e.npy\" was read from the working directory"))
  }

  @Test func `only what save wrote is overwritten`() throws {
    let typed = try TypedSession()
    try typed.type("x = 1")
    try typed.type(":save a.henge")
    #expect(try typed.type(":save a.henge") == "1 entry saved in a.henge")
    let path = "\(typed.folder.path)/mine.henge"
    let file = try #require(fopen(path, "w"))
    fputs("x = 2\n", file)
    fclose(file)
    #expect(try typed.type(":save mine.henge").hasPrefix("E-file: mine.henge exists"))
  }

  // MARK: Commands

  @Test func `help lists every command as it is declared`() throws {
    let typed = try TypedSession()
    let help = try typed.type(":help")
    // A long summary has several lines.
    let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for command in typed.session.commands {
      #expect(help.contains(command.usage))
      #expect(words.contains(command.summary))
    }
  }

  @Test func `apropos finds commands and errors, too`() throws {
    let typed = try TypedSession()
    #expect(try typed.type("apropos(\"script session\")").contains(":save f.henge [1-9]"))
    #expect(try typed.type("apropos(\"interrupt\")").contains("?E-interrupt"))
  }

  @Test(arguments: [
    ("picture", "image", "grid"), ("photos", "image", "save_png"), ("learning", "train", "fit"),
    ("cost", "loss", "mse"), ("module", "layer", "sequential"),
    ("keypoints", "landmark", "landmarks"),
  ])
  func `apropos finds synonyms and names them`(word: String, synonym: String, found: String) throws
  {
    let answer = try TypedSession().type("apropos(\"\(word)\")")
    let lines = answer.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix(found + " ") }, "\(answer)")
    #expect(
      lines.last?.hasPrefix("also searched: ") == true && lines.last?.contains(synonym) == true)
    #expect(!lines.contains { $0.hasPrefix("apropos ") }, "its table of synonyms is no match")
    let other = try TypedSession().type("apropos(\"\(synonym)\")")
    #expect(other.split(separator: "\n").contains { $0.hasPrefix(found + " ") }, "\(other)")
  }

  @Test func `a word without synonyms is searched alone`() throws {
    #expect(try !TypedSession().type("apropos(\"histogram\")").contains("also searched"))
  }

  @Test func `a front end adds kinds of entries and commands of its own`() throws {
    let typed = try TypedSession { runner, setup in
      setup.commands = [
        Command("shout", "word", "Says a word loudly.") { session, word in
          try session.output.answer(word.uppercased())
          return .goOn
        }
      ]
      setup.otherEntries = [
        EntryKind(listing: ("%word", "Says a word.")) { entry in
          guard entry.hasPrefix("%") else { return nil }
          guard entry != "%" else { throw Diagnostic("E-arg", "% needs a word") }
          try runner.events.answer(String(entry.dropFirst()))
          return .goOn
        }
      ]
      setup.guide = [("Ctrl-X", "Frobnicates.")]
    }
    #expect(try typed.type("%hello") == "hello")
    #expect(try typed.type("%") == "E-arg: % needs a word")
    #expect(try typed.type(":sh hello") == "HELLO")
    #expect(try typed.type("apropos(\"frobnicates\")").contains("Ctrl-X"))
    let help = try typed.type(":help")
    #expect(help.contains(":shout word") && help.contains("Says a word."))
    // None of them is an entry of the session.
    #expect(typed.session.number == 2)
    #expect(try typed.type("1 + 1") == "2")
  }

  @Test func `time says how long an entry took and what it holds`() throws {
    let typed = try TypedSession()
    let said = try typed.type(":time x = zeros(1000)")
    #expect(said.hasSuffix(", 4.0 kB more"), "\(said)")
    #expect(EntryTiming(seconds: 0.012, bytes: -4_000_000).text == "12 ms, 4.0 MB less")
    #expect(EntryTiming(seconds: 1.5, bytes: 0).text == "1.5 s")
  }

  @Test func `events come in order, each of its kind`() throws {
    let typed = try TypedSession()
    let recorder = EventRecorder()
    typed.runner.events.sink = recorder
    _ = try typed.session.perform("print(\"a\")\n1\nshow(zeros(3x8x8))\nnope")
    _ = try typed.session.perform("zeros(300000)")
    _ = try typed.session.perform(":where")
    #expect(
      recorder.kinds == ["text", "result", "display", "error", "result", "note", "lastError"])
  }

  @Test func `a sink that receives nothing any more ends the session`() throws {
    let typed = try TypedSession()
    typed.runner.events.sink = ClosedSink()
    #expect(try typed.session.perform("x = 1") == .goOn)
    #expect(try typed.session.perform("x") == .quit(141))
    #expect(typed.value("x") == "1")
  }

  @Test func `a wrong command is said with the right one`() throws {
    let typed = try TypedSession()
    #expect(try typed.type(":bakc") == "E-name: there is no command :bakc\n  try: :back")
    #expect(try typed.type(":back x").hasPrefix("E-arg: :back needs the number of entries to undo"))
    #expect(try typed.type(":who 3") == "E-arg: :who takes no arguments, not 3")
    #expect(try typed.session.perform(":q") == .quit(0))
  }

  @Test func `where shows the last error with the variables of its calls`() throws {
    let typed = try TypedSession()
    try typed.type("fn f(a) { b = a * 2; return b + none }")
    let error = try typed.type("f(4)")
    #expect(try typed.type(":where") == error + "\n  in f:\n    a: int 4\n    b: int 8")
  }

  @Test func `an error says where the value of a name was made`() throws {
    let typed = try TypedSession()
    try typed.type("x = 1")
    try typed.type("plane = full(shape(1, 32, 32), 0.5, dtype=\"f32\")")
    let error = try typed.type("zeros(1x3x64x64) + plane")
    #expect(error.contains("f32 1x32x32, made at [2] by full(shape(1, 32, 32), 0.5, …)"))
  }

  @Test func `a thousand results are kept, and states do not hold a block for each`() throws {
    let typed = try TypedSession()
    for _ in 0..<1001 { try typed.type("\"text\"") }
    #expect(try typed.type("Out[2]") == "\"text\"")
    let error = try typed.type("Out[1]")
    #expect(
      error.hasPrefix("E-index: the result of [1] was not kept: newer results needed its space"))
    #expect(Checkpoint(typed.runner.interpreter).storages.count < 100)
    // What is large, or a handle, is known to each state.
    try typed.type("zeros(20000)")
    try typed.type("rng(\"a\")")
    let state = Checkpoint(typed.runner.interpreter)
    #expect(state.storages.values.contains(80_000))
    #expect(state.handles.count == 1)
  }

  @Test func `a session without trees saves its answers`() throws {
    let typed = try TypedSession()
    for entry in ["6 * 7", "ans + 1", "x = Out[1]"] { try typed.type(entry) }
    try typed.type(":save s.henge")
    let saved = String(decoding: try readAll("\(typed.folder.path)/s.henge"), as: UTF8.self)
    #expect(saved.contains("ans = 6 * 7") && saved.contains("ans = ans + 1"))
  }

  @Test func `who counts shared memory once`() throws {
    let typed = try TypedSession()
    try typed.type("x = zeros(1000); y = x; n = 3")
    let error = try typed.type(
      "w = who(); assert w[\"bytes\"].sum() == 4000; [w[0].name, w[1][\"shared with\"], w[2].kind]")
    #expect(error == "[\"x\", \"x\", \"int\"]")
  }
}

/// Remembers the kinds of the events that it receives.
private final class EventRecorder: EntrySink {
  private(set) var kinds: [String] = []

  func take(_ event: EntryEvent) {
    let kind =
      switch event {
      case .text: "text"
      case .display: "display"
      case .result: "result"
      case .announcement: "announcement"
      case .supplement: "supplement"
      case .note: "note"
      case .error: "error"
      case .lastError: "lastError"
      case .timing: "timing"
      }
    kinds.append(kind)
  }
}

/// A sink whose reader is gone.
private final class ClosedSink: EntrySink {
  func take(_ event: EntryEvent) throws {
    throw Diagnostic(Diagnostic.closedCode, "the reader of the output has ended")
  }
}
