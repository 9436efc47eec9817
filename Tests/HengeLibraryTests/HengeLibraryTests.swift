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
        let output = runner.run(example.code)
        guard let expected = example.gives ?? example.prints else {
          if output.hasPrefix("E-") { wrong.append("\(builtin.name): \(example.code)\n\(output)") }
          continue
        }
        if output != expected + "\n" {
          wrong.append("\(builtin.name): \(example.code)\ngives \(output)instead of \(expected)")
        }
      }
    }
    #expect(wrong.joined(separator: "\n") == "")
  }
}
