// SPDX-License-Identifier: MIT

extension MemoryBudget {
  /// Calls `body` with the numbers 0..<`count` in stretches, and asks before each whether the user wants
  /// to stop.
  ///
  /// A number means about `weight` simple steps, such as the pixels of a row; a stretch takes some
  /// hundred microseconds.
  public func inStretches(
    _ count: Int, weighing weight: Int = 1, _ body: (Range<Int>) throws -> Void
  ) throws {
    let most = max(1, MemoryBudget.stretch / max(1, weight))
    for first in stride(from: 0, to: count, by: most) {
      try checkStop()
      try body(first..<min(count, first + most))
    }
  }

  private static let stretch = 1 << 18

  /// An array of `rows` times `length` elements, each row written by `write`, in stretches as
  /// ``inStretches(_:weighing:_:)``.
  public func makeRows<Element: BitwiseCopyable>(
    _ rows: Int, of length: Int,
    _ write: (_ row: Int, _ to: UnsafeMutablePointer<Element>) -> Void
  ) throws -> [Element] {
    try [Element](unsafeUninitializedCapacity: rows * length) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      try inStretches(rows, weighing: length) { stretch in
        for row in stretch { write(row, start + row * length) }
      }
      count = rows * length
    }
  }
}
