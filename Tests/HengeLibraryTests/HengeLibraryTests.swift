// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
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

  @Test func everyExampleGivesWhatItSays() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var wrong: [String] = []
    // Detectors are files of other programs; these are small and find nothing of use.
    for (name, file) in [
      ("lbp_depth1.xml", "lbpcascade_animeface.xml"),
      ("three_points.dat", "shape_predictor_5_face_landmarks.dat"),
    ] {
      let budget = MemoryBudget(limit: 1_000_000)
      let bytes = try readRegularFile("Tests/HengeVisionTests/Golden/\(name)", budget: budget)
      try AtomicFile.write(bytes, to: "\(folder.path)/\(file)")
    }
    try AtomicFile.write(
      Array("fn towards(x, target) { x + 0.1 * (target - x) }\n".utf8),
      to: "\(folder.path)/lib.henge")
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
