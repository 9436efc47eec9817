// SPDX-License-Identifier: MIT

// What lives here: the pages of errors in how a program is written and run.

extension ErrorPage {
  static let language: [ErrorPage] = [
    ErrorPage(
      "E-syntax", "the text is not the language",
      """
      Nothing of the program ran. The carets stand under the first thing that cannot be read; what
      is wrong may be just before it. A newline ends a statement unless the innermost open bracket
      is `(` or `[`, or the line ends in an operator, a comma, `=`, `=>` or `|>`. Blocks stand in
      braces, and `} else {` on one line.
      """,
      example: "x = 1\nif x > 0:\n  print x", fix: "x = 1\nif x > 0 {\n  print(x)\n}"),
    ErrorPage(
      "E-name", "a name that nothing is bound to",
      """
      The name is neither assigned before this line, nor a built-in. Functions may read names from
      outside; names that a function assigns are its own. Names of built-ins need no prefix.
      """,
      example: "x = tensor([1, 2])\nnp.mean(x)", fix: "x = tensor([1, 2])\nmean(x)"),
    ErrorPage(
      "E-member", "a member that the value does not have",
      """
      After `.` a property of the value is looked up, then a built-in for its type, then a function
      of yours. Lists and tensors are values: nothing is appended to them in place.
      """,
      example: "xs = [1]\nxs.append(2)", fix: "xs = [1]\nxs += [2]"),
    ErrorPage(
      "E-assign", "something that cannot be assigned to",
      """
      Left of `=` stands a name, or an index or a settable member of one. A destructuring
      assignment needs as many values as names.
      """,
      example: "a, b = [1, 2, 3]", fix: "a, b = [1, 2]"),
    ErrorPage(
      "E-outer", "a function changes a name outside itself",
      """
      A function may read outer names but not change them: `n += 1` and `x[0] = 1` in a function
      would change what its caller sees. Give the value in and the result back. State lives in
      handles only: models, optimizers, trainers and generators of random numbers.
      """,
      example: "n = 0\nfn count() { n += 1 }\ncount()",
      fix: "n = 0\nfn count(n) { n + 1 }\nn = count(n)"),
    ErrorPage(
      "E-call", "something that cannot be called",
      """
      Parentheses follow a function, a model, or another value that can be applied. A built-in or
      model that is named but not called needs its parentheses where a value is wanted.
      """,
      example: "x = 3\nx(2)", fix: "x = 3\nx * 2"),
    ErrorPage(
      "E-cond", "a condition that is not one bool",
      """
      `if`, `while`, `and`, `or`, `not` and `assert` take a bool; nothing else counts as true or
      false. A tensor of one element counts as its bool. For a larger one say whether all elements
      or any one is meant. A chain such as `a < x < b` is for scalars; with tensors write two
      comparisons and `&`, which is elementwise and holds less tightly than `<`.
      """,
      example: "x = tensor([1, 2])\nif x > 0 { print(\"yes\") }",
      fix: "x = tensor([1, 2])\nif all(x > 0) { print(\"yes\") }"),
    ErrorPage(
      "E-depth", "too deep",
      """
      Brackets and blocks nest up to 200 levels, an expression has up to 1000 steps, values hold
      values up to 1000 levels, and calls go up to some thousands of levels. A function that calls
      itself without end comes here. Layers nest up to 40 deep in one another, and a network has up
      to 100,000 of them.
      """,
      example: "fn f(n) { f(n + 1) }\nf(0)",
      fix: "fn f(n) { if n < 100 { f(n + 1) } else { n } }\nf(0)"),
    ErrorPage(
      "E-limit", "larger than the language allows",
      "A function has so many names, constants or instructions that it does not fit. Split it.",
      example: "# a function of a hundred thousand lines", fix: "# several functions"),
    ErrorPage(
      "E-steps", "the limit of steps is reached",
      "The session was given a limit of steps, and the program used it up.",
      example: "while true { }", fix: "for i in 0..10 { }"),
    ErrorPage(
      "E-assert", "an assertion does not hold",
      "`assert condition, message` stops the program when the condition is false.",
      example: "x = 1\nassert x > 1, \"x is too small\"", fix: "x = 2\nassert x > 1"),
    ErrorPage(
      "E-fail", "the program stopped itself",
      """
      `fail(message)` ends the statement with an error. `try { … } catch e { … }` takes it:
      `e.message` is its text, `e.code` its code and `e.line` where it was.
      """,
      example: "fail(\"no pictures in the folder\")",
      fix: "try { fail(\"no pictures\") } catch e { print(e.message) }"),
    ErrorPage(
      "E-check", "a check does not hold",
      """
      `#=> value` after an expression says what it gives, `#=> value +- tolerance` how far off it
      may be, and `#=> E-shape` that it ends in an error. `henge check` runs them.
      """,
      example: "1 + 1  #=> 3", fix: "1 + 1  #=> 2"),
    ErrorPage(
      "E-param", "a parameter of the script",
      """
      `param name = default` is set from the command line: `henge run f.henge name=value`. The
      value is text if the default is text, otherwise a literal of the language.
      """,
      example: "# henge run f.henge rate=fast\nparam rate = 1e-3",
      fix: "# henge run f.henge rate=1e-2\nparam rate = 1e-3"),
    ErrorPage(
      "E-import", "a file that cannot be imported",
      """
      `import \"lib.henge\" as lib` runs a file and binds its names as members of `lib`. The path is
      relative to the importing file. Files do not import each other in a circle: what both need
      stands in a third.
      """,
      example:
        "# circle.henge imports other.henge, which imports circle.henge\nimport \"circle.henge\" as circle",
      fix: "import \"lib.henge\" as lib"),
    ErrorPage(
      "E-interrupt", "stopped by Ctrl-C",
      """
      The computation was stopped at a safe point. It cannot be caught. A trainer stands at a whole
      step and goes on with another call of `step`.
      """,
      example: "while true { }", fix: "t.step(100)"),
  ]
}
