// SPDX-License-Identifier: MIT
internal import HengeBackend

// Other shapes of the same elements. All but some reshapes share the storage and copy nothing.

extension Tensor {
  /// The elements in row-major order under another shape; one size may be -1 and is computed.
  ///
  /// Throws `E-shape` where the counts differ. Copies only what is not contiguous.
  public func reshaped(_ sizes: [Int]) throws -> Tensor {
    let shape = try Failure.renaming([nil: "shape"]) { try Shape(try completed(sizes)) }
    guard shape.count == count else {
      throw Failure(
        "E-shape", "cannot reshape \(self.shape) to \(shape)",
        notes: ["\(count) elements against \(shape.count)"], parameter: "shape")
    }
    if shape == self.shape { return self }
    let flat = try contiguous()
    let result = Tensor(
      flat.storage, offset: flat.offset, shape: shape,
      strides: View.contiguousStrides(shape.sizes))
    let own = self.shape.sizes
    return Tensor.record("reshape", from: [self], result) { gradient, _ in
      [try gradient.reshaped(own)]
    }.inPlace(ofAll: [self], isTraced: frame != nil)
  }

  private func completed(_ sizes: [Int]) throws -> [Int] {
    guard let open = sizes.firstIndex(of: -1) else { return sizes }
    guard sizes.count(where: { $0 == -1 }) == 1 else {
      throw Failure(
        "E-shape", "only one size can be -1, to be computed from the others, not \(sizes)",
        parameter: "shape")
    }
    var rest = sizes
    rest.remove(at: open)
    let known = try Shape(rest).count
    guard known > 0, count % known == 0 else {
      throw Failure(
        "E-shape",
        "no size for -1 fits: \(shape) has \(count) elements, and the new sizes are \(sizes)",
        parameter: "shape")
    }
    rest.insert(count / known, at: open)
    return rest
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]`.
  public func permuted(_ order: [Int]) throws -> Tensor {
    let axes = try axes(order, parameter: "order")
    guard axes.count == rank else {
      throw Failure(
        "E-shape", "`order` must name all \(rank) axes of \(shape), not \(order)",
        parameter: "order")
    }
    if axes == Array(0..<rank) { return self }
    let result = Tensor(
      storage, offset: offset, shape: try Shape(axes.map { shape[$0] }),
      strides: axes.map { strides[$0] })
    return Tensor.record("permute", from: [self], result) { gradient, _ in
      [try gradient.permuted(axes.indices.sorted { axes[$0] < axes[$1] })]
    }
  }

  /// The axes in reverse order, or two of them exchanged.
  public func transposed(_ first: Int? = nil, _ second: Int? = nil) throws -> Tensor {
    var order = Array(0..<rank)
    if let first, let second {
      order.swapAt(try axis(first), try axis(second))
    } else {
      order.reverse()
    }
    return try permuted(order)
  }

  /// The elements along `axes` (all, where nil) in reverse order.
  public func flipped(_ axes: [Int]? = nil) throws -> Tensor {
    var (offset, strides) = (offset, strides)
    let axes = try self.axes(axes ?? Array(0..<rank))
    for axis in axes where count > 0 {
      offset += (shape[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    let result = Tensor(storage, offset: offset, shape: shape, strides: strides)
    return Tensor.record("flip", from: [self], result) { gradient, _ in
      [try gradient.flipped(axes)]
    }.moved(from: self, by: mirror(of: axes))
  }

  /// How pixels move where `axes`, counted from the front, are reversed.
  private func mirror(of axes: [Int]) -> AffineMap {
    let across = axes.contains(rank - 1) ? .mirrored(width: shape[rank - 1]) : AffineMap.identity
    let isDown = rank >= 2 && axes.contains(rank - 2)
    return isDown ? across.then(.mirrored(height: shape[rank - 2])) : across
  }

  /// An axis of size 1 put before axis `axis`, which may be one past the last.
  public func expanded(at axis: Int) throws -> Tensor {
    guard axis >= -rank - 1, axis <= rank else { throw Failure.noAxis(axis, of: shape) }
    let place = axis < 0 ? axis + rank + 1 : axis
    var (sizes, strides) = (shape.sizes, strides)
    sizes.insert(1, at: place)
    strides.insert(0, at: place)
    let result = Tensor(storage, offset: offset, shape: try Shape(sizes), strides: strides)
    return Tensor.record("new axis", from: [self], result) { gradient, _ in
      [try gradient.selecting([TensorIndex](repeating: .all, count: place) + [.at(0)])]
    }.inPlace(ofAll: [self], isTraced: frame != nil && place <= rank - 2)
  }

  /// A crop of the last `sizes.count` axes to `sizes`, beginning at `start`.
  ///
  /// If `start` is `nil`, it is centered. Throws `E-shape` if it does not fit.
  public func cropped(to sizes: [Int], at start: [Int]? = nil) throws -> Tensor {
    guard sizes.count <= rank, start.map({ $0.count == sizes.count }) ?? true else {
      let size = sizes.map(String.init).joined(separator: "x")
      throw Failure(
        "E-shape",
        sizes.count > rank
          ? "cannot crop \(shape) to \(size): it has \(rank) axes"
          : "`at` needs \(sizes.count) indices, one for each size, not \(start?.count ?? 0)",
        parameter: sizes.count > rank ? "size" : "at")
    }
    var (all, offset) = (shape.sizes, offset)
    var moved = (x: 0.0, y: 0.0)
    for (index, size) in sizes.enumerated() {
      let axis = rank - sizes.count + index
      let room = shape[axis]
      guard size >= 0, size <= room else {
        throw Failure(
          "E-shape",
          "cannot crop \(shape) to \(sizes.map(String.init).joined(separator: "x"))",
          notes: ["axis \(axis) has size \(room), less than \(size)"], parameter: "size")
      }
      let first = start?[index] ?? (room - size) / 2
      guard first >= 0, first <= room - size else {
        throw Failure(
          "E-index",
          "a crop of \(size) cannot begin at \(first) of axis \(axis), which has \(room)",
          suggestion: "0 to \(room - size)", parameter: "at")
      }
      all[axis] = size
      offset += first * strides[axis]
      if axis == rank - 1 { moved.x = Double(first) }
      if axis == rank - 2 { moved.y = Double(first) }
    }
    let shape = try Shape(all)
    let result = Tensor(
      storage, offset: shape.count == 0 ? self.offset : offset, shape: shape, strides: strides)
    let own = self.shape
    return Tensor.record("crop", from: [self], result) { gradient, _ in
      [try gradient.placed(in: own) { try $0.cropped(to: sizes, at: start) }]
    }.moved(from: self, by: .moved(x: -moved.x, y: -moved.y))
  }
}

extension Tensor {
  /// Zeros of `shape` but for this tensor at `part` of them, a view; in this tensor's order in memory
  /// where that has as many axes.
  func placed(in shape: Shape, at part: (Tensor) throws -> Tensor) throws -> Tensor {
    let order = rank == shape.rank && !repeats ? memoryOrder : Array(0..<shape.rank)
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    try backend.fill(View(result.storage), with: .int(0))
    try backend.convert(view, to: try part(result).view, rounding: .nearest)
    return result
  }
}

extension OpCheck {
  static let reshape = OpCheck("reshape", { try $0[0].reshaped([$0[0].count, 1]) })
  static let permute = OpCheck(
    "permute", { try $0[0].transposed() },
    {
      try $0[0].permuted($0[0].rank < 2 ? Array(0..<$0[0].rank) : [1] + [0] + Array(2..<$0[0].rank))
    })
  static let flip = OpCheck(
    "flip", sizes: { [anySizes(&$0, axes: 1...4)] }, { try $0[0].flipped() },
    { try $0[0].flipped([-1]) })
  static let newAxis = OpCheck(
    "new axis", { try $0[0].expanded(at: 0) }, { try $0[0].expanded(at: -1) })
  static let crop = OpCheck(
    "crop", sizes: { [anySizes(&$0, axes: 2...4)] },
    { x in try x[0].cropped(to: x[0].shape.sizes.suffix(2).map { $0 / 2 }) },
    { x in
      try x[0].cropped(to: [x[0].shape.sizes.last.map { $0 / 2 } ?? 0], at: [0])
    })
}
