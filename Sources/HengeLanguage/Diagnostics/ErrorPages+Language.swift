// SPDX-License-Identifier: MIT

// Error pages: syntax, names, calls and control flow.

extension ErrorPage {
  static let language: [ErrorPage] = [
    ErrorPage(
      "E-syntax", "invalid syntax",
      """
      The program did not start. The carets mark the first text that cannot be parsed; the mistake
      may be just before it. A newline ends a statement, unless the innermost open bracket is `(` or
      `[`, or the line ends in an operator, a comma, `=`, `=>` or `|>`. Blocks use braces, and
      `} else {` must be on one line.
      """,
      example: "x = 1\nif x > 0:\n  print x", fix: "x = 1\nif x > 0 {\n  print(x)\n}"),
    ErrorPage(
      "E-cell", "a cell of a document is not right",
      """
      A line `#| name: value` at the top of a cell is an option that does not exist or has a wrong
      value, an option follows the code of its cell, a fence of `henge` in Markdown is not closed or
      not at the left margin; in a lesson, a statement goes on after the end of its cell. Nothing has
      run.
      """,
      example: "# %%\n#| eco: false\n1 + 1", fix: "# %%\n#| echo: false\n1 + 1"),
    ErrorPage(
      "E-name", "undefined name",
      """
      The name is not assigned before this line and is not a built-in. Functions can read outer
      names; names that a function assigns are local to it. Built-ins need no prefix.
      """,
      example: "x = tensor([1, 2])\nnp.mean(x)", fix: "x = tensor([1, 2])\nmean(x)"),
    ErrorPage(
      "E-member", "the value has no such member",
      """
      The name after `.` is looked up as a property of the value, then as a built-in for its type,
      then as one of your functions. Lists and tensors are values, so no method changes them in
      place.
      """,
      example: "xs = [1]\nxs.append(2)", fix: "xs = [1]\nxs += [2]"),
    ErrorPage(
      "E-assign", "invalid assignment",
      """
      The left side of `=` must be a name, or an element or settable member of one. An assignment
      to several names needs as many values as names.
      """,
      example: "a, b = [1, 2, 3]", fix: "a, b = [1, 2]"),
    ErrorPage(
      "E-outer", "a function changes an outer name",
      """
      A function can read outer names but not change them: `n += 1` and `x[0] = 1` in a function
      would change its caller's values. Pass the value as an argument and return the result. Only
      handles have state: models, optimizers, trainers and random generators.
      """,
      example: "n = 0\nfn count() { n += 1 }\ncount()",
      fix: "n = 0\nfn count(n) { n + 1 }\nn = count(n)"),
    ErrorPage(
      "E-call", "not callable",
      """
      Only functions, models, trainers and other callable values can be followed by parentheses. If a
      function is used where its result is needed, add the parentheses to call it.
      """,
      example: "x = 3\nx(2)", fix: "x = 3\nx * 2"),
    ErrorPage(
      "E-cond", "a condition is not a single bool",
      """
      `if`, `while`, `and`, `or`, `not` and `assert` need a bool; no other type is accepted. A bool
      tensor with one element is accepted too. For a larger tensor, write `all(…)` or `any(…)`. A
      chain such as `a < x < b` works on scalars only; for tensors, join two comparisons with `&`,
      which is elementwise and binds less tightly than `<`.
      """,
      example: "x = tensor([1, 2])\nif x > 0 { print(\"yes\") }",
      fix: "x = tensor([1, 2])\nif all(x > 0) { print(\"yes\") }"),
    ErrorPage(
      "E-depth", "nested too deeply",
      """
      The limits are: 200 levels of brackets and blocks, 1000 steps in an expression, 1000 levels of
      values inside values, and some thousand levels of calls. The usual cause is a function that
      calls itself without end. Layers can be nested 40 deep, and a network can have 100,000 layers.
      """,
      example: "fn f(n) { f(n + 1) }\nf(0)",
      fix: "fn f(n) { if n < 100 { f(n + 1) } else { n } }\nf(0)"),
    ErrorPage(
      "E-limit", "the function is too large",
      "A function has too many names, constants or instructions. Split it into several functions.",
      example: "# a function of a hundred thousand lines", fix: "# several functions"),
    ErrorPage(
      "E-steps", "step limit reached",
      "The session runs with a limit on the number of steps, and the program reached it.",
      example: "while true { }", fix: "for i in 0..10 { }"),
    ErrorPage(
      "E-assert", "assertion failed",
      "`assert condition, message` stops the program if the condition is false.",
      example: "x = 1\nassert x > 1, \"x is too small\"", fix: "x = 2\nassert x > 1"),
    ErrorPage(
      "E-fail", "the program called fail",
      """
      `fail(message)` raises an error. `try { … } catch e { … }` catches it: `e.message` is its
      text, `e.code` its code and `e.line` its line.
      """,
      example: "fail(\"no images in the folder\")",
      fix: "try { fail(\"no images\") } catch e { print(e.message) }"),
    ErrorPage(
      "E-check", "check failed",
      """
      `#=> value` after an expression states its expected value, `#=> value +- tolerance` allows a
      difference, and `#=> E-shape` expects an error. `henge check` runs these checks.
      """,
      example: "1 + 1  #=> 3", fix: "1 + 1  #=> 2"),
    ErrorPage(
      "E-param", "wrong value for a script parameter",
      """
      `param name = default` can be set on the command line: `henge run f.henge name=value`. If the
      default is a string, the value is text; otherwise it must be a literal of the default's type.
      """,
      example: "# henge run f.henge rate=fast\nparam rate = 1e-3",
      fix: "# henge run f.henge rate=1e-2\nparam rate = 1e-3"),
    ErrorPage(
      "E-import", "import failed",
      """
      `import \"lib.henge\" as lib` runs a file and makes its names members of `lib`. The path is
      relative to the importing file. Files cannot import each other in a circle; move what both
      need to a third file.
      """,
      example:
        "# circle.henge imports other.henge, which imports circle.henge\nimport \"circle.henge\" as circle",
      fix: "import \"lib.henge\" as lib"),
    ErrorPage(
      "E-interrupt", "stopped by Ctrl-C",
      """
      The computation was stopped at a safe point. This error cannot be caught. A trainer stops
      after a whole step; at the prompt, `:go` makes the steps that are left, with the options of the
      call. Of a loop or a function, the statement that was stopped is undone: names have the values
      from before it, and trainers from before it keep their whole steps. After a loop that took more
      than a second, `:go` continues after its last whole round.
      """,
      example: "while true { }", fix: "for i in 0..10 { print(i) }"),
  ]
}
