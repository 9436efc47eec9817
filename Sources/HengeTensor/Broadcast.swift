// SPDX-License-Identifier: MIT
public import HengeBackend

/// The result of broadcasting two shapes.
public struct Broadcast: Equatable, Sendable {
  /// The result's shape.
  public let shape: Shape
  /// Whether the result is larger than both operands: often a mistake, such as 3x1 with 1x3.
  public let outgrowsBoth: Bool
}

extension Shape {
  /// Aligns trailing axes, which must be equal or 1; nil where they are not.
  ///
  /// Throws `E-shape` where the result has more elements than can be counted.
  public func broadcast(with other: Shape) throws -> Broadcast? {
    var sizes: [Int] = []
    for back in 1..<max(rank, other.rank) + 1 {
      let own = back <= rank ? self[rank - back] : 1
      let theirs = back <= other.rank ? other[other.rank - back] : 1
      guard own == theirs || own == 1 || theirs == 1 else { return nil }
      sizes.append(own == 1 ? theirs : own)
    }
    let shape = try Shape(sizes.reversed())
    return Broadcast(
      shape: shape, outgrowsBoth: shape.count > count && shape.count > other.count)
  }
}

extension Tensor {
  /// The tensor repeated along axes of size 1, and new leading ones, to `shape`; copies nothing.
  ///
  /// Throws `E-shape` where `shape` is not one this tensor broadcasts to.
  public func broadcast(to shape: Shape) throws -> Tensor {
    guard let view = expanded(to: shape) else {
      throw Failure.cannotCombine("broadcast", self.shape, shape, joinedBy: "to")
    }
    return view
  }

  /// As ``broadcast(to:)``, or nil.
  func expanded(to shape: Shape) -> Tensor? {
    if shape == self.shape { return self }
    let added = shape.rank - rank
    guard added >= 0 else { return nil }
    var strides = [Int](repeating: 0, count: added) + self.strides
    for axis in 0..<rank where self.shape[axis] != shape[axis + added] {
      guard self.shape[axis] == 1 else { return nil }
      strides[axis + added] = 0
    }
    let own = self.shape
    let result = Tensor(storage, offset: offset, shape: shape, strides: strides)
    return Tensor.record("broadcast", from: [self], result) { gradient, _ in
      [try gradient.summed(to: own)]
    }
  }

  /// The sums over the axes along which a tensor of `shape` was repeated to this tensor's: the
  /// adjoint of ``broadcast(to:)``.
  func summed(to shape: Shape) throws -> Tensor {
    let added = rank - shape.rank
    let axes = (0..<rank).filter { $0 < added || shape[$0 - added] != self.shape[$0] }
    return try sum(axes, keepingAxes: true).reshaped(shape.sizes)
  }
}

extension OpCheck {
  static let broadcast = OpCheck(
    "broadcast",
    sizes: { stream in [[size(&stream), 1, size(&stream)]] },
    { try $0[0].broadcast(to: Shape([2, $0[0].shape[0], 3, $0[0].shape[2]])) },
    { try $0[0].broadcast(to: Shape([$0[0].shape[0], 0, $0[0].shape[2]])) })
}
