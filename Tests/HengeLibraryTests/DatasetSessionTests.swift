// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import Testing

/// A script about datasets whose `#=>` checks are the test.
struct DatasetScript: CustomTestStringConvertible, Sendable {
  let name: String
  var testDescription: String { name }

  static let folder =
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Sessions/datasets"

  static let all: [DatasetScript] = {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasSuffix(".henge") { names.append(name) }
    }
    return names.sorted().map(DatasetScript.init)
  }()
}

@Suite struct DatasetSessionTests {
  @Test(arguments: DatasetScript.all)
  func aScriptBehavesAsItsChecksSay(script: DatasetScript) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    runner.interpreter.isChecking = true
    let text = try String(
      decoding: bytes(of: "\(DatasetScript.folder)/\(script.name)"), as: UTF8.self)
    if let error = runner.failure(of: text, name: script.name) {
      Issue.record("\(Renderer().render(error))")
    }
    #expect(!runner.interpreter.checks.isEmpty)
    for failure in runner.interpreter.checks.compactMap(\.failure) {
      Issue.record("\(Renderer().render(failure))")
    }
  }

  @Test func thereAreScriptsToRun() { #expect(DatasetScript.all.count >= 6) }

  private func bytes(of path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 100_000)
    bytes.removeLast(100_000 - fread(&bytes, 1, 100_000, file))
    return bytes
  }
}
