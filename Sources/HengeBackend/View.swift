// SPDX-License-Identifier: MIT

/// Elements of a buffer seen as an array: how far each axis steps, in elements.
///
/// A step of 0 repeats one element along its axis, which is how broadcasting reaches a backend; a
/// negative step walks backwards. Whoever makes a view guarantees that every element it names lies
/// in the buffer.
public struct View {
  /// What the elements lie in.
  public let buffer: Buffer
  /// Where the element with all indices 0 lies.
  public let offset: Int
  /// The size of each axis.
  public let sizes: [Int]
  /// How many elements each axis steps.
  public let strides: [Int]

  /// Keeps the parts.
  public init(_ buffer: Buffer, offset: Int, sizes: [Int], strides: [Int]) {
    precondition(sizes.count == strides.count, "a view has one stride for each axis")
    self.buffer = buffer
    self.offset = offset
    self.sizes = sizes
    self.strides = strides
  }

  /// The whole of `buffer` as an array of `sizes`, last axis fastest.
  public init(_ buffer: Buffer, sizes: [Int]) {
    self.init(buffer, offset: 0, sizes: sizes, strides: View.contiguousStrides(sizes))
  }

  /// The whole of `buffer` as one axis.
  public init(_ buffer: Buffer) { self.init(buffer, sizes: [buffer.count]) }

  /// The number of elements seen.
  public var count: Int { sizes.reduce(1, *) }

  /// What the elements are.
  public var type: ElementType { buffer.type }

  /// Whether the elements lie one after another in row-major order.
  public var isContiguous: Bool {
    if sizes.contains(0) { return true }
    var expected = 1
    for (size, stride) in zip(sizes, strides).reversed() where size != 1 {
      if stride != expected { return false }
      expected *= size
    }
    return true
  }

  /// The strides of a row-major array of `sizes`, whose product must fit an `Int`.
  public static func contiguousStrides(_ sizes: [Int]) -> [Int] {
    var strides = sizes
    var step = 1
    for axis in sizes.indices.reversed() {
      strides[axis] = step
      step *= max(1, sizes[axis])
    }
    return strides
  }
}
