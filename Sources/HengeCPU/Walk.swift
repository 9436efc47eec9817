// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

/// The division of an elementwise operation over strided operands into rows for a kernel, and of
/// the rows into blocks for threads.
///
/// Axes with matching strides in every operand are joined, so that whole contiguous tensors become
/// one row. Blocks contain about ``blockLength`` elements and depend only on the sizes.
struct Walk {
  /// Elements in a block: 64 kB of `f32`, which keeps three operands in a second-level cache.
  static let blockLength = 16_384
  /// Work of fewer elements stays on the calling thread: waking another costs more.
  static let smallest = 32_768

  /// The joined axes' sizes, at least two: outer…, rows, elements.
  private(set) var sizes: [Int]
  /// For each operand the steps of the joined axes, outermost first.
  private(set) var steps: [[Int]]
  private let offsets: [Int]

  /// Joins the axes of `sizes` for operands with these `offsets` and `strides`.
  init(sizes: [Int], offsets: [Int], strides: [[Int]]) {
    var joined: [Int] = []
    var steps = strides.map { _ in [Int]() }
    for axis in sizes.indices where sizes[axis] != 1 {
      let size = sizes[axis]
      let joins =
        !joined.isEmpty
        && strides.indices.allSatisfy { steps[$0][joined.count - 1] == strides[$0][axis] &* size }
      if joins {
        joined[joined.count - 1] *= size
        for operand in strides.indices { steps[operand][joined.count - 1] = strides[operand][axis] }
      } else {
        joined.append(size)
        for operand in strides.indices { steps[operand].append(strides[operand][axis]) }
      }
    }
    if joined.contains(0) {
      // Nothing to walk: however the axes step, they are one row of no elements.
      joined = [0]
      steps = strides.map { _ in [0] }
    }
    while joined.count < 2 {
      joined.insert(1, at: 0)
      for operand in strides.indices { steps[operand].insert(0, at: 0) }
    }
    self.sizes = joined
    self.steps = steps
    self.offsets = offsets
  }

  /// Joins the axes of views of equal sizes.
  init(_ views: View...) {
    self.init(
      sizes: views.first?.sizes ?? [], offsets: views.map(\.offset), strides: views.map(\.strides))
  }

  /// Joins the axes of operands of equal sizes, a number repeated along each.
  init(_ operands: ElementOperand...) {
    let sizes = operands.lazy.compactMap(\.view).first?.sizes ?? []
    self.init(
      sizes: sizes, offsets: operands.map { $0.view?.offset ?? 0 },
      strides: operands.map { $0.view?.strides ?? sizes.map { _ in 0 } })
  }

  private var length: Int { sizes[sizes.count - 1] }
  private var rowCount: Int { sizes.dropLast().reduce(1, *) }
  /// All elements.
  var count: Int { length * rowCount }

  /// How operand `operand` steps from row to row and from element to element.
  func kernelSteps(_ operand: Int) -> hk_steps {
    let own = steps[operand]
    return hk_steps(row: own[own.count - 2], element: own[own.count - 1])
  }

  /// A piece for one kernel call.
  struct Piece {
    /// Rows, and elements in each.
    var rows: Int
    var length: Int
    /// The row-major position of the first element among all.
    var position: Int
    /// The position of each operand's first element in its buffer.
    var starts: [Int]
  }

  /// The number of blocks, from the sizes alone.
  var blocks: Int {
    if count < Walk.smallest { return count == 0 ? 0 : 1 }
    if length >= Walk.blockLength { return rowCount * cutsPerRow }
    return (rowCount + rowsPerBlock - 1) / rowsPerBlock
  }

  private var cutsPerRow: Int { (length + Walk.blockLength - 1) / Walk.blockLength }
  private var rowsPerBlock: Int { max(1, Walk.blockLength / max(1, length)) }

  /// Calls `body` for each piece of block `block`.
  func pieces(of block: Int, _ body: (Piece) throws -> Void) rethrows {
    if count < Walk.smallest {
      try walk(rows: 0..<rowCount, elements: 0..<length, body)
    } else if length >= Walk.blockLength {
      let row = block / cutsPerRow
      let first = block % cutsPerRow * Walk.blockLength
      try walk(
        rows: row..<row + 1, elements: first..<min(length, first + Walk.blockLength), body)
    } else {
      let first = block * rowsPerBlock
      try walk(rows: first..<min(rowCount, first + rowsPerBlock), elements: 0..<length, body)
    }
  }

  private func walk(
    rows: Range<Int>, elements: Range<Int>, _ body: (Piece) throws -> Void
  ) rethrows {
    let planeRows = sizes[sizes.count - 2]
    var row = rows.lowerBound
    while row < rows.upperBound {
      let inPlane = row % planeRows
      let run = min(rows.upperBound - row, planeRows - inPlane)
      let starts = steps.indices.map { operand in
        start(of: operand, row: row) + elements.lowerBound * (steps[operand].last ?? 0)
      }
      try body(
        Piece(
          rows: run, length: elements.count, position: row * length + elements.lowerBound,
          starts: starts))
      row += run
    }
  }

  private func start(of operand: Int, row: Int) -> Int {
    var rest = row
    var start = offsets[operand]
    for axis in sizes.indices.dropLast().reversed() {
      start += rest % sizes[axis] * steps[operand][axis]
      rest /= sizes[axis]
    }
    return start
  }
}
