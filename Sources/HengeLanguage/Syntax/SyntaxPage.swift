// SPDX-License-Identifier: MIT

/// What help tells of a word or a sign of the language.
public struct SyntaxPage: Sendable {
  /// The words and signs that it is about.
  public let names: [String]
  /// How it is written.
  public let form: String
  /// One paragraph.
  public let text: String
  /// An example that runs.
  public let example: Example

  private init(_ names: String, _ form: String, _ text: String, _ code: String, gives: String) {
    self.names = names.split(separator: " ").map(String.init)
    self.form = form
    self.text = text
    example = Example(code, gives: gives)
  }

  private init(_ names: String, _ form: String, _ text: String, _ code: String, prints: String) {
    self.names = names.split(separator: " ").map(String.init)
    self.form = form
    self.text = text
    example = Example(code, prints: prints)
  }

  /// The page about a word or a sign; none if there is none.
  public static func find(_ name: String) -> SyntaxPage? {
    let name = Word.bySpelling[name]?.rawValue ?? name
    return all.first { $0.names.contains(name) }
  }

  /// All pages, what one meets first coming first.
  public static let all: [SyntaxPage] = [
    SyntaxPage(
      "= , ;", "name = value",
      """
      Binds a name. `a, b = [1, 2]` binds several; `x[0] = 1` and `x += 1` change the name alone: \
      no other name sees it. A `;` ends a statement, and keeps its value from being shown.
      """, "x = 3; y = x; y += 1; [x, y]", gives: "[3, 4]"),
    SyntaxPage(
      "|>", "value |> f(a)",
      "Hands a value over as the first argument: `x |> f(a)` is `f(x, a)`. It binds loosest of all.",
      "\"a,b\" |> split(\",\") |> len", gives: "2"),
    SyntaxPage(
      "=>", "x => x + 1",
      "Makes a function of one expression; `(a, b) => …` takes two. See also `fn`.",
      "map([1, 2], x => x * 10)", gives: "[10, 20]"),
    SyntaxPage(
      "fn return", "fn name(a, b=1) { … }",
      """
      Makes a function. Its value is that of the last statement, or of `return`. `##` lines above \
      it are what ?name tells. It reads names from outside, but changes none. Parameters behind \
      `*` are given by name only.
      """, "fn area(h, w=2) { h * w }; area(3)", gives: "6"),
    SyntaxPage(
      "if else", "if condition { … } else { … }",
      "Chooses, and gives the value of what it chose. A condition is a bool; nothing else counts as one.",
      "n = 3; if n > 2 { \"many\" } else { \"few\" }", gives: "\"many\""),
    SyntaxPage(
      "for", "for x in values { … }",
      """
      Runs the block for each element of a list, range, string, tensor or dataset; `for a, b in` \
      takes pairs apart. `[f(x) for x in values if …]` makes a list.
      """, "[n * n for n in 0..4]", gives: "[0, 1, 4, 9]"),
    SyntaxPage(
      "while", "while condition { … }", "Runs the block as long as the condition holds.",
      "n = 1; while n < 100 { n *= 2 }; n", gives: "128"),
    SyntaxPage(
      "repeat", "repeat count { … }", "Runs the block so many times.",
      "n = 1; repeat 3 { n *= 2 }; n", gives: "8"),
    SyntaxPage(
      "break continue", "break",
      "Leaves the innermost loop; `continue` goes on with its next turn.",
      "n = 0; while true { n += 1; if n == 5 { break } }; n", gives: "5"),
    SyntaxPage(
      ".. by", "first..last by step",
      "Makes a range, which does not include its last number.", "list(0..10 by 5)", gives: "[0, 5]"),
    SyntaxPage(
      "[ ]", "x[i], x[a:b], x[a:b:c]",
      """
      Takes an element or a part. Indices begin with 0; negative ones count from the end; `...` \
      stands for all axes between and `none` adds one.
      """, "xs = [1, 2, 3, 4]; [xs[-1], xs[1:3]]", gives: "[4, [2, 3]]"),
    SyntaxPage(
      "( ) **", "(name=value, …)",
      """
      Makes a record, whose fields are `r.name` or `r["name"]`. `(a, b)` is a list. `f(**r)` gives \
      a function the fields of a record as arguments.
      """, "r = (lr=0.1, n=2); r.lr", gives: "0.1"),
    SyntaxPage(
      "f r", "f\"{value:.3f}\"",
      """
      Makes text with values in it; behind `:` stands Python's format. `r"…"` takes backslashes as \
      they are, and three double quotes run over several lines.
      """, "f\"loss {0.12345:.3f}\"", gives: "\"loss 0.123\""),
    SyntaxPage(
      "true false", "true, false", "The two bools, as comparisons give them.", "3 > 2",
      gives: "true"),
    SyntaxPage(
      "none", "none", "The absence of a value; it is not shown. In an index it adds an axis.",
      "x = none; x == none", gives: "true"),
    SyntaxPage(
      "and or not", "a and b, a or b, not a",
      "Join bools; the second is looked at only where it matters. For tensors there are `&`, `|` and `~`.",
      "1 < 2 and not 2 < 1", gives: "true"),
    SyntaxPage(
      "in", "x in values",
      "Whether a list, range, string or record holds something; `not in` whether it does not.",
      "2 in [1, 2, 3]", gives: "true"),
    SyntaxPage(
      "try catch", "try { … } catch e { … }",
      "Takes an error: e.message is its text, e.code its code and e.line its line. See also `fail`.",
      "try { 1 // 0 } catch e { print(e.code) }", prints: "E-zero"),
    SyntaxPage(
      "assert", "assert condition, message", "Stops with E-assert where the condition is false.",
      "assert 1 + 1 == 2; \"so it is\"", gives: "\"so it is\""),
    SyntaxPage(
      "param", "param name = default \"what it is\"",
      "Binds a name that the command line may set: henge run f.henge name=value.",
      "param rate = 0.1; rate", gives: "0.1"),
    SyntaxPage(
      "import as", "import \"lib.henge\" as lib",
      "Runs a file and binds its names as members: lib.area(3). The path is relative to the file.",
      "# import \"lib.henge\" as lib\n1 + 1", gives: "2"),
    SyntaxPage(
      "time bench", "time { … }",
      """
      Runs the block and gives a record of its seconds, bytes and value. `bench { … }` runs it \
      several times and gives median, min, max and runs.
      """, "keys(time { 1 + 1 })", gives: "[\"seconds\", \"bytes\", \"value\"]"),
    SyntaxPage(
      "# ## #=>", "# text",
      """
      A comment. `##` lines above a function are what ?name tells. `#=>` behind an expression \
      states its value, which `henge check` proves.
      """, "1 + 1  #=> 2", gives: "2"),
  ]
}
