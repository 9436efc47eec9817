// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import Testing

/// A script about the library whose `#=>` checks are the test.
struct LibraryScript: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }

  static let sessions =
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Sessions"

  /// Those of every folder but the language's and the prompt's, which have tests of their own.
  static let all = TestFiles.names(in: sessions).filter { !["language", "prompt"].contains($0) }
    .flatMap(scripts)

  private static func scripts(in topic: String) -> [LibraryScript] {
    TestFiles.names(in: "\(sessions)/\(topic)").filter { $0.hasSuffix(".henge") }
      .map { LibraryScript(name: "\(topic)/\($0)") }
  }
}

@Suite struct LibrarySessionTests {
  @Test(arguments: LibraryScript.all)
  func aScriptBehavesAsItsChecksSay(script: LibraryScript) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    runner.interpreter.isChecking = true
    let text = try String(
      decoding: bytes(of: "\(LibraryScript.sessions)/\(script.name)"), as: UTF8.self)
    if let error = runner.failure(of: text, name: script.name) {
      Issue.record("\(Renderer().render(error))")
    }
    #expect(!runner.interpreter.checks.isEmpty)
    for failure in runner.interpreter.checks.compactMap(\.failure) {
      Issue.record("\(Renderer().render(failure))")
    }
  }

  @Test func thereAreScriptsToRun() { #expect(LibraryScript.all.count >= 8) }

  private func bytes(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 100_000)
    bytes.removeLast(100_000 - fread(&bytes, 1, 100_000, file))
    return bytes
  }
}
