// SPDX-License-Identifier: MIT

/// How deep a program may be, so that nothing that walks its tree runs out of stack.
public enum Limits {
  /// The maximum nesting of brackets, blocks, functions and unary operators.
  public static let nesting = 200
  /// How tall the tree of one expression may be: the length of `1 + 1 + …` without parentheses.
  public static let height = 1_000
}
