// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

/// The sort and merge kernels of one element type.
private struct SortKernels<T> {
  /// Elements in a run that one call sorts, within a few milliseconds.
  let run: Int
  let sort:
    (UnsafePointer<T>, UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Int64>, Int, Int32) -> Void
  let merge:
    (
      UnsafePointer<T>, UnsafePointer<Int64>, UnsafeMutablePointer<Int64>,
      UnsafeMutablePointer<hk_runs>, Int, Int32
    ) -> Void
}

extension CPUBackend {
  /// Orders the last axis, stably, NaN last.
  public func sort(_ a: View, descending: Bool, into out: Buffer?, indices: Buffer?) throws {
    let length = a.sizes.last ?? 1
    if a.count == 0 { return }
    let flat = try contiguous(a)
    if let out, indices == nil, !descending, a.type == .f32,
      CPUBackend.lengthsOfValues.contains(length)
    {
      return try sortValues(flat, length, into: out)
    }
    let order = try indices ?? allocate(flat.count, .i64)
    let scratch = try allocate(flat.count, .i64)
    let (places, spare) = (elements(order, Int64.self), elements(scratch, Int64.self))
    switch a.type {
    case .f32:
      try sort(
        elements(flat.buffer, Float.self) + flat.offset, places, spare, flat.count, length,
        descending, SortKernels(run: 1 << 19, sort: hk_sort_f32, merge: hk_merge_f32))
    case .f64:
      try sort(
        elements(flat.buffer, Double.self) + flat.offset, places, spare, flat.count, length,
        descending, SortKernels(run: 65_536, sort: hk_sort_f64, merge: hk_merge_f64))
    case .i64:
      try sort(
        elements(flat.buffer, Int64.self) + flat.offset, places, spare, flat.count, length,
        descending, SortKernels(run: 65_536, sort: hk_sort_i64, merge: hk_merge_i64))
    case .u8, .bool:
      try sort(
        elements(flat.buffer, UInt8.self) + flat.offset, places, spare, flat.count, length,
        descending, SortKernels(run: 1 << 19, sort: hk_sort_u8, merge: hk_merge_u8))
    }
    guard let out else { return }
    let size = a.type.size
    for row in stride(from: 0, to: flat.count, by: length) {
      try eachStretch(of: length) { begin, count in
        hk_take(
          Int32(size), first(of: flat) + row * size, 1, places + row + begin, 1,
          host(out).address + (row + begin) * size, 1, count)
      }
    }
  }

  /// Rows whose values are sorted without their places: for shorter ones the tables of digits cost
  /// more than they save, longer ones would take a call of more than some milliseconds.
  private static let lengthsOfValues = 2048...1 << 20

  /// Sorts rows of `length` values, which takes a fraction of what sorting their places does.
  private func sortValues(_ flat: View, _ length: Int, into out: Buffer) throws {
    let scratch = try allocate(flat.count, .f32)
    let (source, target, spare) = (
      elements(flat.buffer, Float.self) + flat.offset, elements(out, UInt32.self),
      elements(scratch, UInt32.self)
    )
    try withExtendedLifetime(scratch) {
      try pool.run(blocks: flat.count / length, interrupt: interrupt) { row in
        let start = row * length
        hk_sort_values_f32(source + start, target + start, spare + start, length)
      }
    }
  }

  /// Sorts each row of `length` elements; a long one in runs, which are then merged.
  private func sort<T>(
    _ values: UnsafePointer<T>, _ places: UnsafeMutablePointer<Int64>,
    _ spare: UnsafeMutablePointer<Int64>, _ count: Int, _ length: Int, _ descending: Bool,
    _ kernels: SortKernels<T>
  ) throws {
    let order: Int32 = descending ? 1 : 0
    let run = min(length, kernels.run)
    let perRow = (length + run - 1) / run
    try pool.run(blocks: count / length * perRow, interrupt: interrupt) { block in
      let (row, begin) = (block / perRow * length, block % perRow * run)
      let some = min(run, length - begin)
      let here = places + row + begin
      kernels.sort(values + row + begin, here, spare + row + begin, some, order)
      if begin > 0 { for index in 0..<some { here[index] += Int64(begin) } }
    }
    guard perRow > 1 else { return }
    for row in stride(from: 0, to: count, by: length) {
      try merge(values + row, places + row, spare + row, length, order, kernels)
    }
  }

  /// Merges the sorted runs of one row, two by two, until one is left.
  private func merge<T>(
    _ values: UnsafePointer<T>, _ places: UnsafeMutablePointer<Int64>,
    _ spare: UnsafeMutablePointer<Int64>, _ length: Int, _ order: Int32, _ kernels: SortKernels<T>
  ) throws {
    var (from, to) = (places, spare)
    var width = kernels.run
    while width < length {
      let pair = 2 * width
      let (source, target) = (from, to)
      try pool.run(blocks: (length + pair - 1) / pair, interrupt: interrupt) { block in
        let (low, high) = (block * pair, min(length, (block + 1) * pair))
        let middle = min(low + width, high)
        var runs = hk_runs(left: low, middle: middle, right: middle, high: high)
        for begin in stride(from: low, to: high, by: kernels.run) {
          try interrupt?.check()
          kernels.merge(
            values, source, target, &runs, min(kernels.run, high - begin), order)
        }
      }
      swap(&from, &to)
      width = pair
    }
    guard from != places else { return }
    try eachStretch(of: length) { begin, count in
      (places + begin).update(from: from + begin, count: count)
    }
  }
}
