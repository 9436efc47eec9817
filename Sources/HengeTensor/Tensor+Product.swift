// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The matrix product `[…, m, k] @ […, k, n] -> […, m, n]`.
  ///
  /// The leading axes broadcast. A tensor of one axis is a row on the left and a column on the right,
  /// and that axis is dropped from the result. Types as in arithmetic; `i64` is checked. Throws
  /// `E-shape` where the inner sizes differ.
  public func multiplied(by other: Tensor) throws -> Tensor {
    guard rank > 0, other.rank > 0 else {
      throw Failure(
        "E-shape", "@ multiplies matrices, not \(shape) and \(other.shape)",
        suggestion: "* multiplies numbers")
    }
    let left = rank == 1 ? try expanded(at: 0) : self
    let right = other.rank == 1 ? try other.expanded(at: 1) : other
    let (m, k) = (left.shape[left.rank - 2], left.shape[left.rank - 1])
    let n = right.shape[right.rank - 1]
    guard k == right.shape[right.rank - 2] else {
      throw Failure(
        "E-shape", "cannot multiply \(shape) @ \(other.shape)",
        notes: ["inner sizes: \(k) against \(right.shape[right.rank - 2])"],
        suggestion: other.rank > 1 && other.shape[other.rank - 1] == k ? "§ @ ¶.T" : nil)
    }
    let (leftBatch, rightBatch) = (
      try Shape(Array(left.shape.sizes.dropLast(2))),
      try Shape(Array(right.shape.sizes.dropLast(2)))
    )
    guard let batch = try leftBatch.broadcast(with: rightBatch)?.shape else {
      throw Failure.cannotCombine("multiply", shape, other.shape, joinedBy: "@")
    }
    let product = try Tensor.product(
      left, right, batch: batch.sizes, m: m, k: k, n: n, self.shape, other.shape)
    var sizes = product.shape.sizes
    if other.rank == 1 { sizes.remove(at: sizes.count - 1) }
    if rank == 1 { sizes.remove(at: sizes.count - (other.rank == 1 ? 1 : 2)) }
    return try product.reshaped(sizes)
  }

  /// The products of each element of this tensor with each of `other`, `[N, M]`; both are flattened.
  public func outerProduct(with other: Tensor) throws -> Tensor {
    try reshaped([count, 1]) * other.reshaped([1, other.count])
  }

  private static func product(
    _ left: Tensor, _ right: Tensor, batch: [Int], m: Int, k: Int, n: Int, _ a: Shape, _ b: Shape
  ) throws -> Tensor {
    // Backends may count in 32 bits.
    guard max(m, k, n) <= Int(Int32.max) else {
      throw Failure("E-shape", "\(a) @ \(b): a matrix product takes sizes up to \(Int32.max)")
    }
    let type = Promotion.arithmetic(.elements(left.type), .elements(right.type))
    let x = try left.cast(to: type).broadcast(to: try Shape(batch + [m, k]))
    let y = try right.cast(to: type).broadcast(to: try Shape(batch + [k, n]))
    let result = try empty(try Shape(batch + [m, n]), type, on: left.backend)
    let fault = try left.backend.multiply(x.view, y.view, into: result.storage)
    if let fault { throw Failure.arithmetic(fault, in: "@", operands: [left, right]) }
    let a = y.isOnTape ? x.detached() : nil
    let b = x.isOnTape ? y.detached() : nil
    return record("matrix product", from: [x, y], result) { gradient, wanted in
      [
        wanted[0] ? try b.map { try gradient.multiplied(by: $0.transposed(-2, -1)) } : nil,
        wanted[1] ? try a.map { try $0.transposed(-2, -1).multiplied(by: gradient) } : nil,
      ]
    }
  }
}

extension OpCheck {
  static let matrixProduct = OpCheck(
    "matrix product",
    sizes: { stream in
      let batch = anySizes(&stream, axes: 0...2)
      let (m, k, n) = (size(&stream), size(&stream), size(&stream))
      return [batch + [m, k], batch + [k, n]]
    },
    { try $0[0].multiplied(by: $0[1]) })
}
