// SPDX-License-Identifier: MIT

// Error pages: values and arguments.

extension ErrorPage {
  static let values: [ErrorPage] = [
    ErrorPage(
      "E-type", "wrong type",
      """
      The operation or parameter needs a value of another type. Numbers and text are not converted
      automatically: `str(x)` returns text, `num(s)` and `int(s)` parse it. `f32`, `f64`, `u8`,
      `i64` and `bool` convert the elements of a tensor.
      """,
      example: "\"epoch \" + 3", fix: "\"epoch \" + str(3)"),
    ErrorPage(
      "E-arg", "wrong arguments",
      """
      An argument is missing, passed twice, or has a name that is not a parameter of the function.
      `?name` shows the parameters of a function. Parameters after `*` must be passed by name.
      """,
      example: "zeros(3x4, typ=\"f64\")", fix: "zeros(3x4, dtype=\"f64\")"),
    ErrorPage(
      "E-shape", "incompatible shapes",
      """
      Elementwise operations align shapes at their last axes; the sizes must be equal, or one of
      them must be 1 (broadcasting). `@` needs the last axis of the left operand to equal the
      second-to-last axis of the right one. `reshape` keeps the number of elements. Losses and
      metrics never broadcast. A layer needs the number of input channels that it was made with:
      after `conv(3, 16)` comes `conv(16, 8)`.
      """,
      example: "ones(3x4) + ones(shape(3))", fix: "ones(3x4) + ones(3x1)"),
    ErrorPage(
      "E-index", "index out of range",
      """
      Indices go from 0 to the size minus 1. Negative indices count from the end; -1 is the last
      element. Slices are clipped to the size and never fail. Two index lists in one bracket are
      ambiguous: `pick` uses them as pairs of positions, `gather` along one axis.
      """,
      example: "xs = [1, 2, 3]\nxs[3]", fix: "xs = [1, 2, 3]\nxs[-1]"),
    ErrorPage(
      "E-range", "value out of range",
      "The type of the value is right, but the value is not allowed. The message shows the valid range.",
      example: "pad(zeros(3x4), -1)", fix: "pad(zeros(3x4), 1)"),
    ErrorPage(
      "E-key", "no such key",
      """
      The record or table has no entry of this name. `keys(r)` lists a record's names, `has(r, name)`
      tests for one, and `set(r, name=value)` returns a copy with an additional field.
      """,
      example: "r = (lr=1e-3)\nr[\"rate\"]", fix: "r = (lr=1e-3)\nr[\"lr\"]"),
    ErrorPage(
      "E-overflow", "integer overflow",
      """
      An int has 64 bits, and a result that does not fit is an error. Use a num (floating-point) for
      larger values.
      """,
      example: "2 ** 64", fix: "2.0 ** 64"),
    ErrorPage(
      "E-zero", "division by zero",
      "Dividing a scalar by zero is an error. With tensors the result contains inf or NaN.",
      example: "n = 0\n1 // n", fix: "n = 0\nif n != 0 { 1 // n } else { 0 }"),
    ErrorPage(
      "E-format", "invalid format",
      """
      In an f-string, a format as in Python follows the `:`: fill and alignment (`<`, `>`, `^`), sign,
      width, `,`, precision and a letter (`d x b` for ints, `f e g %` for numbers, `s` for text).
      """,
      example: "f\"{0.5:d}\"", fix: "f\"{0.5:.2f}\""),
  ]
}
