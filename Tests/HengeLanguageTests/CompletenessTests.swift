// SPDX-License-Identifier: MIT

import HengeLanguage
import Testing

struct CompletenessTests {
  private func judge(_ text: String) -> String {
    switch Completeness.of(Source(name: "[1]", text: Array(text.utf8))) {
    case .complete: "complete"
    case .incomplete(let reason): reason
    case .invalid(let diagnostic): Renderer.line(diagnostic)
    }
  }

  @Test(arguments: [
    "", "\n", "# c", "x", "x\n", "f(1,\n2)", "if a {\n}\n", "x = 1;", "\"\"\"a\nb\"\"\"",
  ])
  func whole(text: String) {
    #expect(judge(text) == "complete")
  }

  @Test(arguments: [
    ("f(", "`(` is open"), ("f(1,\n", "`(` is open"), ("[1, 2", "`[` is open"),
    ("fn f(x) {", "`{` is open"), ("if a {\n  b\n", "`{` is open"), ("x = (a +", "`(` is open"),
    ("x =", "the line ends in `=`"), ("a +\n", "the line ends in `+`"),
    ("a and", "the line ends in `and`"), ("x |>", "the line ends in `|>`"),
    ("a,\n", "the line ends in `,`"), ("x => # why\n", "the line ends in `=>`"),
    ("0..10 by", "the line ends in `by`"), ("\"\"\"text\n", "a string is open"),
    ("f\"\"\"{", "a string is open"), ("x = f(r\"\"\"a", "a string is open"),
    ("f(x => {", "`{` is open"), ("try {\n f()\n} catch e {", "`{` is open"),
  ]) func begun(text: String, reason: String) {
    #expect(judge(text) == reason)
  }

  @Test(arguments: [
    ("cd ..", "E-syntax: `cd` is a program of the system's shell, not of henge"),
    ("cd -", "E-syntax: `cd` is a program of the system's shell, not of henge"),
    ("ls *", "E-syntax: `ls` is a program of the system's shell, not of henge"),
    ("\"abc", "E-syntax: the string is not closed"), (")", "E-syntax: unmatched `)`"),
    ("f(1 2", "E-syntax: expected `,` or `)` before `2`"),
    ("try { }", "E-syntax: `try` has no `catch`"), ("f(]", "E-syntax: `(` is closed by `]`"),
    ("if a", "E-syntax: expected `{` and the block of `if`, found the end"),
    ("a ^ (", "E-syntax: `^` means nothing here"),
    ("x y +", "E-syntax: `x` is followed by `y` without an operator"),
  ]) func wrong(text: String, message: String) {
    #expect(judge(text) == message)
  }

  @Test func everyPrefixOfAProgramIsWholeOrBegunAtItsLineEnds() {
    let lines = [
      "anime = images(\"faces\",", "  size=64x64)", "fn f(x) {", "  y = x +", "    1",
      "  if y > 0 {", "    [a for a in", "      y]", "  } else {", "    0", "  }", "}",
      "s = \"\"\"a", "b\"\"\"", "x |>", "  f",
    ]
    let whole: Set<Int> = [2, 12, 14, 16]
    for count in 1...lines.count {
      let text = lines[..<count].joined(separator: "\n")
      let answer = judge(text)
      #expect((answer == "complete") == whole.contains(count), "\(text): \(answer)")
      #expect(!answer.hasPrefix("E-"), "\(text): \(answer)")
    }
  }
}
