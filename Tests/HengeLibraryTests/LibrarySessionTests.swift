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

  static let all = ["datasets", "landmarks", "learning", "models", "tensors", "trainers"].flatMap(
    scripts)

  private static func scripts(in topic: String) -> [LibraryScript] {
    let folder = "\(sessions)/\(topic)"
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".henge") { names.append(name) }
    }
    return names.sorted().map { LibraryScript(name: "\(topic)/\($0)") }
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
