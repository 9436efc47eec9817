// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The elements at `indices` along `axis`, at the same indices of the other axes.
  ///
  /// `y[i, j] = x[indices[i, j], j]` for axis 0 of two: numpy's `take_along_axis`, PyTorch's
  /// `gather`. `indices` is `i64` with as many axes, of equal size except for `axis`; negative ones
  /// count from the end. Throws `E-index` for an index outside its axis.
  public func gathered(_ indices: Tensor, axis: Int) throws -> Tensor {
    let place = try self.axis(axis)
    var expected = shape.sizes
    if indices.rank == rank { expected[place] = indices.shape[place] }
    guard indices.shape.sizes == expected else {
      let sizes = shape.sizes.enumerated().map { $0 == place ? "N" : String($1) }
      let wanted = sizes.joined(separator: "x")
      throw Failure(
        "E-shape",
        "gather along axis \(axis) of \(shape) takes indices of \(wanted), not \(indices.shape)",
        parameter: "indices")
    }
    let positions = try indices.positions(along: place, of: self)
    let result = try Tensor.empty(indices.shape, type, on: backend)
    try backend.takeAlong(view, axis: place, indices: positions.view, into: result.storage)
    let own = shape
    return Tensor.record("gather", from: [self], result) { gradient, _ in
      [try gradient.addedAlong(place, positions.view, to: own)]
    }
  }

  /// The elements at `(rows[i], columns[i], …)`: one list of positions for each leading axis.
  ///
  /// Numpy's `x[rows, columns]`. The lists are of one length, which is the result's first axis; axes
  /// without a list follow. Throws `E-index` for a position outside its axis, `E-shape` for lists of
  /// different lengths or more lists than axes.
  public func picked(_ lists: [[Int]]) throws -> Tensor {
    guard let length = lists.first?.count, lists.count <= rank,
      lists.allSatisfy({ $0.count == length })
    else {
      throw Failure(
        "E-shape", "pick takes one list for each leading axis of \(shape), all of the same length",
        notes: ["given: lists of \(lists.map(\.count))"])
    }
    var positions = [Int](repeating: 0, count: length)
    for (axis, list) in lists.enumerated() {
      for (index, position) in list.enumerated() {
        let size = shape[axis]
        guard position >= -size, position < size else {
          throw Failure.index(position, axis: axis, of: shape)
        }
        positions[index] = positions[index] * size + (position < 0 ? position + size : position)
      }
    }
    let leading = shape.sizes[..<lists.count].reduce(1, *)
    let flat = try reshaped([leading] + shape.sizes[lists.count...])
    return try flat.selecting([.list(positions)])
  }

  /// Indices as positions along `axis` of `source`: checked, none negative.
  private func positions(along axis: Int, of source: Tensor) throws -> Tensor {
    guard type == .i64 else {
      throw Failure.wrongType("gather", type, wants: "i64 indices", try: "i64(…)")
    }
    guard count > 0 else { return self }
    let size = source.shape[axis]
    for extreme in try minimum().ints() + maximum().ints() where extreme < -size || extreme >= size
    {
      throw Failure.index(extreme, axis: axis, of: source.shape)
    }
    let isNegative = try Tensor.compare(.less, .tensor(self), 0)
    guard case .bool(true) = try isNegative.any().item() else { return self }
    return try Tensor.choose(
      isNegative, .tensor(self + .int(size)), .tensor(self))
  }
}

extension OpCheck {
  static let gather = OpCheck(
    "gather", sizes: { [[1 + $0.next(below: 4)] + anySizes(&$0, axes: 0...3)] },
    {
      let x = $0[0].detached()
      let steps = try x.argsorted(axis: 0)
      return try $0[0].gathered(steps, axis: 0)
    },
    {
      let first = try Tensor.zeros(
        Shape([3] + $0[0].shape.sizes.dropFirst()), .i64, on: $0[0].backend)
      return try $0[0].gathered(first - 1, axis: 0)
    })
}
