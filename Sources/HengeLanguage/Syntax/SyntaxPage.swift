// SPDX-License-Identifier: MIT

/// The help page of a keyword or operator.
public struct SyntaxPage: Sendable {
  /// The keywords and operators that it describes.
  public let names: [String]
  /// The syntax, as a pattern.
  public let form: String
  /// The meaning, in one paragraph.
  public let text: String
  /// An example; a test runs it.
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

  /// The page of a keyword or operator, or `nil` if there is none.
  public static func find(_ name: String) -> SyntaxPage? {
    let name = Word.bySpelling[name]?.rawValue ?? name
    return all.first { $0.names.contains(name) }
  }

  /// All pages, the most basic ones first.
  public static let all: [SyntaxPage] = [
    SyntaxPage(
      "= , ;", "name = value",
      """
      Assigns a value to a name. `a, b = [1, 2]` assigns several. Assignment copies: `x[0] = 1` and \
      `x += 1` change no other name. A `;` ends a statement and suppresses the output of its value.
      """, "x = 3\ny = x\ny += 1\n[x, y]", gives: "[3, 4]"),
    SyntaxPage(
      "|>", "value |> f(a)",
      "Pipe: passes a value as the first argument. `x |> f(a)` is `f(x, a)`. Lowest precedence.",
      "\"a,b\" |> split(\",\") |> len", gives: "2"),
    SyntaxPage(
      "=>", "x => x + 1",
      "Function of one expression (a lambda). `(a, b) => …` has two parameters. See also `fn`.",
      "map([1, 2], x => x * 10)", gives: "[10, 20]"),
    SyntaxPage(
      "fn return", "fn name(a, b=1) { … }",
      """
      Declares a function. It returns the value of its last statement, or of `return`. `##` lines \
      above it are its documentation, shown by ?name. It can read outer names, but not change \
      them. Parameters after `*` must be passed by name.
      """, "fn area(h, w=2) { h * w }\narea(3)", gives: "6"),
    SyntaxPage(
      "if else", "if condition { … } else { … }",
      "Runs one of two blocks and returns its value. The condition must be a bool.",
      "n = 3\nif n > 2 { \"many\" } else { \"few\" }", gives: "\"many\""),
    SyntaxPage(
      "for", "for x in values { … }",
      """
      Loop over the elements of a list, range, string, tensor or dataset. `for a, b in` unpacks \
      each element. `[f(x) for x in values if …]` is a list comprehension.
      """, "[n * n for n in 0..4]", gives: "[0, 1, 4, 9]"),
    SyntaxPage(
      "while", "while condition { … }", "Loop: repeats the block while the condition is true.",
      "n = 1\nwhile n < 100 { n *= 2 }\nn", gives: "128"),
    SyntaxPage(
      "repeat", "repeat count { … }", "Loop: runs the block `count` times.",
      "n = 1\nrepeat 3 { n *= 2 }\nn", gives: "8"),
    SyntaxPage(
      "break continue", "break",
      "Ends the innermost loop. `continue` starts its next iteration.",
      "n = 0\nwhile true {\n  n += 1\n  if n == 5 { break }\n}\nn", gives: "5"),
    SyntaxPage(
      ".. by", "first..last by step",
      "Range of ints. It excludes its last number.", "list(0..10 by 5)", gives: "[0, 5]"),
    SyntaxPage(
      "[ ]", "x[i], x[a:b], x[a:b:c]",
      """
      Index or slice. Indices begin with 0; negative ones count from the end. For tensors, `...` \
      means all remaining axes, and `none` inserts a new axis.
      """, "xs = [1, 2, 3, 4]\n[xs[-1], xs[1:3]]", gives: "[4, [2, 3]]"),
    SyntaxPage(
      "( ) **", "(name=value, …)",
      """
      Record: named fields, read by `r.name` or `r["name"]`. `(a, b)` is a list. `f(**r)` passes \
      the fields of a record as named arguments.
      """, "r = (lr=0.1, n=2)\nr.lr", gives: "0.1"),
    SyntaxPage(
      "f r", "f\"{value:.3f}\"",
      """
      f-string: text that contains values, with an optional format after `:`, as in Python. In \
      `r"…"` backslashes have no special meaning. Three double quotes allow several lines.
      """, "f\"loss {0.12345:.3f}\"", gives: "\"loss 0.123\""),
    SyntaxPage(
      "true false", "true, false", "The two bools, the results of comparisons.", "3 > 2",
      gives: "true"),
    SyntaxPage(
      "none", "none", "No value. It is not shown. In an index it inserts a new axis.",
      "x = none\nx == none", gives: "true"),
    SyntaxPage(
      "and or not", "a and b, a or b, not a",
      "Logical operators of bools. The right side is evaluated only if needed. For tensors use `&`, `|` and `~`.",
      "1 < 2 and not 2 < 1", gives: "true"),
    SyntaxPage(
      "in", "x in values",
      "Whether a list, range, string or record contains a value; `not in` is the opposite.",
      "2 in [1, 2, 3]", gives: "true"),
    SyntaxPage(
      "try catch", "try { … } catch e { … }",
      "Catches an error. e.message is its text, e.code its code and e.line its line. See also `fail`.",
      "try { 1 // 0 } catch e { print(e.code) }", prints: "E-zero"),
    SyntaxPage(
      "assert", "assert condition, message", "Stops with E-assert if the condition is false.",
      "assert 1 + 1 == 2\n\"passed\"", gives: "\"passed\""),
    SyntaxPage(
      "param", "param name = default \"what it is\"",
      "Declares a parameter of a script. Set it on the command line: henge run f.henge name=value.",
      "param rate = 0.1\nrate", gives: "0.1"),
    SyntaxPage(
      "import as", "import \"lib.henge\" as lib",
      "Runs a file and makes its names members of lib: lib.area(3). The path is relative to the importing file.",
      "# import \"lib.henge\" as lib\n1 + 1", gives: "2"),
    SyntaxPage(
      "time bench", "time { … }",
      """
      Timing: runs the block and returns a record of its seconds, bytes and value. `bench { … }` runs \
      it several times and returns median, min, max and runs.
      """, "keys(time { 1 + 1 })", gives: "[\"seconds\", \"bytes\", \"value\"]"),
    SyntaxPage(
      "# ## #=>", "# text",
      """
      A comment. `##` lines above a function are its documentation. `#=>` after an expression \
      states its expected value, which `henge check` compares.
      """, "1 + 1  #=> 2", gives: "2"),
  ]
}
