// SPDX-License-Identifier: MIT

/// What an instruction does.
///
/// `R[a]` is register a, `K[d]` a constant, `G[b]` a global.
enum Opcode: UInt16 {
  /// `R[a] = R[b]`; an undefined one is a built-in or E-name.
  case move
  /// `R[a] = K[d]`
  case constant
  /// `R[a] = int d`
  case int
  /// `R[a] = G[b]`, or `K[d]` when that is undefined and `d >= 0`.
  case global

  /// `R[a] = R[b] op R[c]`
  case add, subtract, multiply, divide, floorDivide, remainder
  /// `R[a] = R[b] op int d`
  case addInt, subtractInt, multiplyInt
  /// `R[a] = R[b] op R[c]`, the operator being the one with index d.
  case binary
  /// `R[a] = R[b] op R[c]`, with a bool as result for numbers.
  case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
  /// `R[a] = op R[b]`
  case negate, plus, invert, not

  /// Continue at `d`.
  case jump
  /// Continue at `d`, counting a step: the only backward jump.
  case loop
  /// Continue at `d` if `R[a]` is true (false); it must be a bool.
  case jumpIf, jumpUnless
  /// Continue at `target` unless `R[b] op R[c]`.
  case unlessLess, unlessLessOrEqual, unlessGreater, unlessGreaterOrEqual, unlessEqual
  case unlessNotEqual
  /// Continue at `target` unless `R[b] op operand`.
  case unlessLessInt, unlessLessOrEqualInt, unlessGreaterInt, unlessGreaterOrEqualInt
  case unlessEqualInt, unlessNotEqualInt
  /// `R[a]` must be a bool, or a tensor that counts as one, which it becomes.
  case bool

  /// `R[b] = R[a](R[a + 1], …)`, described by site d.
  case call
  /// `R[b] = R[a + 1].member(R[a + 2], …)`, described by site d.
  case callMember
  /// The function returns `R[a]`.
  case giveBack

  /// `R[a] = R[b].member`, the name being K[d].
  case member
  /// `R[a] = R[b][…]`, described by index d.
  case index
  /// `R[a] = R[b][R[c]]`, the index being described by d too.
  case indexOne
  /// `R[a][…]… = R[b]`, described by place d.
  case assign
  /// As `assign`, for a name of an outer scope: only a handle may be changed so.
  case assignOuter
  /// `R[a] = R[a] op R[c]`, the operator being the one with index d, in place when it can be.
  case augment

  /// `R[a] = [R[b], …]`, c elements.
  case list
  /// Append `R[b]` to the list under construction in `R[a]`.
  case append
  /// `R[a] = ()`, an empty record under construction.
  case record
  /// Add the field K[d] with `R[b]`.
  case field
  /// Add all fields of the record `R[b]`.
  case spreadFields
  /// `R[a] = R[b]..R[c]`, by `R[d]` when `d >= 0`.
  case range
  /// `R[a] = a text under construction`, empty.
  case text
  /// Append the string K[d] to the text under construction in `R[a]`.
  case appendText
  /// Append the text of `R[b]`, formatted by specification d, by `R[c]` if d is -1, or as it is if
  /// d is -2.
  case format
  /// `R[a] = the finished text of R[b]`, which is emptied.
  case finishText
  /// `R[a] = closure d`
  case closure

  /// Begin a loop over `R[b]` in `R[a]` and `R[a + 1]`, for c names.
  case iterate
  /// `R[b] = next of R[a]`, or continue at d.
  case next
  /// Begin `repeat R[b]` in `R[a]`.
  case countdown
  /// Count `R[a]` down, or continue at d.
  case countNext
  /// `R[a], … = R[b]`, c of them.
  case unpack

  /// `R[a] = a running clock`
  case clock
  /// `R[a] = record of seconds, bytes, value`, from clock `R[b]` and value `R[c]`.
  case clockRecord
  /// `R[a] = a bench under way`
  case bench
  /// Begin the next run of bench `R[a]`, or `R[a] = its record` and continue at d.
  case benchNext

  /// Fail: `assert` of `R[a]`; b and c contain the sides of comparison d if `d >= 0`.
  case assertion
  /// Fail with the message `R[b]`.
  case assertionMessage
  /// Compare `R[a]` with the expectation of check d; `R[b]` and `R[c]` contain its value and
  /// tolerance.
  case check
  /// Compare the error's record `R[b]`, none if `R[a]` came of it, with what check d expects.
  case checkError
  /// The assertion at this place passed.
  case assertionHeld
  /// The check at this place is not made.
  case checkSkipped
  /// `R[a] = the module of the file K[d]`
  case importing
  /// `R[a] = the value for param K[d], or R[b]`
  case parameter
  /// `R[a] = R[b]`, which is emptied.
  case take
  /// `R[a]` is unassigned.
  case clear
}
