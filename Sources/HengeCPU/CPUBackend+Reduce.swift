// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

// Every reduction cuts its operand into parts of fixed length, computes one partial result per part
// in any order, and joins the parts of a result in order: the same bytes with any number of threads.

extension CPUBackend {
  /// Reduces the last axes of `a`, all after the first `kept`, into `out`.
  public func reduce(
    _ reduction: Reduction, _ a: View, kept: Int, into out: Buffer
  ) throws -> ArithmeticFault? {
    if out.count == 0 { return nil }
    switch reduction {
    case .sum where a.type == .i64 || a.type == .u8 || a.type == .bool:
      return try sumIntegers(rows(of: a, kept: kept), into: out)
    case .maximum, .minimum, .argMaximum, .argMinimum:
      if reduction == .maximum || reduction == .minimum, let columns = Columns(a, kept: kept) {
        try columnExtremes(columns, largest: reduction == .maximum, into: out)
        return nil
      }
      try extremes(reduction, rows(of: a, kept: kept), into: out)
      return nil
    case .sum, .mean, .variance, .sumOfSquares:
      try moments(reduction, a, kept: kept, into: out)
      return nil
    }
  }

  /// `a` as rows of adjacent elements, one for each result; copied if its memory order differs.
  func rows(of a: View, kept: Int) throws -> Rows {
    if let rows = Rows(a, kept: kept) { return rows }
    guard let rows = Rows(try contiguous(a), kept: kept) else {
      preconditionFailure("a contiguous view is made of rows")
    }
    return rows
  }

  private func moments(
    _ reduction: Reduction, _ a: View, kept: Int, into out: Buffer
  ) throws {
    let length = a.sizes[kept...].reduce(1, *)
    let sums = try allocate(out.count, .f64)
    let result = elements(sums, Double.self)
    let layout: any SumLayout
    if let columns = Columns(a, kept: kept) {
      layout = columns
    } else {
      layout = try rows(of: a, kept: kept)
    }
    switch reduction {
    case .sumOfSquares:
      result.update(repeating: 0, count: out.count)
      let zeros = try allocate(out.count, .f64)
      elements(zeros, Double.self).update(repeating: 0, count: out.count)
      try layout.sum(on: self, into: result, center: elements(zeros))
    case .variance:
      let means = try allocate(out.count, .f64)
      let center = elements(means, Double.self)
      try layout.sum(on: self, into: center, center: nil)
      for index in 0..<out.count { center[index] /= Double(length) }
      try layout.sum(on: self, into: result, center: center)
    default: try layout.sum(on: self, into: result, center: nil)
    }
    if reduction == .mean || reduction == .variance {
      for index in 0..<out.count { result[index] /= Double(length) }
    }
    try convert(View(sums), to: View(out), rounding: .nearest)
  }

  private func sumIntegers(_ rows: Rows, into out: Buffer) throws -> ArithmeticFault? {
    let flag = FaultFlag()
    let partials = try allocate(rows.count * rows.parts, .i64)
    let sums = elements(partials, Int64.self)
    try rows.eachPart(on: self) { part in
      let start = part.start
      if rows.view.type == .i64 {
        let first = elements(rows.view.buffer, Int64.self) + start
        flag.note(hk_sum_rows_i64(first, rows.step, sums + part.slot, part.rows, part.length))
      } else {
        let first = elements(rows.view.buffer, UInt8.self) + start
        flag.note(hk_sum_rows_u8(first, rows.step, sums + part.slot, part.rows, part.length))
      }
    }
    let result = elements(out, Int64.self)
    flag.note(hk_sum_rows_i64(sums, rows.parts, result, rows.count, rows.parts))
    return flag.fault
  }

  private func extremes(_ reduction: Reduction, _ rows: Rows, into out: Buffer) throws {
    switch rows.view.type {
    case .f32: try extremes(reduction, rows, into: out, Float.self, hk_extreme_rows_f32)
    case .f64: try extremes(reduction, rows, into: out, Double.self, hk_extreme_rows_f64)
    case .i64: try extremes(reduction, rows, into: out, Int64.self, hk_extreme_rows_i64)
    case .u8, .bool: try extremes(reduction, rows, into: out, UInt8.self, hk_extreme_rows_u8)
    }
  }

  /// The extremes of columns: a block of adjacent ones goes through all rows.
  private func columnExtremes(_ columns: Columns, largest: Bool, into out: Buffer) throws {
    let perRow = (columns.width + Columns.blockWidth - 1) / Columns.blockWidth
    let order: Int32 = largest ? 1 : 0
    let buffer = columns.view.buffer
    try pool.run(blocks: columns.outerCount * perRow, interrupt: interrupt) { block in
      let (outer, first) = (block / perRow, block % perRow * Columns.blockWidth)
      let count = min(Columns.blockWidth, columns.width - first)
      let start = columns.view.offset + outer * columns.outerStep + first
      let place = outer * columns.width + first
      let (step, rows) = (columns.step, columns.length)
      switch buffer.type {
      case .f32:
        hk_extreme_columns_f32(
          order, elements(buffer) + start, step, elements(out) + place, rows, count)
      case .f64:
        hk_extreme_columns_f64(
          order, elements(buffer) + start, step, elements(out) + place, rows, count)
      case .i64:
        hk_extreme_columns_i64(
          order, elements(buffer) + start, step, elements(out) + place, rows, count)
      case .u8, .bool:
        hk_extreme_columns_u8(
          order, elements(buffer) + start, step, elements(out) + place, rows, count)
      }
    }
  }

  private typealias ExtremeKernel<T> = (
    Int32, UnsafePointer<T>, Int, UnsafeMutablePointer<Int64>, Int, Int
  ) -> Void

  private func extremes<T: Comparable>(
    _ reduction: Reduction, _ rows: Rows, into out: Buffer, _: T.Type, _ kernel: ExtremeKernel<T>
  ) throws {
    let largest = reduction == .maximum || reduction == .argMaximum
    let partials = try allocate(rows.count * rows.parts, .i64)
    let places = elements(partials, Int64.self)
    let base = elements(rows.view.buffer, T.self) + rows.view.offset
    try rows.eachPart(on: self) { part in
      kernel(
        largest ? 1 : 0, base + (part.start - rows.view.offset), rows.step, places + part.slot,
        part.rows, part.length)
    }
    for row in 0..<rows.count {
      let first = base + row * rows.step
      var best = Int(places[row * rows.parts])
      for part in 1..<max(1, rows.parts) where first[best] == first[best] {
        let other = part * Rows.partLength + Int(places[row * rows.parts + part])
        let (x, y) = (first[other], first[best])
        if x != x || (largest ? x > y : x < y) { best = other }
      }
      if reduction == .maximum || reduction == .minimum {
        elements(out, T.self)[row] = first[best]
      } else {
        elements(out, Int64.self)[row] = Int64(best)
      }
    }
  }
}
