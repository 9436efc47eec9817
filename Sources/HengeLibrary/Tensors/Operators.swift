// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// The operators between tensors, and between tensors and numbers.
func tensorOperators() -> [Builtin] {
  let arithmetic: [(String, BinaryOperation, String, String, String)] = [
    ("+", .add, "Adds element by element.", "tensor([1, 2]) + 1", "tensor([2, 3])"),
    ("-", .subtract, "Subtracts element by element.", "tensor([1, 2]) - 1", "tensor([0, 1])"),
    ("*", .multiply, "Multiplies element by element.", "tensor([1, 2]) * 3", "tensor([3, 6])"),
    ("/", .divide, "Divides element by element.", "tensor([1, 2]) / 2", "tensor([0.5, 1])"),
    (
      "//", .floorDivide, "Divides element by element and rounds down (floor division).",
      "tensor([7, -7]) // 2",
      "tensor([3, -4])"
    ),
    (
      "%", .modulo,
      "Computes the remainder of the floor division, element by element. It has the divisor's sign.",
      "tensor([7, -7]) % 4",
      "tensor([3, 1])"
    ),
    (
      "**", .power, "Computes the power `a ** b`, element by element.", "tensor([1, 2]) ** 3",
      "tensor([1, 8])"
    ),
    (
      "&", .and, "Computes the logical AND of bools, or the bitwise AND of ints.",
      "tensor([true, false]) & true", "tensor([true, false])"
    ),
    (
      "|", .or, "Computes the logical OR of bools, or the bitwise OR of ints.",
      "tensor([true, false]) | true", "tensor([true, true])"
    ),
  ]
  let comparisons: [(String, Comparison, String, String)] = [
    ("==", .equal, "Compares element by element: true where equal.", "tensor([false, true])"),
    (
      "!=", .notEqual, "Compares element by element: true where different.", "tensor([true, false])"
    ),
    (
      "<", .less, "Compares element by element: true where `a` is smaller.", "tensor([true, false])"
    ),
    (
      "<=", .lessOrEqual, "Compares element by element: true where `a` is smaller or equal.",
      "tensor([true, true])"
    ),
    (
      ">", .greater, "Compares element by element: true where `a` is larger.",
      "tensor([false, false])"
    ),
    (
      ">=", .greaterOrEqual, "Compares element by element: true where `a` is larger or equal.",
      "tensor([false, true])"
    ),
  ]
  return arithmetic.map { combining($0.0, $0.1, $0.2, $0.3, $0.4) }
    + comparisons.map { comparing($0.0, $0.1, $0.2, $0.3) }
    + [product(), membership("in", "Whether a tensor contains a number.", "true") { $0 }]
    + [membership("not in", "Whether a tensor does not contain a number.", "false") { !$0 }]
    + signs()
}

private var left: Parameter {
  Parameter("a", "The left operand.")
}
private var right: Parameter {
  Parameter(
    "b", "The right operand. Shapes broadcast: aligned at the last axis, sizes must be equal or 1.")
}

private func combining(
  _ name: String, _ operation: BinaryOperation, _ summary: String, _ code: String, _ result: String
) -> Builtin {
  Builtin(
    name, as: .operation, summary, left, right,
    examples: [Example("print(\(code))", prints: result)],
    errors: ["E-shape", "E-type"]
  ) { (call: Call, a: Operand, b: Operand) in
    noteOutgrowth(call, a, b)
    return try Tensor.combine(operation, a, b)
  }
}

private func comparing(
  _ name: String, _ comparison: Comparison, _ summary: String, _ result: String
) -> Builtin {
  Builtin(
    name, as: .operation, summary, left, right,
    examples: [Example("print(tensor([1, 2]) \(name) 2)", prints: result)], errors: ["E-shape"]
  ) { (call: Call, a: Operand, b: Operand) in
    noteOutgrowth(call, a, b)
    return try Tensor.compare(comparison, a, b)
  }
}

/// A broadcast larger than both operands is often a mistake: a note reports it.
private func noteOutgrowth(_ call: Call, _ a: Operand, _ b: Operand) {
  guard case .tensor(let x) = a, case .tensor(let y) = b,
    let result = try? x.shape.broadcast(with: y.shape), result.outgrowsBoth
  else { return }
  call.noteOnce("\(x.shape) with \(y.shape) broadcasts to \(result.shape), larger than both")
}

private func product() -> Builtin {
  Builtin(
    "@", as: .operation, "Multiplies matrices: [..., m, k] @ [..., k, n] is [..., m, n].",
    Parameter("a", "A matrix, a vector, or a batch of matrices."),
    Parameter("b", "A matrix, a vector, or a batch of matrices."),
    examples: [Example("(ones(2x3) @ ones(3x4)).shape", gives: "2x4")], seeAlso: ["matmul"],
    errors: ["E-shape"]
  ) { (a: Tensor, b: Tensor) in try a.multiplied(by: b) }
}

private func membership(
  _ name: String, _ summary: String, _ result: String, _ answer: @escaping @Sendable (Bool) -> Bool
) -> Builtin {
  Builtin(
    name, as: .operation, summary, Parameter("a", "A number."), Parameter("b", "A tensor."),
    examples: [Example("2 \(name) tensor([1, 2])", gives: result)]
  ) { (a: Operand, b: Tensor) in
    let found = try Tensor.compare(.equal, a, .tensor(b)).any().item()
    return answer(found == .bool(true))
  }
}

private func signs() -> [Builtin] {
  [
    Builtin(
      "-", as: .operation, "Negates each element.", Parameter("a", "A tensor of numbers."),
      examples: [Example("print(-tensor([1, -2]))", prints: "tensor([-1, 2])")]
    ) { (a: Tensor) in try a.map(.negate) },
    Builtin(
      "~", as: .operation, "Computes the logical NOT of bools, or the bitwise NOT of ints.",
      Parameter("a", "A tensor."),
      examples: [Example("print(~tensor([true, false]))", prints: "tensor([false, true])")]
    ) { (a: Tensor) in try ~a },
  ]
}
