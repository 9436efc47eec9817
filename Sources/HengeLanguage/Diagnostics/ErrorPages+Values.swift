// SPDX-License-Identifier: MIT

// What lives here: the pages of errors in values and arguments.

extension ErrorPage {
  static let values: [ErrorPage] = [
    ErrorPage(
      "E-type", "a value of the wrong kind",
      """
      The operation or the parameter wants another kind of value. Numbers and text do not mix:
      `str(x)` makes text, `num(s)` and `int(s)` read it. A tensor becomes another kind by `f32`,
      `f64`, `u8`, `i64` and `bool`.
      """,
      example: "\"epoch \" + 3", fix: "\"epoch \" + str(3)"),
    ErrorPage(
      "E-arg", "arguments that do not fit the function",
      """
      An argument is missing, given twice, or has a name that the function does not know.
      `?name` shows what a function takes. Parameters after `*` are given by name only.
      """,
      example: "zeros(3x4, typ=\"f64\")", fix: "zeros(3x4, dtype=\"f64\")"),
    ErrorPage(
      "E-shape", "shapes that do not fit together",
      """
      Elementwise operations align shapes at their last axes; there sizes must be equal, or one of
      them 1. `@` wants the last axis of the left to equal the axis before the last of the right.
      `reshape` keeps the number of elements. Losses and metrics never broadcast. A layer takes as
      many channels as it was made for: behind `conv(3, 16)` stands `conv(16, 8)`.
      """,
      example: "ones(3x4) + ones(shape(3))", fix: "ones(3x4) + ones(3x1)"),
    ErrorPage(
      "E-index", "an index outside",
      """
      Indices go from 0 up to the size, not including it; negative ones count from the end, -1
      being the last. Slices are cut to the size and never fail. Two index lists in one bracket
      could mean pairs of positions or a grid: `pick` takes pairs, `gather` takes along an axis.
      """,
      example: "xs = [1, 2, 3]\nxs[3]", fix: "xs = [1, 2, 3]\nxs[-1]"),
    ErrorPage(
      "E-range", "a value outside its range",
      "The kind of the value is right, but not its size; the message says what is allowed.",
      example: "pad(zeros(3x4), -1)", fix: "pad(zeros(3x4), 1)"),
    ErrorPage(
      "E-key", "a key that is not there",
      """
      A record holds the names it was made with; `keys(r)` lists them and `has(r, name)` asks.
      `set(r, name=value)` gives a copy that has one more.
      """,
      example: "r = (lr=1e-3)\nr[\"rate\"]", fix: "r = (lr=1e-3)\nr[\"lr\"]"),
    ErrorPage(
      "E-overflow", "an int beyond 64 bits",
      """
      Integers are 64-bit and checked: no result wraps around. Use a num for large magnitudes.
      """,
      example: "2 ** 64", fix: "2.0 ** 64"),
    ErrorPage(
      "E-zero", "division by zero",
      "Division of scalars by zero has no value. Tensors divide to inf and NaN, and say so.",
      example: "n = 0\n1 // n", fix: "n = 0\nif n != 0 { 1 // n } else { 0 }"),
    ErrorPage(
      "E-format", "a format that does not fit the value",
      """
      After `:` in an f-string stands Python's format: fill and align (`<`, `>`, `^`), sign, width,
      `,`, precision and a letter (`d x b` for ints, `f e g %` for numbers, `s` for text).
      """,
      example: "f\"{0.5:d}\"", fix: "f\"{0.5:.2f}\""),
  ]
}
