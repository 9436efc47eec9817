// SPDX-License-Identifier: MIT
public import HengeBackend

/// An array of numbers with value semantics over shared storage.
///
/// A tensor is (storage, offset, shape, strides): element `[i, j, …]` is at `offset + i·strides[0]
/// + j·strides[1] + …` of a buffer. Slices, transposes and reshapes of contiguous tensors share the
/// buffer and copy nothing. Writing copies first if the buffer is shared, so a tensor never changes
/// through another.
///
/// Every function that can fail because of a user's arguments throws a `Failure` with the actual
/// shapes, axes and values. Every result is on the backend of its operands.
///
/// Types. Arithmetic between tensors: equal types stay; `f64` with anything is `f64`; `f32` with
/// anything else is `f32`; `u8` becomes `f32`; `i64` with `bool`, and `bool` with `bool`, is `i64`.
/// A scalar (and a tensor without axes combined with one that has axes) has no type: the tensor
/// keeps its type, except that `u8` becomes `f32`, `bool` becomes `i64`, and integers combined with
/// a fractional number become `f32` (`f64` if neither has axes). Division and functions such as
/// `exp` of integers return `f32`. Integer arithmetic is checked: a result that does not fit 64
/// bits is `E-range`, not a wrapped number.
public struct Tensor {
  /// The buffer of the elements.
  var storage: Buffer
  /// The position of the element with all indices 0.
  private(set) var offset: Int
  /// The size of each axis.
  public private(set) var shape: Shape
  /// How many elements each axis steps.
  private(set) var strides: [Int]
  /// Its place on the tape, if operations on it are recorded.
  var node: Node?
  /// Where its pixels come from, while a function that moves landmarks looks on.
  var frame: ImageFrame?

  init(_ storage: Buffer, offset: Int, shape: Shape, strides: [Int]) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.strides = strides
  }

  /// The whole of `storage` as a row-major tensor of `shape`.
  init(_ storage: Buffer, _ shape: Shape) {
    precondition(storage.count == shape.count, "a whole buffer has as many elements as its shape")
    self.init(
      storage, offset: 0, shape: shape, strides: View.contiguousStrides(shape.sizes))
  }

  /// The element type.
  public var type: ElementType { storage.type }
  /// The number of axes.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var count: Int { shape.count }
  /// The backend that stores the tensor and computes with it.
  public var backend: any Backend { storage.backend }
  /// The owner of its memory, shared with its views, and the total bytes of that memory.
  public var storageBlock: (owner: AnyObject, bytes: Int) { (storage, storage.byteCount) }
  /// The bytes its elements take.
  public var byteCount: Int { shape.count * type.size }

  /// The tensor as a backend sees it.
  package var view: View {
    View(storage, offset: offset, sizes: shape.sizes, strides: strides)
  }

  /// Whether the elements are adjacent in row-major order.
  public var isContiguous: Bool { view.isContiguous }

  /// The same tensor, its elements one after another in row-major order; copies only if they are not.
  public func contiguous() throws -> Tensor {
    isContiguous ? self : try copy(inOrder: Array(0..<rank))
  }

  /// A copy with its own storage, at the same node of the tape; in the same memory order unless
  /// another is requested.
  func copy(inOrder order: [Int]? = nil) throws -> Tensor {
    var result = try Tensor.empty(shape, type, inOrder: order ?? memoryOrder, on: backend)
    try backend.convert(view, to: result.view, rounding: .nearest)
    result.node = node
    result.frame = frame
    return result
  }

  /// A tensor whose elements are not set yet.
  static func empty(_ shape: Shape, _ type: ElementType, on backend: any Backend) throws -> Tensor {
    Tensor(try backend.allocate(shape.count, type), shape)
  }

  /// Makes the storage this tensor's own, so that it may be written.
  mutating func makeUnique() throws {
    let repeats = zip(shape.sizes, strides).contains { $0 > 1 && $1 == 0 }
    if repeats || !isKnownUniquelyReferenced(&storage) { self = try copy() }
  }

  /// Whether no element is infinite or NaN; integers are finite.
  public func isFinite() throws -> Bool {
    try !type.isFloat || isWithin(type.largest)
  }

  /// Makes the tensor a whole unshared buffer in row-major order.
  public mutating func makeOwn() throws {
    if !isOwn() { self = try copy(inOrder: Array(0..<rank)) }
  }

  /// Whether it is a whole buffer in row-major order, not a view of a part of one.
  public var isWhole: Bool { isContiguous && storage.count == count }

  /// The same tensor as a whole buffer in row-major order; copies only if it is not.
  public func whole() throws -> Tensor {
    isWhole ? self : try copy(inOrder: Array(0..<rank))
  }

  /// Whether ``makeOwn()`` has nothing to do.
  mutating func isOwn() -> Bool {
    isKnownUniquelyReferenced(&storage) && isContiguous && storage.count == count
  }

  /// Adds `other`, of the same shape and type: in place where the memory is this tensor's alone.
  mutating func add(_ other: Tensor) throws {
    let order = memoryOrder
    let source = other.view.inOrder(order)
    guard ownsAll(), !isOnTape, !other.isOnTape, type.isFloat, other.type == type,
      other.shape == shape, source.isContiguous
    else {
      self = try self + other
      return
    }
    try backend.add(source, to: storage)
    frame = nil
  }

  /// Whether the memory is this tensor's alone and it is all of it, in whatever order.
  mutating func ownsAll() -> Bool {
    isKnownUniquelyReferenced(&storage) && storage.count == count
      && view.inOrder(memoryOrder).isContiguous
  }

  /// Whether all of its floats are within `-bound...bound`; NaN is not.
  public func isWithin(_ bound: Double) throws -> Bool {
    precondition(type.isFloat, "a bound is for floats")
    return try backend.firstOutside([bound], [contiguous().view]) == nil
  }

  /// The first of `tensors` with an element outside `-bound...bound`, each with a bound of its own; nil
  /// where there is none.
  ///
  /// NaN is outside. The tensors are of floats and on one backend, which is asked once.
  public static func firstOutside(_ bounds: [Double], among tensors: [Tensor]) throws -> Int? {
    precondition(bounds.count == tensors.count, "each tensor has a bound")
    precondition(tensors.allSatisfy(\.type.isFloat), "a bound is for floats")
    guard let backend = tensors.first?.backend else { return nil }
    return try backend.firstOutside(bounds, tensors.map { try $0.contiguous().view })
  }

  /// The first of `tensors`, of floats on one backend, with an infinite element or NaN; nil where there is
  /// none.
  public static func firstNotFinite(among tensors: [Tensor]) throws -> Int? {
    try firstOutside(tensors.map(\.type.largest), among: tensors)
  }

  /// The tensor with elements of `type`.
  ///
  /// Floats become `u8` rounded (or, with `.down`, truncated) and clamped to 0...255, NaN becoming 0;
  /// `i64` towards zero; `bool` by `!= 0`. Integers become `u8` clamped. Throws `E-range` where an
  /// element is NaN or too large for `i64`.
  public func cast(to type: ElementType, rounding: Rounding = .nearest) throws -> Tensor {
    if type == self.type { return self }
    let order = memoryOrder
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    let fault = try backend.convert(
      view.inOrder(order), to: result.view.inOrder(order), rounding: rounding)
    if let fault { throw Failure.arithmetic(fault, in: "\(type.rawValue)(…)", operands: [self]) }
    let own = self.type
    return Tensor.record("cast", from: [self], result) { gradient, _ in
      [try gradient.cast(to: own)]
    }.inPlace(of: self)
  }
}

extension OpCheck {
  static let cast = OpCheck(
    "cast", step: 1, { try $0[0].cast(to: $0[0].type == .f64 ? .f32 : .f64) })
}
