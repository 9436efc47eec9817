// SPDX-License-Identifier: MIT
internal import HengeBackend

// Results of elementwise operations keep the memory order of an operand: the result of a
// convolution stays channels-last, and is processed in one run.

extension Tensor {
  /// The axes from the one that steps farthest to the one that steps least.
  var memoryOrder: [Int] {
    if isContiguous { return Array(0..<rank) }
    return (0..<rank).sorted {
      let (a, b) = (abs(strides[$0]), abs(strides[$1]))
      return a == b ? $0 < $1 : a > b
    }
  }

  /// Whether some element is seen more than once, as in a broadcast.
  var repeats: Bool { zip(shape.sizes, strides).contains { $0 > 1 && $1 == 0 } }

  /// The order of the first of `operands`, all of `shape`, that repeats no element: what is broadcast, as
  /// a number is, has no order of its own.
  static func memoryOrder(of operands: [Operand], _ shape: Shape) -> [Int] {
    func repeats(_ operand: Operand) -> Bool {
      operand.tensorOrNil?.repeats ?? shape.sizes.contains { $0 > 1 }
    }
    let first = operands.first { !repeats($0) } ?? operands[0]
    return first.tensorOrNil?.memoryOrder ?? Array(0..<shape.rank)
  }

  /// A tensor of `shape` with uninitialized elements in the memory order `order`, whose last axis
  /// is fastest.
  static func empty(
    _ shape: Shape, _ type: ElementType, inOrder order: [Int], on backend: any Backend
  ) throws -> Tensor {
    let inMemory = View.contiguousStrides(order.map { shape[$0] })
    var strides = inMemory
    for (place, axis) in order.enumerated() { strides[axis] = inMemory[place] }
    return Tensor(
      try backend.allocate(shape.count, type), offset: 0, shape: shape, strides: strides)
  }
}

extension View {
  /// The same view with its axes in another order.
  func inOrder(_ order: [Int]) -> View {
    View(buffer, offset: offset, sizes: order.map { sizes[$0] }, strides: order.map { strides[$0] })
  }
}
