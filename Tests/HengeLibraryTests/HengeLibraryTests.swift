// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeLibrary
import HengeTestSupport
import Testing

@Suite struct LibraryTests {
  @Test func everyDeclarationIsWhole() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    #expect(ScriptRunner(folder: folder.path).interpreter.library.problems() == [])
  }

  @Test func everyExampleGivesWhatItSays() {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var wrong: [String] = []
    let library = ScriptRunner(folder: folder.path).interpreter.library
    for builtin in library.builtins {
      for example in builtin.examples {
        let runner = ScriptRunner(folder: folder.path)
        for entry in example.entries {
          let output = runner.run(entry.code)
          if !entry.matches(output) || output.hasPrefix("E-") {
            wrong.append(
              "\(builtin.name): \(entry.code)\n\(output)instead of \(entry.output ?? "nothing")")
          }
        }
      }
    }
    #expect(wrong.joined(separator: "\n") == "")
  }
}
