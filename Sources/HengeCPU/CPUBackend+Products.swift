// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import COpenBLAS
public import HengeBackend
internal import HengeThreads

/// A stack of matrices as OpenBLAS wants each: rows or columns of adjacent elements.
private struct Matrices {
  let view: View
  let isTransposed: Bool
  let leading: Int32
  private let batch: Walk

  /// The stack, or nil where neither rows nor columns are adjacent.
  init?(_ view: View) {
    let rank = view.sizes.count
    let (rows, columns) = (view.sizes[rank - 2], view.sizes[rank - 1])
    let (rowStep, columnStep) = (view.strides[rank - 2], view.strides[rank - 1])
    self.view = view
    batch = Walk(
      sizes: Array(view.sizes[..<(rank - 2)]), offsets: [view.offset],
      strides: [Array(view.strides[..<(rank - 2)])])
    if (columnStep == 1 || columns == 1) && (rowStep >= columns || rows == 1) {
      isTransposed = false
      leading = Int32(clamping: max(1, columns, rows == 1 ? 1 : rowStep))
    } else if (rowStep == 1 || rows == 1) && (columnStep >= rows || columns == 1) {
      isTransposed = true
      leading = Int32(clamping: max(1, rows, columns == 1 ? 1 : columnStep))
    } else {
      return nil
    }
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

  /// Where the part begins that starts at `row` and `column` of a matrix.
  func shift(row: Int, column: Int) -> Int {
    isTransposed ? column * Int(leading) + row : row * Int(leading) + column
  }

  var order: CBLAS_TRANSPOSE { isTransposed ? CblasTrans : CblasNoTrans }
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
    // Tiles of the result, cut by shape; small products are grouped.
    let work = Double(m) * Double(n) * Double(k)
    let isSmall = work <= 0x1p18
    let (tileRows, tileColumns) = isSmall ? (m, n) : (192, 768)
    let (down, across) = (
      (m + tileRows - 1) / tileRows, (n + tileColumns - 1) / tileColumns
    )
    let perBlock = isSmall ? max(1, Int(0x1p18 / max(1, work))) : 1
    let tiles = leftStarts.count * down * across
    try pool.run(blocks: (tiles + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      for tile in block * perBlock..<min(tiles, (block + 1) * perBlock) {
        let (matrix, inside) = (tile / (down * across), tile % (down * across))
        let (row, column) = (inside / across * tileRows, inside % across * tileColumns)
        try gemm(
          left, at: leftStarts[matrix] + left.shift(row: row, column: 0),
          right, at: rightStarts[matrix] + right.shift(row: 0, column: column),
          out, at: (matrix * m + row) * n + column,
          m: min(tileRows, m - row), k: k, n: min(tileColumns, n - column), width: n)
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

  /// The deepest product in one call: an interrupt waits for no more than a tile of it.
  private static let depthPerCall = 8192

  /// One tile, its depth in stretches of fixed length that add to it in order.
  private func gemm(
    _ a: Matrices, at aStart: Int, _ b: Matrices, at bStart: Int, _ out: Buffer, at start: Int,
    m: Int, k: Int, n: Int, width: Int
  ) throws {
    let (rows, columns) = (Int32(clamping: m), Int32(clamping: n))
    for first in stride(from: 0, to: k, by: CPUBackend.depthPerCall) {
      try interrupt?.check()
      let depth = Int32(clamping: min(CPUBackend.depthPerCall, k - first))
      let x = aStart + a.shift(row: 0, column: first)
      let y = bStart + b.shift(row: first, column: 0)
      let keeps = first > 0
      if out.type == .f32 {
        cblas_sgemm(
          CblasRowMajor, a.order, b.order, rows, columns, depth, 1,
          elements(a.view.buffer, Float.self) + x, a.leading,
          elements(b.view.buffer, Float.self) + y, b.leading, keeps ? 1 : 0,
          elements(out, Float.self) + start, Int32(clamping: width))
      } else {
        cblas_dgemm(
          CblasRowMajor, a.order, b.order, rows, columns, depth, 1,
          elements(a.view.buffer, Double.self) + x, a.leading,
          elements(b.view.buffer, Double.self) + y, b.leading, keeps ? 1 : 0,
          elements(out, Double.self) + start, Int32(clamping: width))
      }
    }
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
