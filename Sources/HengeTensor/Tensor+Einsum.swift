// SPDX-License-Identifier: MIT
internal import HengeBackend

/// A parsed `"ij,jk->ik"`: a letter for each axis of two operands and of the result.
private struct EinsumPlan {
  let left: [Character]
  let right: [Character]
  let result: [Character]

  /// Parses `text`; throws `E-arg` if it is not a sum over two operands.
  init(_ text: String) throws {
    func refuse(_ why: String) -> Failure {
      Failure(
        "E-arg", "`\(text)` is not an Einstein sum of two operands: \(why)",
        notes: ["write one letter per axis of each operand and, after ->, of the result"],
        suggestion: "einsum(\"ij,jk->ik\", a, b)", parameter: "sum")
    }
    let letters = text.filter { $0 != " " }
    let halves = letters.split(separator: ">", omittingEmptySubsequences: false)
    guard halves.count <= 2, halves.count == 1 || halves[0].hasSuffix("-") else {
      throw refuse("-> comes once")
    }
    let operands = (halves.count == 2 ? halves[0].dropLast() : halves[0])
      .split(separator: ",", omittingEmptySubsequences: false)
    guard operands.count == 2 else { throw refuse("it has \(operands.count) operands") }
    (left, right) = (Array(operands[0]), Array(operands[1]))
    let given = left + right
    if let odd = (given + (halves.count == 2 ? Array(halves[1]) : []))
      .first(where: { !$0.isASCII || !$0.isLetter })
    {
      throw refuse("`\(odd)` is no letter")
    }
    for operand in [left, right] where Set(operand).count < operand.count {
      throw refuse("a letter comes twice in `\(String(operand))`, and diagonals are not taken")
    }
    // As numpy: without an arrow the result has the letters that come once, in alphabetical order.
    result =
      halves.count == 2
      ? Array(halves[1])
      : given.filter { letter in given.filter { $0 == letter }.count == 1 }.sorted()
    guard Set(result).count == result.count else {
      throw refuse("a letter comes twice in the result")
    }
    if let other = result.first(where: { !given.contains($0) }) {
      throw refuse("`\(other)` of the result is in neither operand")
    }
  }
}

extension Tensor {
  /// Einstein's sum over two operands: products of elements whose letters agree, summed over the
  /// letters that the result lacks.
  ///
  /// `"ij,jk->ik"` is the matrix product. Types as in arithmetic. Throws `E-arg` for a text that is no
  /// such sum and `E-shape` where axes of one letter differ in size.
  public static func einsum(_ text: String, _ a: Tensor, _ b: Tensor) throws -> Tensor {
    let plan = try EinsumPlan(text)
    let sizes = try plan.sizes(a, b)
    func total(_ letters: [Character]) -> Int { letters.reduce(1) { $0 * (sizes[$1] ?? 1) } }
    let (x, left) = try a.summed(plan.left, keeping: plan.right + plan.result)
    let (y, right) = try b.summed(plan.right, keeping: plan.left + plan.result)
    let shared = left.filter(right.contains)
    let batch = shared.filter(plan.result.contains)
    let inner = shared.filter { !plan.result.contains($0) }
    let rows = left.filter { !right.contains($0) }
    let columns = right.filter { !left.contains($0) }
    let product = try x.turned(left, batch + rows + inner)
      .reshaped([total(batch), total(rows), total(inner)])
      .multiplied(
        by: y.turned(right, batch + inner + columns)
          .reshaped([total(batch), total(inner), total(columns)]))
    let letters = batch + rows + columns
    return try product.reshaped(letters.map { sizes[$0] ?? 1 }).turned(letters, plan.result)
  }

  /// The sum over the axes whose letters are not kept, and the letters left.
  private func summed(
    _ letters: [Character], keeping kept: [Character]
  ) throws -> (Tensor, [Character]) {
    let axes = letters.indices.filter { !kept.contains(letters[$0]) }
    return (axes.isEmpty ? self : try sum(axes), letters.filter(kept.contains))
  }

  /// The axes, whose letters are `own`, in the order of `letters`.
  private func turned(_ own: [Character], _ letters: [Character]) throws -> Tensor {
    try permuted(letters.compactMap { own.firstIndex(of: $0) })
  }
}

extension EinsumPlan {
  /// The size of each letter.
  fileprivate func sizes(_ a: Tensor, _ b: Tensor) throws -> [Character: Int] {
    var sizes: [Character: Int] = [:]
    for (letters, tensor, parameter) in [(left, a, "a"), (right, b, "b")] {
      guard letters.count == tensor.rank else {
        throw Failure(
          "E-shape",
          "`\(String(letters))` names \(letters.count) axes, and \(tensor.shape) has \(tensor.rank)",
          parameter: parameter)
      }
      for (letter, size) in zip(letters, tensor.shape.sizes) {
        if let other = sizes.updateValue(size, forKey: letter), other != size {
          throw Failure(
            "E-shape", "`\(letter)` is \(other) in \(a.shape) and \(size) in \(b.shape)",
            parameter: parameter)
        }
      }
    }
    return sizes
  }
}
