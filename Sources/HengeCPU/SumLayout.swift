// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// The memory layout of a float reduction's elements, and how to sum them.
protocol SumLayout {
  /// Sums each result's elements into `sums`; with `center`, the squares of their distances to it.
  func sum(
    on backend: CPUBackend, into sums: UnsafeMutablePointer<Double>,
    center: UnsafePointer<Double>?) throws
}

/// One row of adjacent elements for each result.
struct Rows: SumLayout {
  /// Elements in a part of a row; longer rows are cut.
  static let partLength = 65_536

  let view: View
  /// The number of rows, their length, and their distance.
  let count: Int
  let length: Int
  let step: Int

  /// The rows of `view`, or nil where a result's elements are not adjacent or rows not evenly apart.
  init?(_ view: View, kept: Int) {
    let outer = Walk(
      sizes: Array(view.sizes[..<kept]), offsets: [0], strides: [Array(view.strides[..<kept])])
    let inner = Walk(
      sizes: Array(view.sizes[kept...]), offsets: [0], strides: [Array(view.strides[kept...])])
    guard outer.isOneAxis, inner.isOneAxis else { return nil }
    guard inner.count <= 1 || inner.kernelSteps(0).element == 1 else { return nil }
    self.view = view
    count = outer.count
    length = inner.count
    step = outer.kernelSteps(0).element
  }

  /// Parts in a row.
  var parts: Int { max(1, (length + Rows.partLength - 1) / Rows.partLength) }

  /// Some whole rows, or one part of one row.
  struct Part {
    /// The position of its first element in the buffer.
    var start: Int
    var rows: Int
    var length: Int
    /// The index of its first partial result.
    var slot: Int
  }

  /// Calls `body` for each part, on the pool where there is enough to do.
  func eachPart(on backend: CPUBackend, _ body: (Part) throws -> Void) throws {
    if parts > 1 {
      try backend.pool.run(blocks: count * parts, interrupt: backend.interrupt) { block in
        let begin = block % parts * Rows.partLength
        try body(
          Part(
            start: view.offset + block / parts * step + begin, rows: 1,
            length: min(Rows.partLength, length - begin), slot: block))
      }
      return
    }
    let perBlock = max(1, Walk.smallest / max(1, length))
    try backend.pool.run(
      blocks: (count + perBlock - 1) / perBlock, interrupt: backend.interrupt
    ) { block in
      let first = block * perBlock
      try body(
        Part(
          start: view.offset + first * step, rows: min(perBlock, count - first), length: length,
          slot: first))
    }
  }

  func sum(
    on backend: CPUBackend, into sums: UnsafeMutablePointer<Double>, center: UnsafePointer<Double>?
  ) throws {
    let partials = try backend.allocate(count * parts, .f64)
    let slots = backend.elements(partials, Double.self)
    let buffer = view.buffer
    try eachPart(on: backend) { part in
      let out = slots + part.slot
      let c = center.map { $0 + part.slot / parts }
      switch (buffer.type, c) {
      case (.f32, nil):
        hk_sum_rows_f32(backend.elements(buffer) + part.start, step, out, part.rows, part.length)
      case (.f32, let c?):
        hk_squares_rows_f32(
          backend.elements(buffer) + part.start, step, c, out, part.rows, part.length)
      case (_, nil):
        hk_sum_rows_f64(backend.elements(buffer) + part.start, step, out, part.rows, part.length)
      case (_, let c?):
        hk_squares_rows_f64(
          backend.elements(buffer) + part.start, step, c, out, part.rows, part.length)
      }
    }
    hk_sum_rows_f64(slots, parts, sums, count, parts)
  }
}

/// Results adjacent in memory, with the elements of each a fixed step apart.
///
/// The mean over a batch has this layout. Whole rows are added to a row of sums, which reads memory
/// in order.
struct Columns: SumLayout {
  /// Columns in a block, and rows in a part: fixed, so that sums are.
  static let blockWidth = 2048
  static let partLength = 256

  let view: View
  let outerCount: Int
  let outerStep: Int
  let width: Int
  let length: Int
  let step: Int

  /// The columns of `view`, or `nil` if its layout differs, or there are too few columns to matter.
  init?(_ view: View, kept: Int) {
    let reduced = Walk(
      sizes: Array(view.sizes[kept...]), offsets: [0], strides: [Array(view.strides[kept...])])
    let keptAxes = Walk(
      sizes: Array(view.sizes[..<kept]), offsets: [0], strides: [Array(view.strides[..<kept])])
    let steps = keptAxes.kernelSteps(0)
    guard reduced.isOneAxis, keptAxes.sizes.count == 2, steps.element == 1,
      keptAxes.sizes[1] >= 8, reduced.count > 1
    else { return nil }
    self.view = view
    outerCount = keptAxes.sizes[0]
    outerStep = steps.row
    width = keptAxes.sizes[1]
    length = reduced.count
    step = reduced.kernelSteps(0).element
  }

  func sum(
    on backend: CPUBackend, into sums: UnsafeMutablePointer<Double>, center: UnsafePointer<Double>?
  ) throws {
    let parts = (length + Columns.partLength - 1) / Columns.partLength
    let columns = outerCount * width
    let partials = try backend.allocate(columns * parts, .f64)
    let slots = backend.elements(partials, Double.self)
    slots.update(repeating: 0, count: columns * parts)
    let perRow = (width + Columns.blockWidth - 1) / Columns.blockWidth
    let blocks = outerCount * perRow * parts
    let isSmall = columns * length < Walk.smallest
    func block(_ index: Int) {
      let part = index % parts
      let outer = index / parts / perRow
      let first = index / parts % perRow * Columns.blockWidth
      let count = min(Columns.blockWidth, width - first)
      let begin = part * Columns.partLength
      let rows = min(Columns.partLength, length - begin)
      let start = view.offset + outer * outerStep + begin * step + first
      let column = outer * width + first
      let out = slots + part * columns + column
      let c = center.map { $0 + column }
      if view.type == .f32 {
        hk_sum_columns_f32(backend.elements(view.buffer) + start, step, c, out, rows, count)
      } else {
        hk_sum_columns_f64(backend.elements(view.buffer) + start, step, c, out, rows, count)
      }
    }
    if isSmall {
      for index in 0..<blocks { block(index) }
    } else {
      try backend.pool.run(blocks: blocks, interrupt: backend.interrupt) { block($0) }
    }
    sums.update(repeating: 0, count: columns)
    hk_sum_columns_f64(slots, columns, nil, sums, parts, columns)
  }
}

extension Walk {
  /// Whether all joined into one axis.
  var isOneAxis: Bool { sizes.count == 2 && sizes[0] == 1 }
}
