// SPDX-License-Identifier: MIT

import HengeLanguage
import HengeTestSupport
import Testing

/// What `#=>` takes for the same.
@Suite struct CheckTests {
  @Test(arguments: [
    ("tensor([1, 2])", "tensor([1, 2])", true),
    ("tensor([1, 2])", "[1, 2]", true),
    ("tensor([1, 2])", "[1, 3]", false),
    ("tensor([1, 2])", "[1]", false),
    ("tensor([1, 2])", "[1.1, 1.9] +- 0.2", true),
    ("tensor([1, 2])", "[1.1, 1.9] +- 0.05", false),
    ("[1, [2.5]]", "[1, [2.4]] +- 0.2", true),
    ("\"a\"", "\"b\" +- 1", false),
    ("[\"a\", 1]", "[\"a\", 2] +- 1", true),
    ("9007199254740993", "9007199254740992", false),
    ("nan", "nan", true),
    ("1 / 0", "E-zero", true),
    ("1 / 0", "0", false),
  ])
  func `checks compare numbers wherever they stand`(
    _ value: String, _ expected: String, _ passes: Bool
  ) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    runner.interpreter.isChecking = true
    runner.run("\(value)  #=> \(expected)")
    #expect(runner.interpreter.checks.map { $0.failure == nil } == [passes])
  }
}
