// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// A product of matrices `[m, k]` and `[k, n]` on the kernels of `henge_products.h`.
///
/// Both matrices are packed once for all threads; of few rows each thread packs what it multiplies. Work
/// is cut by shape alone, and no cut of rows, columns or depth changes a bit of the result.
struct MatrixProduct {
  let backend: CPUBackend
  let m: Int
  let k: Int
  let n: Int
  /// Whether blocks go to the pool; a small product is done sooner than others wake up.
  let isShared: Bool
  private let kernels: hk_product_kernels
  /// Bytes of an element: 4 or 8.
  private let size: Int

  /// The depth that is packed at once, and the columns of the right matrix that go with it: 16 MB
  /// of `f32`.
  private static let deepest = 8192
  private static let mostPacked = 1 << 22
  /// The number of blocks that keeps the threads of a large machine busy.
  static let wantedBlocks = 32
  /// Tiles of rows for which packing the right matrix once for all is not worth the way to memory.
  private static let fewTiles = 10
  /// Tiles of rows in a block: it stays in a second-level cache next to a group of columns.
  private static let tilesPerBlock = 4
  /// Groups of columns that are too few to share among threads.
  private static let fewGroups = 4
  /// Elements of one row and one column that are multiplied between two looks at Ctrl-C.
  private static let longestDot = 1 << 22
  /// Multiplications below which a product is small.
  static let small = 1 << 18

  init(_ backend: CPUBackend, size: Int, m: Int, k: Int, n: Int) {
    self.init(
      backend, size: size, m: m, k: k, n: n,
      isShared: Double(m) * Double(n) * Double(k) > Double(MatrixProduct.small))
  }

  private init(_ backend: CPUBackend, size: Int, m: Int, k: Int, n: Int, isShared: Bool) {
    self.backend = backend
    self.size = size
    (self.m, self.k, self.n) = (m, k, n)
    kernels = backend.kernels.matrices(size: size)
    self.isShared = isShared
  }

  private static let depth = Int(HK_PRODUCT_DEPTH)

  /// Writes the product to `out`, whose rows begin `width` elements apart, or adds it there.
  func run(
    _ a: hk_matrix, _ b: hk_matrix, into out: UnsafeMutableRawPointer, width: Int, adding: Bool
  ) throws {
    guard m > 0, n > 0, k > 0 else { return }
    if m == 1, n == 1 { return try dot(a, b, into: out, adding: adding) }
    // A column is computed as a row, whose elements fill vectors.
    if n == 1, m > 1, width == 1 {
      return try MatrixProduct(backend, size: size, m: 1, k: k, n: m)
        .run(b.transposed, a.transposed, into: out, width: m, adding: adding)
    }
    if tiles(m) <= MatrixProduct.fewTiles {
      let groups = (n + group(n) - 1) / group(n)
      if isShared, groups < MatrixProduct.fewGroups, k > MatrixProduct.depth {
        return try runDeep(a, b, into: out, width: width, adding: adding)
      }
      return try runAlone(a, b, into: out, width: width, adding: adding)
    }
    let columns = max(
      largestGroup,
      MatrixProduct.mostPacked / min(k, MatrixProduct.deepest) / largestGroup * largestGroup)
    for first in stride(from: 0, to: n, by: columns) {
      for top in stride(from: 0, to: k, by: MatrixProduct.deepest) {
        let strip = Strip(
          columns: first..<min(n, first + columns), depth: top..<min(k, top + MatrixProduct.deepest)
        )
        try runStrip(strip, a, b, into: out, width: width, adding: adding || top > 0)
      }
    }
  }

  /// A part of the right matrix that is packed at once.
  private struct Strip {
    let columns: Range<Int>
    let depth: Range<Int>
  }

  private func dot(
    _ a: hk_matrix, _ b: hk_matrix, into out: UnsafeMutableRawPointer, adding: Bool
  ) throws {
    for top in stride(from: 0, to: k, by: MatrixProduct.longestDot) {
      try backend.interrupt?.check()
      var (row, column) = (part(of: a, row: 0, column: top), part(of: b, row: top, column: 0))
      kernels.dot(
        &row, &column, min(MatrixProduct.longestDot, k - top), out, adding || top > 0 ? 1 : 0)
    }
  }

  // MARK: How work is cut

  private var largestGroup: Int { 256 }

  /// Blocks of rows, in whole tiles.
  private var rowBlocks: Int {
    (tiles(m) + MatrixProduct.tilesPerBlock - 1) / MatrixProduct.tilesPerBlock
  }

  private func rows(of block: Int) -> Range<Int> {
    let (count, tiles) = (rowBlocks, tiles(m))
    func row(_ block: Int) -> Int { m * (tiles * block / count) / tiles }
    return row(block)..<row(block + 1)
  }

  /// The columns of a block: fewer where there are few blocks of rows.
  private func group(_ columns: Int) -> Int {
    var group = largestGroup
    while group > 128, rowBlocks * ((columns + group - 1) / group) < MatrixProduct.wantedBlocks {
      group /= 2
    }
    return group
  }

  private func each(_ blocks: Int, _ body: (Int) throws -> Void) throws {
    if isShared {
      try backend.pool.run(blocks: blocks, interrupt: backend.interrupt, body)
    } else {
      for block in 0..<blocks { try body(block) }
    }
  }

  // MARK: Packing and multiplying

  /// Memory for this many elements; freed memory is kept for the next product.
  private func room(_ elements: Int) throws -> HostBuffer {
    backend.host(try backend.allocate(elements, size == 8 ? .f64 : .f32))
  }

  private func element(_ pointer: UnsafeMutableRawPointer, _ index: Int) -> UnsafeMutableRawPointer
  {
    pointer + index * size
  }

  private func part(of matrix: hk_matrix, row: Int, column: Int) -> hk_matrix {
    hk_matrix(
      at: matrix.at + (row * matrix.row + column * matrix.column) * size, row: matrix.row,
      column: matrix.column)
  }

  private func rounded(_ columns: Int) -> Int {
    (columns + kernels.panel - 1) / kernels.panel * kernels.panel
  }

  private func runStrip(
    _ strip: Strip, _ a: hk_matrix, _ b: hk_matrix, into out: UnsafeMutableRawPointer, width: Int,
    adding: Bool
  ) throws {
    let (columns, depth) = (strip.columns.count, strip.depth.count)
    let group = group(columns)
    let groups = (columns + group - 1) / group
    let stretches = (depth + MatrixProduct.depth - 1) / MatrixProduct.depth
    let packed = try room(rounded(columns) * depth)
    defer { withExtendedLifetime(packed) {} }
    let right = packed.address
    /// The depth of stretch `number`, and where its columns from `first` on are packed.
    func stretch(_ number: Int, _ first: Int) -> (depth: Range<Int>, at: UnsafeMutableRawPointer) {
      let top = number * MatrixProduct.depth
      let range = top..<min(depth, top + MatrixProduct.depth)
      return (range, element(right, top * rounded(columns) + first * range.count))
    }
    try each(stretches * groups) { block in
      let first = block % groups * group
      let (range, at) = stretch(block / groups, first)
      var from = part(
        of: b, row: strip.depth.lowerBound + range.lowerBound,
        column: strip.columns.lowerBound + first)
      kernels.pack_right(&from, range.count, min(group, columns - first), at)
    }
    // As many blocks of rows as are packed at once.
    let slot = MatrixProduct.tilesPerBlock * kernels.tile
    let most = max(1, MatrixProduct.mostPacked / (slot * stretches))
    let left = try room(min(most, rowBlocks) * stretches * slot)
    defer { withExtendedLifetime(left) {} }
    for begin in stride(from: 0, to: rowBlocks, by: most) {
      let blocks = begin..<min(rowBlocks, begin + most)
      /// Where the rows of a block are packed for a stretch, and what they are there.
      func part(_ block: Int, _ number: Int) -> (at: UnsafeMutableRawPointer, matrix: hk_matrix) {
        let top = strip.depth.lowerBound + number * MatrixProduct.depth
        return (
          element(left.address, ((block - begin) * stretches + number) * slot),
          self.part(of: a, row: rows(of: block).lowerBound, column: top)
        )
      }
      try each(blocks.count * stretches) { block in
        let (row, number) = (begin + block / stretches, block % stretches)
        var (at, matrix) = part(row, number)
        kernels.pack_left(&matrix, rows(of: row).count, stretch(number, 0).depth.count, at)
      }
      try each(blocks.count * groups) { block in
        let (row, first) = (begin + block % blocks.count, block / blocks.count * group)
        let rows = rows(of: row)
        for number in 0..<stretches {
          try backend.interrupt?.check()
          let (range, right) = stretch(number, first)
          var (left, matrix) = part(row, number)
          kernels.multiply(
            &matrix, left, right, rows.count, min(group, columns - first), range.count,
            element(out, rows.lowerBound * width + strip.columns.lowerBound + first), width,
            adding || number > 0 ? 1 : 0)
        }
      }
    }
  }

  /// Few rows: each block of columns is packed by whoever multiplies it, panel by panel, and is in the
  /// cache then.
  private func runAlone(
    _ a: hk_matrix, _ b: hk_matrix, into out: UnsafeMutableRawPointer, width: Int, adding: Bool
  ) throws {
    let group = group(n)
    let slot = tiles(m) * kernels.tile
    for top in stride(from: 0, to: k, by: MatrixProduct.deepest) {
      let bottom = min(k, top + MatrixProduct.deepest)
      let stretches = (bottom - top + MatrixProduct.depth - 1) / MatrixProduct.depth
      let left = try room(stretches * slot)
      defer { withExtendedLifetime(left) {} }
      /// The depth of stretch `number`, its left rows, and where they are packed.
      func stretch(_ number: Int) -> (depth: Range<Int>, hk_matrix, at: UnsafeMutableRawPointer) {
        let first = top + number * MatrixProduct.depth
        return (
          first..<min(bottom, first + MatrixProduct.depth), part(of: a, row: 0, column: first),
          element(left.address, number * slot)
        )
      }
      try each(stretches) { number in
        let (depth, from, at) = stretch(number)
        var rows = from
        kernels.pack_left(&rows, m, depth.count, at)
      }
      try each((n + group - 1) / group) { block in
        let columns = block * group..<min(n, (block + 1) * group)
        let right = try room(kernels.panel * MatrixProduct.depth)
        defer { withExtendedLifetime(right) {} }
        for number in 0..<stretches {
          try backend.interrupt?.check()
          let (depth, from, at) = stretch(number)
          var rows = from
          for first in stride(from: columns.lowerBound, to: columns.upperBound, by: kernels.panel) {
            let count = min(kernels.panel, columns.upperBound - first)
            var panel = part(of: b, row: depth.lowerBound, column: first)
            kernels.pack_right(&panel, depth.count, count, right.address)
            kernels.multiply(
              &rows, at, right.address, m, count, depth.count, element(out, first), width,
              adding || top > 0 || number > 0 ? 1 : 0)
          }
        }
      }
    }
  }

  /// Few rows and columns: each stretch of the depth has a result of its own, on whichever thread, and the
  /// results are added up in order, so that each element is what ``runAlone`` makes it.
  private func runDeep(
    _ a: hk_matrix, _ b: hk_matrix, into out: UnsafeMutableRawPointer, width: Int, adding: Bool
  ) throws {
    for top in stride(from: 0, to: k, by: MatrixProduct.deepest) {
      let depth = min(MatrixProduct.deepest, k - top)
      let stretches = (depth + MatrixProduct.depth - 1) / MatrixProduct.depth
      let parts = try room(stretches * m * n)
      defer { withExtendedLifetime(parts) {} }
      try each(stretches) { number in
        let first = number * MatrixProduct.depth
        let range = first..<min(depth, first + MatrixProduct.depth)
        try MatrixProduct(backend, size: size, m: m, k: range.count, n: n, isShared: false)
          .runAlone(
            part(of: a, row: 0, column: top + first), part(of: b, row: top + first, column: 0),
            into: element(parts.address, number * m * n), width: n, adding: false)
      }
      if size == 8 {
        addParts(Double.self, parts.address, stretches, into: out, width, adding || top > 0)
      } else {
        addParts(Float.self, parts.address, stretches, into: out, width, adding || top > 0)
      }
    }
  }

  private func addParts<Element: BinaryFloatingPoint>(
    _: Element.Type, _ parts: UnsafeMutableRawPointer, _ count: Int,
    into out: UnsafeMutableRawPointer, _ width: Int, _ adding: Bool
  ) {
    let (from, to) = (
      parts.assumingMemoryBound(to: Element.self), out.assumingMemoryBound(to: Element.self)
    )
    for row in 0..<m {
      let line = to + row * width
      for number in 0..<count {
        let part = from + (number * m + row) * n
        if number == 0, !adding {
          line.update(from: part, count: n)
        } else {
          for column in 0..<n { line[column] += part[column] }
        }
      }
    }
  }

  private func tiles(_ rows: Int) -> Int { (rows + kernels.rows - 1) / kernels.rows }
}

extension hk_matrix {
  /// The matrix with rows for columns.
  var transposed: hk_matrix { hk_matrix(at: at, row: column, column: row) }
}
