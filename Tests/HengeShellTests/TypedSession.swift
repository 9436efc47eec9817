// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import HengeThreads

@testable import HengeShell

/// A prompt in memory: what is typed into it, and what it answers.
final class TypedSession {
  let folder: TemporaryFolder
  let runner: ScriptRunner
  let session: PromptSession
  private let isFolderOurs: Bool

  init(in shared: TemporaryFolder? = nil, seed: UInt64 = 0, journal: Journal? = nil) throws {
    isFolderOurs = shared == nil
    folder = shared ?? TemporaryFolder()
    let runner = ScriptRunner(folder: folder.path, seed: seed)
    self.runner = runner
    let console = Console { runner.append($0) }
    let budget = runner.session.budget
    var setup = PromptSession.Setup(
      seed: seed == 0 ? nil : seed, workingFolder: folder.path, memoryLimit: { budget.limit })
    setup.journal = journal
    setup.hash = { [session = runner.session] in try? session.hash(ofFile: $0) }
    session = try PromptSession(
      runner.interpreter, Runner(runner.interpreter, console), console,
      interrupt: runner.interrupt, setup)
  }

  deinit { if isFolderOurs { folder.remove() } }

  /// Runs an entry; all that it prints, without the last newline.
  @discardableResult
  func type(_ entry: String) throws -> String {
    runner.interrupt.clear()
    _ = runner.takeOutput()
    _ = try session.perform(entry)
    var output = runner.takeOutput()
    if output.last == "\n" { output.removeLast() }
    return output
  }

  /// The value of a global as text.
  func value(_ name: String) -> String { runner.interpreter[name]?.representation ?? "nothing" }

  /// The names with the bytes of their values: of tensors and trainers those of their files.
  func bytes() throws -> [String: [UInt8]] {
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
  func interrupt(atCall count: Int, of name: String) {
    var calls = 0
    runner.interpreter.machine.observer = { [runner] called, _, _ in
      guard called == name else { return }
      calls += 1
      if calls == count { runner.interrupt.request() }
    }
  }
}
