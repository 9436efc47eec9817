// SPDX-License-Identifier: MIT

/// The limits of nesting, so that walking a program's tree cannot overflow the stack.
public enum Limits {
  /// The maximum nesting of brackets, blocks, functions and unary operators.
  public static let nesting = 200
  /// The maximum height of an expression's tree: the length of `1 + 1 + …` without parentheses.
  public static let height = 1_000
}
