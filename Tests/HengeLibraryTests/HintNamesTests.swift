// SPDX-License-Identifier: MIT
import HengeLibrary
import HengeTestSupport
import Testing

@testable import HengeLanguage

/// Hints at what other languages call things, against the built-ins that are there.
@Suite struct HintNamesTests {
  private func library(_ body: (Library) -> Void) {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    body(ScriptRunner(folder: folder.path).interpreter.library)
  }

  @Test func noHintIsForABuiltin() {
    library { library in
      for name in Habits.names.keys.sorted() where !library.builtins(named: name).isEmpty {
        Issue.record("\(name) is a built-in: its hint in Habits.names is never shown")
      }
    }
  }

  @Test func hintsCallBuiltinsThatAreThere() {
    library { library in
      for (name, hint)
        in (Habits.names.map { $0 } + Habits.members.map { $0 } + Habits.calls.map { $0 }).sorted(
          by: <)
      {
        for match in hint.matches(of: /([A-Za-z_][A-Za-z_0-9]*)\(/)
        where !["f", "m", "g_ab", "model"].contains(match.1) {
          if library.builtins(named: String(match.1)).isEmpty {
            Issue.record("the hint for \(name) calls \(match.1), which is no built-in: \(hint)")
          }
        }
      }
    }
  }
}
