// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

/// A stack of matrices, each with rows or columns of adjacent elements.
private struct Matrices {
  private let view: View
  private let row: Int
  private let column: Int
  private let batch: Walk

  /// The stack, or nil where neither rows nor columns are adjacent.
  init?(_ view: View) {
    let rank = view.sizes.count
    let (rows, columns) = (view.sizes[rank - 2], view.sizes[rank - 1])
    let (rowStep, columnStep) = (view.strides[rank - 2], view.strides[rank - 1])
    if columnStep == 1 || columns == 1 {
      (row, column) = (rowStep, 1)
    } else if rowStep == 1 || rows == 1 {
      (row, column) = (1, columnStep)
    } else {
      return nil
    }
    self.view = view
    batch = Walk(
      sizes: Array(view.sizes[..<(rank - 2)]), offsets: [view.offset],
      strides: [Array(view.strides[..<(rank - 2)])])
  }

  /// Where each matrix begins, in order.
  var starts: [Int] {
    var starts: [Int] = []
    for block in 0..<batch.blocks {
      batch.pieces(of: block) { piece in
        let steps = batch.kernelSteps(0)
        for row in 0..<piece.rows {
          for k in 0..<piece.length {
            starts.append(piece.starts[0] + row * steps.row + k * steps.element)
          }
        }
      }
    }
    return starts
  }

  /// The matrix that begins at element `start`.
  func matrix(at start: Int, on backend: CPUBackend) -> hk_matrix {
    hk_matrix(
      at: UnsafeRawPointer(backend.host(view.buffer).address) + start * view.type.size, row: row,
      column: column)
  }
}

extension CPUBackend {
  /// Multiplies matrices `[batch…, m, k]` and `[batch…, k, n]` into `[batch…, m, n]`.
  public func multiply(_ a: View, _ b: View, into out: Buffer) throws -> ArithmeticFault? {
    let rank = a.sizes.count
    let (m, k, n) = (a.sizes[rank - 2], a.sizes[rank - 1], b.sizes[rank - 1])
    if out.count == 0 { return nil }
    if k == 0 {
      try fill(View(out), with: .int(0))
      return nil
    }
    if a.type == .i64 { return try multiplyIntegers(a, b, into: out, m: m, k: k, n: n) }
    let left = try matrices(a)
    let right = try matrices(b)
    let (leftStarts, rightStarts) = (left.starts, right.starts)
    let product = MatrixProduct(self, size: a.type.size, m: m, k: k, n: n)
    let result = UnsafeMutableRawPointer(host(out).address)
    func run(_ matrix: Int) throws {
      try product.run(
        left.matrix(at: leftStarts[matrix], on: self),
        right.matrix(at: rightStarts[matrix], on: self),
        into: result + matrix * m * n * a.type.size, width: n, adding: false)
    }
    // Small products are grouped; of many large ones each is done by the thread that took it.
    let work = Double(m) * Double(n) * Double(k)
    let perBlock = max(1, Int(Double(MatrixProduct.small) / work))
    try withExtendedLifetime((left, right, out)) {
      if product.isShared, leftStarts.count < MatrixProduct.wantedBlocks {
        for matrix in leftStarts.indices { try run(matrix) }
        return
      }
      try pool.run(
        blocks: (leftStarts.count + perBlock - 1) / perBlock, interrupt: interrupt
      ) { block in
        for matrix in block * perBlock..<min(leftStarts.count, (block + 1) * perBlock) {
          try run(matrix)
        }
      }
    }
    return nil
  }

  private func matrices(_ view: View) throws -> Matrices {
    if let matrices = Matrices(view) { return matrices }
    guard let matrices = Matrices(try contiguous(view)) else {
      preconditionFailure("contiguous matrices have adjacent elements in each row")
    }
    return matrices
  }

  private func multiplyIntegers(
    _ a: View, _ b: View, into out: Buffer, m: Int, k: Int, n: Int
  ) throws -> ArithmeticFault? {
    let (left, right) = (try contiguous(a), try contiguous(b))
    let flag = FaultFlag()
    // Some rows of one product are a block: about as much work as an interrupt may wait for.
    let rowsPerBlock = min(m, max(1, (1 << 24) / max(1, k * n)))
    let perMatrix = (m + rowsPerBlock - 1) / rowsPerBlock
    try pool.run(blocks: out.count / (m * n) * perMatrix, interrupt: interrupt) { block in
      let (matrix, row) = (block / perMatrix, block % perMatrix * rowsPerBlock)
      flag.note(
        hk_multiply_i64(
          elements(left.buffer) + left.offset + (matrix * m + row) * k,
          elements(right.buffer) + right.offset + matrix * k * n,
          elements(out) + (matrix * m + row) * n, min(rowsPerBlock, m - row), k, n))
    }
    return flag.fault
  }
}
