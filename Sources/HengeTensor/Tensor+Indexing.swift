// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The part of the tensor selected by `x[…]`.
  ///
  /// Ints remove their axis, slices keep it, one list selects positions along its axis, a mask
  /// returns the selected elements as one axis. Shares storage unless a list or mask is used.
  ///
  /// Throws `E-index` for positions outside their axis (with axis, size and valid range), too many
  /// indices, or two lists; `E-shape` for a mask of another shape; `E-range` for a step of 0.
  public func selecting(_ indices: [TensorIndex]) throws -> Tensor {
    let selection = try selection(indices)
    if let mask = selection.mask {
      let positions = try backend.positions(of: mask.view)
      return try Tensor.taken(try reshaped([count]), axis: 0, positions)
    }
    var part = recordSlice(selection.part, indices)
    if let list = selection.list {
      let positions = try Tensor(list.positions, try Shape([list.positions.count]), on: backend)
      part = try Tensor.taken(part, axis: list.axis, positions.storage)
    }
    guard frame != nil, let movement = movement(selecting: indices) else { return part.untraced() }
    return part.moved(from: self, by: movement)
  }

  private func recordSlice(_ part: Tensor, _ indices: [TensorIndex]) -> Tensor {
    if part.shape == shape, part.strides == strides, part.offset == offset { return self }
    let own = shape
    return Tensor.recordParts("slice", from: [self], part) { gradient, _ in
      let slope = gradient
      return [
        .addition { sum in
          guard var whole = sum else {
            sum = try slope.placed(in: own) { try $0.selection(indices).part }
            return
          }
          // Only the part is touched, and in place where the memory is nobody else's.
          sum = nil
          try whole.makeUnique()
          let place = try whole.selection(indices).part
          let added = try place + slope
          try added.backend.convert(added.view, to: place.view, rounding: .nearest)
          sum = whole
        }
      ]
    }
  }

  static func taken(_ source: Tensor, axis: Int, _ positions: Buffer) throws -> Tensor {
    var sizes = source.shape.sizes
    sizes[axis] = positions.count
    let result = try empty(try Shape(sizes), source.type, on: source.backend)
    try source.backend.take(source.view, axis: axis, indices: positions, into: result.storage)
    let (own, joined) = (source.shape, sizes)
    return record("take", from: [source], result) { gradient, _ in
      var strides = [Int](repeating: 0, count: own.rank)
      strides[axis] = 1
      let indices = View(positions, offset: 0, sizes: joined, strides: strides)
      return [try gradient.addedAlong(axis, indices, to: own)]
    }
  }

  /// Zeros of `shape`, to which each element is added at its index along `axis`.
  func addedAlong(_ axis: Int, _ indices: View, to shape: Shape) throws -> Tensor {
    let order = repeats ? Array(0..<rank) : memoryOrder
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    try backend.fill(View(result.storage), with: .int(0))
    try backend.addAlong(view, axis: axis, indices: indices, to: result.view)
    return result
  }

  /// Sets the part that `x[…] = value` names.
  ///
  /// The value broadcasts to the selection and takes this tensor's type; no other tensor changes. Of
  /// equal positions in a list, the last wins.
  ///
  /// Numbers become `u8` rounded and clamped. Throws what ``selecting(_:)`` throws, `E-shape` where
  /// the value does not broadcast, `E-type` where numbers would become truth values or fractions
  /// integers.
  public mutating func assign(_ value: Operand, at indices: [TensorIndex]) throws {
    let value = try assignable(value)
    let before = self
    _ = try selection(indices)
    try makeUnique()
    let target = try selection(indices)
    var written: Tensor?
    if let mask = target.mask {
      written = try put(value, where: mask)
    } else if let list = target.list {
      let source = try fitted(value, to: try target.shape())
      let positions = try Tensor(list.positions, try Shape([list.positions.count]), on: backend)
      try backend.put(
        source.view, axis: list.axis, indices: positions.storage, into: target.part.view)
      written = source
    } else if case .scalar(let number) = value {
      try backend.fill(target.part.view, with: number)
    } else {
      let source = try fitted(value, to: target.part.shape)
      try backend.convert(source.view, to: target.part.view, rounding: .nearest)
      written = source
    }
    recordAssignment(over: before, written, at: indices)
  }

  /// Puts this tensor, just written, on the tape if what it was or what was `written` is on it.
  private mutating func recordAssignment(
    over before: Tensor, _ written: Tensor?, at indices: [TensorIndex]
  ) {
    let operands = [before] + (written.map { [$0] } ?? [])
    guard operands.contains(where: \.isOnTape) else { return }
    self = Tensor.record("assignment", from: operands, detached()) { gradient, wanted in
      var rest = gradient
      if wanted[0] { try rest.assign(0, at: indices) }
      guard wanted.count > 1 else { return [wanted[0] ? rest : nil] }
      var part: Tensor?
      if wanted[1] {
        part = try gradient.selecting(indices)
        // Of equal positions only the last one's value stayed.
        if let list = try gradient.selection(indices).list, let chosen = part {
          let last = Dictionary(
            list.positions.enumerated().map { ($1, $0) }, uniquingKeysWith: { max($0, $1) })
          let stayed = list.positions.enumerated().map { last[$1] == $0 }
          let column = [stayed.count] + [Int](repeating: 1, count: chosen.rank - 1 - list.axis)
          let mask = try Tensor(stayed, try Shape(column), on: chosen.backend)
          part = try Tensor.choose(mask, .tensor(chosen), 0)
        }
      }
      return [wanted[0] ? rest : nil, part]
    }
  }

  /// Sets the elements where `mask` is true, and returns what they were set to.
  private mutating func put(_ value: Operand, where mask: Tensor) throws -> Tensor {
    let positions = try backend.positions(of: mask.view)
    let source = try fitted(value, to: try Shape([positions.count]))
    if !isContiguous { self = try contiguous() }
    let flat = View(storage, offset: offset, sizes: [count], strides: [1])
    try backend.put(source.view, axis: 0, indices: positions, into: flat)
    return source
  }

  private func fitted(_ value: Operand, to shape: Shape) throws -> Tensor {
    let source = try value.tensor(type, on: backend)
    // Leading axes of size 1 are dropped, as numpy does.
    var trimmed = source
    while trimmed.rank > shape.rank, trimmed.shape[0] == 1 {
      trimmed = try trimmed.selecting([.at(0)])
    }
    guard let fitted = trimmed.expanded(to: shape) else {
      throw Failure.cannotCombine("assign", source.shape, shape, joinedBy: "to a selection of")
    }
    return fitted
  }

  /// `value`, if it can become an element of this tensor without an unexpected conversion.
  private func assignable(_ value: Operand) throws -> Operand {
    switch (type, value) {
    case (.bool, .scalar(.int)), (.bool, .scalar(.num)):
      throw Failure(
        "E-type", "cannot assign \(value.text) to a bool tensor", suggestion: "true or false")
    case (.i64, .scalar(.num(let number))):
      guard let whole = Int(exactly: number) else {
        throw Failure(
          "E-type", "cannot assign \(number) to an i64 tensor: it is not a 64-bit integer",
          suggestion: "f32(x), or floor(…)")
      }
      return .scalar(.int(whole))
    case (.bool, .tensor(let tensor)) where tensor.type != .bool:
      throw Failure(
        "E-type", "cannot assign \(tensor.type.rawValue) to a bool tensor", suggestion: "bool(…)")
    case (.i64, .tensor(let tensor)) where tensor.type.isFloat:
      throw Failure(
        "E-type", "cannot assign \(tensor.type.rawValue) to an i64 tensor", suggestion: "i64(…)")
    default: return value
    }
  }
}

extension Operand {
  fileprivate var text: String {
    switch self {
    case .scalar(let value): "\(value)"
    case .tensor(let tensor): "\(tensor.type.rawValue) \(tensor.shape)"
    }
  }
}

extension OpCheck {
  static let slice = OpCheck(
    "slice", sizes: { [anySizes(&$0, axes: 2...4)] },
    { try $0[0].selecting([.ellipsis, .slice(start: nil, stop: nil, step: -2)]) },
    { try $0[0].selecting([.at(0), .newAxis, .slice(start: 1, stop: -1, step: nil)]) })
  static let take = OpCheck(
    "take", sizes: { [anySizes(&$0, axes: 1...4)] },
    { try $0[0].selecting([.ellipsis, .list([0, -1, 0])]) },
    { try $0[0].selecting([.list([-1, 0, -1, -1])]) })
  static let assignment = OpCheck(
    "assignment",
    sizes: { stream in
      let (rows, columns) = (2 + stream.next(below: 4), 1 + stream.next(below: 4))
      return [[rows, columns], [columns], [3, columns], [rows * columns]]
    },
    { try $0[0].assigning($0[1], at: [.at(-1)]) },
    { try $0[0].assigning($0[2], at: [.list([0, 1, 0])]) },
    {
      let all = try Tensor.full($0[0].shape, true, .bool, on: $0[0].backend)
      return try $0[0].assigning($0[3], at: [.tensor(all)])
    })
}

extension Tensor {
  fileprivate func assigning(_ value: Tensor, at indices: [TensorIndex]) throws -> Tensor {
    var result = self
    try result.assign(.tensor(value), at: indices)
    return result
  }
}
