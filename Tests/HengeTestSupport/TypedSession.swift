// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeLanguage
internal import HengeLibrary
public import HengeSession
internal import HengeThreads

/// A session of entries in memory: what is typed into it, and what it answers.
public final class TypedSession {
  /// Prepares the front end of a session: replaces the runner's sink, and completes the setup.
  public typealias FrontEnd = (ScriptRunner, inout EntrySession.Setup) -> Void

  /// Where it reads and writes files.
  public let folder: TemporaryFolder
  /// The interpreter, with what entries printed.
  public let runner: ScriptRunner
  /// The session.
  public let session: EntrySession
  private let isFolderOurs: Bool

  /// A session in a folder of its own, or in a `shared` one; without a `frontEnd` there is no terminal.
  public init(
    in shared: TemporaryFolder? = nil, seed: UInt64 = 0, journal: Journal? = nil,
    frontEnd: FrontEnd = { _, _ in }
  ) throws {
    isFolderOurs = shared == nil
    folder = shared ?? TemporaryFolder()
    let runner = ScriptRunner(folder: folder.path, seed: seed)
    self.runner = runner
    let budget = runner.session.budget
    var setup = EntrySession.Setup(
      seed: seed == 0 ? nil : seed, workingFolder: folder.path, memoryLimit: { budget.limit })
    setup.journal = journal
    setup.hash = { [session = runner.session] in try? session.hash(ofFile: $0) }
    frontEnd(runner, &setup)
    session = try EntrySession(
      runner.interpreter, runner.events, interrupt: runner.interrupt, setup)
  }

  deinit { if isFolderOurs { folder.remove() } }

  /// Runs an entry; all that it prints, without the last newline.
  @discardableResult
  public func type(_ entry: String) throws -> String {
    runner.interrupt.clear()
    _ = runner.takeOutput()
    _ = try session.perform(entry)
    var output = runner.takeOutput()
    if output.last == "\n" { output.removeLast() }
    return output
  }

  /// The value of a global as text.
  public func value(_ name: String) -> String {
    runner.interpreter[name]?.representation ?? "nothing"
  }

  /// The names with the bytes of their values: of tensors and trainers those of their files.
  public func bytes() throws -> [String: [UInt8]] {
    runner.interrupt.clear()
    runner.interpreter.machine.observer = nil
    var result: [String: [UInt8]] = [:]
    for (name, value) in runner.interpreter.globals where !["In", "Out", "ans"].contains(name) {
      let ending = [
        "tensor": "npy", "difference_vector": "safetensors", "trainer": "safetensors",
      ][value.kind]
      guard let ending else {
        result[name] = Array(value.representation.utf8)
        continue
      }
      runner.run("save(\(name), \"state-of-\(name).\(ending)\")")
      let path = "\(folder.path)/state-of-\(name).\(ending)"
      result[name] = try readAll(path)
      unlink(path)
    }
    return result
  }

  /// Lets Ctrl-C come when the built-in `name` is called the `count`th time.
  public func interrupt(atCall count: Int, of name: String) {
    var calls = 0
    runner.interpreter.machine.observer = { [runner] called, _, _ in
      guard called == name else { return }
      calls += 1
      if calls == count { runner.interrupt.request() }
    }
  }

  /// Runs an entry that Ctrl-C stops at the `count`th call of `round`, if there are so many.
  @discardableResult
  public func type(_ entry: String, stoppingAtRound count: Int) throws -> String {
    interrupt(atCall: count, of: "round")
    defer { runner.interpreter.machine.observer = nil }
    return try type(entry)
  }

  /// The state of a session: names with their bytes, and what is drawn next.
  public func state() throws -> [String: [UInt8]] {
    var state = try bytes()
    // A snapshot is told from its trainer's state, which is compared.
    state["s"] = nil
    state["next draw"] = Array(try type("print(rand(3))").utf8)
    return state
  }
}
