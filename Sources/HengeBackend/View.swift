// SPDX-License-Identifier: MIT

/// Elements of a buffer as an array, with a stride for each axis, in elements.
///
/// A stride of 0 repeats one element along its axis; this is how broadcasting reaches a backend. A
/// negative stride runs backwards. The creator of a view guarantees that all its elements are
/// within the buffer.
public struct View {
  /// The buffer of the elements.
  public let buffer: Buffer
  /// The position of the element with all indices 0.
  public let offset: Int
  /// The size of each axis.
  public let sizes: [Int]
  /// The stride of each axis, in elements.
  public let strides: [Int]

  /// A view from its parts.
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

  /// The element type.
  public var type: ElementType { buffer.type }

  /// Whether the elements are adjacent in row-major order.
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
