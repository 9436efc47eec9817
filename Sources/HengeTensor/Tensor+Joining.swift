// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// The tensors one after another along `axis`; their other sizes must be equal.
  ///
  /// The result has the type that can represent all of them. Throws `E-shape` for other sizes that
  /// differ and for an empty list.
  public static func concatenated(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else {
      throw Failure("E-shape", "cat needs at least one tensor")
    }
    let place = try first.axis(axis)
    var type = first.type
    var sizes = first.shape.sizes
    sizes[place] = 0
    for (index, tensor) in tensors.enumerated() {
      var other = tensor.shape.sizes
      let isFitting = other.count == sizes.count
      let own = isFitting ? other[place] : 0
      if isFitting { other[place] = sizes[place] }
      guard isFitting, other == sizes else {
        throw Failure(
          "E-shape", "cannot join \(first.shape) and \(tensor.shape) along axis \(axis)",
          notes: [difference(first.shape, tensor.shape, apartFrom: place, index)],
          parameter: "parts")
      }
      let (sum, overflow) = sizes[place].addingReportingOverflow(own)
      guard !overflow else {
        throw Failure("E-shape", "the joined axis \(axis) is too long to count")
      }
      sizes[place] = sum
      type = Promotion.chosen(.elements(type), .elements(tensor.type))
    }
    let order = first.rank == 0 || first.repeats ? Array(0..<first.rank) : first.memoryOrder
    let result = try empty(try Shape(sizes), type, inOrder: order, on: first.backend)
    var begin = 0
    for tensor in tensors {
      let part = View(
        result.storage, offset: begin * result.strides[place], sizes: tensor.shape.sizes,
        strides: result.strides)
      try first.backend.convert(
        tensor.view.inOrder(order), to: part.inOrder(order), rounding: .nearest)
      begin += tensor.shape[place]
    }
    // Only floats are on the tape, and their gradients are of their types.
    let parts = tensors.map { (size: $0.shape[place], type: $0.type) }
    return record("concatenation", from: tensors, result) { gradient, wanted in
      var begin = 0
      return try zip(parts, wanted).map { part, isWanted in
        defer { begin += part.size }
        let slice = TensorIndex.slice(start: begin, stop: begin + part.size, step: nil)
        let axes = [TensorIndex](repeating: .all, count: place)
        return isWanted ? try gradient.selecting(axes + [slice]).cast(to: part.type) : nil
      }
    }.inPlace(
      ofAll: tensors,
      isTraced: place < first.rank - 2 && tensors.contains { $0.frame != nil })
  }

  /// Why tensor `index` does not join tensor 0 along axis `place`.
  private static func difference(
    _ first: Shape, _ other: Shape, apartFrom place: Int, _ index: Int
  ) -> String {
    guard first.rank == other.rank else {
      return "tensor 0 has \(first.rank) axes and tensor \(index) has \(other.rank)"
    }
    let axes = (0..<first.rank).filter { $0 != place && first[$0] != other[$0] }
    let sizes = axes.map { "axis \($0): \(first[$0]) against \(other[$0])" }
    return sizes.joined(separator: ";  ") + "   (tensor 0 against tensor \(index))"
  }

  /// The tensors, all of one shape, along a new axis put before axis `axis` of each.
  ///
  /// Throws `E-shape` for shapes that differ and for no tensors.
  public static func stacked(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    guard let first = tensors.first else {
      throw Failure("E-shape", "stack needs at least one tensor")
    }
    if let other = tensors.first(where: { $0.shape != first.shape }) {
      throw Failure(
        "E-shape", "cannot stack \(first.shape) and \(other.shape)",
        notes: ["stack needs tensors of the same shape"],
        parameter: "parts")
    }
    return try concatenated(try tensors.map { try $0.expanded(at: axis) }, axis: axis)
  }

  /// The elements moved by `shifts` along `axes`, those that leave one end coming in at the other; in
  /// row-major order where `axes` is nil.
  public func rolled(by shifts: [Int], axes: [Int]? = nil) throws -> Tensor {
    guard let axes else {
      return try reshaped([count]).rolled(by: shifts, axes: [0]).reshaped(shape.sizes)
    }
    guard axes.count == shifts.count else {
      throw Failure(
        "E-arg", "roll takes one shift per axis, not \(shifts.count) for \(axes.count) axes",
        parameter: "shift")
    }
    var result = self
    for (axis, shift) in zip(axes, shifts) {
      let place = try self.axis(axis)
      let size = shape[place]
      guard size > 0 else { continue }
      let remainder = shift % size
      let start = remainder > 0 ? size - remainder : -remainder
      guard start > 0 else { continue }
      let before = [TensorIndex](repeating: .all, count: place)
      result = try Tensor.concatenated(
        [
          result.selecting(before + [.slice(start: start, stop: nil, step: nil)]),
          result.selecting(before + [.slice(start: nil, stop: start, step: nil)]),
        ], axis: place)
    }
    return result
  }

  /// The values around a padded tensor.
  public enum Padding: Equatable, Sendable {
    /// One value.
    case constant(Scalar)
    /// The tensor mirrored about its first and last elements, which are not repeated.
    case reflect
    /// The first and last elements, repeated.
    case edge
  }

  /// The tensor with `widths` more elements before and after each of its last `widths.count` axes.
  ///
  /// Throws `E-range` for negative widths, for a reflection wider than the axis less one, and for an
  /// edge of no elements.
  public func padded(_ widths: [(before: Int, after: Int)], with padding: Padding) throws -> Tensor
  {
    guard widths.count <= rank else {
      throw Failure(
        "E-shape", "\(shape) has \(rank) axes, and widths for \(widths.count) were given")
    }
    var sizes = shape.sizes
    var starts = [Int](repeating: 0, count: rank)
    for (index, width) in widths.enumerated() {
      let axis = rank - widths.count + index
      guard width.before >= 0, width.after >= 0 else {
        throw Failure(
          "E-range",
          "the width of a padding must be 0 or more, not \(min(width.before, width.after))",
          suggestion: "crop(x, size) removes elements", parameter: "width")
      }
      try checkPadding(padding, width, axis)
      let (sum, overflow) = width.before.addingReportingOverflow(width.after)
      let (total, tooLong) = sum.addingReportingOverflow(sizes[axis])
      guard !overflow, !tooLong else {
        throw Failure("E-shape", "axis \(axis) of \(shape), padded, is too long to count")
      }
      sizes[axis] = total
      starts[axis] = width.before
    }
    if case .constant(let value) = padding {
      return try framed(sizes: sizes, starts: starts, value).moved(from: self, by: movement(starts))
    }
    var result = self
    for axis in 0..<rank where sizes[axis] != shape[axis] {
      result = try result.reindexed(axis, size: sizes[axis], start: starts[axis], padding)
    }
    return result.moved(from: self, by: movement(starts))
  }

  /// The movement of pixels if this many elements are inserted before each axis.
  private func movement(_ starts: [Int]) -> AffineMap {
    guard rank >= 2 else { return .identity }
    return .moved(x: Double(starts[rank - 1]), y: Double(starts[rank - 2]))
  }

  private func checkPadding(
    _ padding: Padding, _ width: (before: Int, after: Int), _ axis: Int
  ) throws {
    let (size, widest) = (shape[axis], max(width.before, width.after))
    guard widest > 0 else { return }
    if padding == .reflect, widest >= size {
      throw Failure(
        "E-range",
        "padding by reflection of \(widest) needs an axis of \(widest + 1) or more, and axis \(axis) of \(shape) has size \(size)",
        suggestion: "at most \(max(0, size - 1)), or mode=\"edge\"", parameter: "width")
    }
    if padding == .edge, size == 0 {
      throw Failure("E-range", "axis \(axis) of \(shape) has no edge to repeat")
    }
  }

  private func framed(sizes: [Int], starts: [Int], _ value: Scalar) throws -> Tensor {
    let order = repeats ? Array(0..<rank) : memoryOrder
    let result = try Tensor.empty(try Shape(sizes), type, inOrder: order, on: backend)
    try backend.fill(View(result.storage), with: try Tensor.checked(value, as: type))
    if count > 0 {
      let first = zip(starts, result.strides).reduce(0) { $0 + $1.0 * $1.1 }
      let middle = View(
        result.storage, offset: first, sizes: shape.sizes, strides: result.strides)
      try backend.convert(view.inOrder(order), to: middle.inOrder(order), rounding: .nearest)
    }
    let own = shape.sizes
    return Tensor.record("padding", from: [self], result) { gradient, _ in
      [try gradient.cropped(to: own, at: starts)]
    }
  }

  private func reindexed(_ axis: Int, size: Int, start: Int, _ padding: Padding) throws -> Tensor {
    // The list is as long as the axis it makes: the budget is asked before it is built.
    let list = try Tensor.empty(try Shape([size]), .i64, on: backend)
    let last = shape[axis] - 1
    try backend.withMutableBytes(of: list.storage) { bytes in
      let positions = bytes.assumingMemoryBound(to: Int64.self)
      for index in 0..<size {
        let place = index - start
        let inside = min(max(place, 0), last)
        // By reflection, a position beyond the end is as far inside as it was outside.
        positions[index] = Int64(padding == .reflect ? inside - (place - inside) : inside)
      }
    }
    return try Tensor.taken(self, axis: axis, list.storage)
  }
}

extension OpCheck {
  static let concatenation = OpCheck(
    "concatenation",
    sizes: { stream in
      let rest = anySizes(&stream, axes: 1...3)
      return [[size(&stream)] + rest, [size(&stream)] + rest]
    },
    { try Tensor.concatenated($0) },
    { try Tensor.concatenated([$0[0], $0[0]], axis: -1) })
  static let padding = OpCheck(
    "padding", sizes: { [anySizes(&$0, axes: 2...4)] },
    { try $0[0].padded([(2, 1), (0, 3)], with: .constant(0.5)) })
}
