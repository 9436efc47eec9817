// SPDX-License-Identifier: MIT
internal import HengeBackend

/// One entry between the brackets of `x[…]`.
public enum TensorIndex {
  /// One position along an axis, which it drops; negative ones count from the end.
  case at(Int)
  /// Part of an axis, as Python's `start:stop:step`: clamped, from the end if negative.
  case slice(start: Int?, stop: Int?, step: Int?)
  /// Every axis that is not named; at most once.
  case ellipsis
  /// A new axis of size 1.
  case newAxis
  /// Positions along an axis, in this order and possibly repeated; at most one list per index.
  case list([Int])
  /// A `bool` tensor of the same shape, alone; or an `i64` tensor of one axis, as a list, or of none,
  /// as a position.
  case tensor(Tensor)

  /// The whole of an axis.
  public static var all: TensorIndex { .slice(start: nil, stop: nil, step: nil) }
}

/// A resolved slice of an axis: start, step and count.
struct ResolvedSlice: Equatable {
  var first: Int
  var step: Int
  var count: Int

  /// Python's rules for `start:stop:step` over `size` elements; `step` must not be 0.
  init(start: Int?, stop: Int?, step: Int?, size: Int) {
    // No step larger than the axis differs from one of its size, and -Int.min has no value.
    let step = max(-Int.max, step ?? 1)
    func clamp(_ index: Int, _ low: Int, _ high: Int) -> Int {
      min(max(index < 0 ? index + size : index, low), high)
    }
    if step > 0 {
      let begin = start.map { clamp($0, 0, size) } ?? 0
      let end = stop.map { clamp($0, 0, size) } ?? size
      first = begin
      count = end > begin ? (end - begin - 1) / step + 1 : 0
    } else {
      let begin = start.map { clamp($0, -1, size - 1) } ?? size - 1
      let end = stop.map { clamp($0, -1, size - 1) } ?? -1
      first = begin
      count = begin > end ? (begin - end - 1) / -step + 1 : 0
    }
    self.step = count > 1 ? step : 1
    if count == 0 { first = 0 }
  }
}

/// What a bracket chooses of a tensor.
struct Selection {
  /// The part reached by steps alone, as a view of the tensor's storage.
  var part: Tensor
  /// Positions along one axis of the part, if there is a list.
  var list: (axis: Int, positions: [Int])?
  /// The elements selected by a mask, if there is one; then the part is the whole tensor.
  var mask: Tensor?

  /// The shape of what is chosen, except by a mask.
  func shape() throws -> Shape {
    guard let list else { return part.shape }
    var sizes = part.shape.sizes
    sizes[list.axis] = list.positions.count
    return try Shape(sizes)
  }
}

/// Walks a tensor's axes from the front while entries of a bracket are applied to them.
private struct SelectionBuilder {
  let source: Tensor
  var axis = 0
  var offset: Int
  var sizes: [Int] = []
  var strides: [Int] = []
  var list: (axis: Int, positions: [Int])?

  init(_ source: Tensor) {
    self.source = source
    offset = source.offset
  }

  func position(_ index: Int) throws -> Int {
    let size = source.shape[axis]
    guard index >= -size, index < size else {
      throw Failure.index(index, axis: axis, of: source.shape)
    }
    return index < 0 ? index + size : index
  }

  mutating func drop(at index: Int) throws {
    offset += try position(index) * source.strides[axis]
    axis += 1
  }

  mutating func keep(_ slice: ResolvedSlice) {
    offset += slice.first * source.strides[axis]
    sizes.append(slice.count)
    strides.append(slice.step * source.strides[axis])
    axis += 1
  }

  mutating func keepWhole() {
    sizes.append(source.shape[axis])
    strides.append(source.strides[axis])
    axis += 1
  }

  mutating func take(_ positions: [Int]) throws {
    guard list == nil else {
      throw Failure(
        "E-index", "two lists of indices in one index",
        notes: ["it could mean pairs of indices, or every row with every column"],
        suggestion: "pick(x, rows, columns) for pairs; x[rows][:, columns] or gather for the others"
      )
    }
    list = (sizes.count, try positions.map { try position($0) })
    keepWhole()
  }
}

extension Tensor {
  /// The selection by `indices`; throws as ``selecting(_:)``.
  func selection(_ indices: [TensorIndex]) throws -> Selection {
    let indices = try indices.map { try $0.plain }
    if indices.count == 1, case .tensor(let mask) = indices[0] {
      return Selection(part: self, list: nil, mask: try checked(mask))
    }
    let named = indices.count { $0.usesAxis }
    guard named <= rank else {
      throw Failure("E-index", "\(shape) has \(rank) axes, and \(named) indices were given")
    }
    var builder = SelectionBuilder(self)
    var seenEllipsis = false
    for index in indices {
      switch index {
      case .at(let position): try builder.drop(at: position)
      case .slice(let start, let stop, let step):
        guard step != 0 else {
          throw Failure("E-range", "a slice cannot step by 0", suggestion: "::1, or ::-1 backwards")
        }
        builder.keep(
          ResolvedSlice(start: start, stop: stop, step: step, size: shape[builder.axis]))
      case .ellipsis:
        guard !seenEllipsis else { throw Failure("E-index", "`...` occurs twice in one index") }
        seenEllipsis = true
        for _ in 0..<rank - named { builder.keepWhole() }
      case .newAxis:
        builder.sizes.append(1)
        builder.strides.append(0)
      case .list(let positions): try builder.take(positions)
      case .tensor(let mask):
        _ = try checked(mask)
        throw Failure("E-index", "a bool tensor must be the only index")
      }
    }
    while builder.axis < rank { builder.keepWhole() }
    let shape = try Shape(builder.sizes)
    let part = Tensor(
      storage, offset: shape.count == 0 ? offset : builder.offset, shape: shape,
      strides: builder.strides)
    return Selection(part: part, list: builder.list, mask: nil)
  }

  private func checked(_ mask: Tensor) throws -> Tensor {
    guard mask.shape == shape else {
      throw Failure(
        "E-shape", "a bool tensor of \(mask.shape) cannot select from \(shape)",
        notes: ["a mask must have the shape of the tensor that it selects from"],
        suggestion: mask.rank == 1 && rank > 0 && mask.shape[0] == shape[0]
          ? "a list of indices: x[[i for i in 0..len(mask) if mask[i]]]" : nil)
    }
    return mask
  }
}

extension TensorIndex {
  fileprivate var usesAxis: Bool {
    switch self {
    case .at, .slice, .list: true
    case .ellipsis, .newAxis, .tensor: false
    }
  }

  /// The index with tensors of integers as positions; `.tensor` is then a mask.
  fileprivate var plain: TensorIndex {
    get throws {
      guard case .tensor(let tensor) = self, tensor.type != .bool else { return self }
      guard tensor.type == .i64, tensor.rank <= 1 else {
        throw Failure(
          "E-type", "\(tensor.type.rawValue) \(tensor.shape) is not an index",
          notes: [
            "an index is an int, a slice, a list of ints, or a bool tensor of the same shape"
          ],
          suggestion: tensor.type == .i64 ? "gather(x, indices, axis=…)" : "i64(…)")
      }
      let positions = try tensor.ints()
      return tensor.rank == 0 ? .at(positions[0]) : .list(positions)
    }
  }
}
