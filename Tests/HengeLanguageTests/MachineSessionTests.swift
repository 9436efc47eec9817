// SPDX-License-Identifier: MIT
import Testing

@testable import HengeLanguage

/// A script whose `#=>` checks are the test.
struct LanguageScript: CustomTestStringConvertible, Sendable {
  let path: String
  var testDescription: String { path.split(separator: "/").last.map(String.init) ?? path }

  static let all: [LanguageScript] = {
    let here = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    return files(in: "/\(here)/Sessions/language", suffix: ".henge").map(LanguageScript.init)
  }()
}

@Test("A script of the language behaves as its checks say", arguments: LanguageScript.all)
func languageScript(_ script: LanguageScript) throws {
  let text = try #require(contents(of: script.path))
  let interpreter = Interpreter.forTests(TestHost())
  interpreter.isChecking = true
  let program = try Parser.parse(Source(name: script.testDescription, text: text))
  do { try interpreter.run(program) } catch let error as Diagnostic {
    Issue.record("\(Renderer().render(error))")
  }
  #expect(!interpreter.checks.isEmpty, "a script without checks tests nothing")
  for failure in interpreter.checks.compactMap(\.failure) {
    Issue.record("\(Renderer().render(failure))")
  }
}

@Test("There are scripts to run")
func scriptsExist() { #expect(LanguageScript.all.count >= 14) }
