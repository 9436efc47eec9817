// SPDX-License-Identifier: MIT
public import HengeBackend

/// An array of numbers with value semantics over shared storage.
///
/// A tensor is (storage, offset, shape, strides): element `[i, j, …]` lies at
/// `offset + i·strides[0] + j·strides[1] + …` of a buffer. Slices, transposes and reshapes of
/// contiguous tensors share the buffer and copy nothing; writing through one name copies first
/// unless no other name sees the buffer, so no tensor ever changes under another.
///
/// Every function that a user's arguments can make fail throws a `Failure` with the actual shapes,
/// axes and values; every result lives on the backend of its operands.
///
/// Types. Arithmetic between tensors: equal types stay; `f64` with anything is `f64`; `f32` with
/// anything else is `f32`; `u8` becomes `f32`; `i64` with `bool`, and `bool` with `bool`, is `i64`.
/// A scalar (and a tensor without axes beside one that has some) has no type of its own: the tensor
/// keeps its type, except that `u8` becomes `f32`, `bool` becomes `i64`, and integers meeting a
/// fractional number become `f32` (`f64` where neither has axes). Division and functions such as
/// `exp` of integers give `f32`.
/// Integer arithmetic is checked: what does not fit 64 bits is `E-range`, not a wrapped number.
public struct Tensor {
  /// What the elements lie in.
  var storage: Buffer
  /// Where the element with all indices 0 lies.
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

  /// What the elements are.
  public var type: ElementType { storage.type }
  /// The number of axes.
  public var rank: Int { shape.rank }
  /// The number of elements.
  public var count: Int { shape.count }
  /// Where the tensor lives and is computed with.
  public var backend: any Backend { storage.backend }
  /// What its elements lie in, shared with its views, and all the bytes of that.
  public var storageBlock: (owner: AnyObject, bytes: Int) { (storage, storage.byteCount) }
  /// The bytes its elements take.
  public var byteCount: Int { shape.count * type.size }

  /// The tensor as a backend sees it.
  package var view: View {
    View(storage, offset: offset, sizes: shape.sizes, strides: strides)
  }

  /// Whether the elements lie one after another in row-major order.
  public var isContiguous: Bool { view.isContiguous }

  /// The same tensor, its elements one after another in row-major order; copies only if they are not.
  public func contiguous() throws -> Tensor {
    isContiguous ? self : try copy(inOrder: Array(0..<rank))
  }

  /// A copy on storage of its own, at the same place of the tape; in the same order in memory unless
  /// another is asked for.
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

  /// Makes the tensor a whole buffer in row-major order that nothing else sees.
  public mutating func makeOwn() throws {
    if !isOwn() { self = try copy(inOrder: Array(0..<rank)) }
  }

  /// The same tensor as a whole buffer in row-major order; copies only if it is not.
  public func whole() throws -> Tensor {
    isContiguous && storage.count == count ? self : try copy(inOrder: Array(0..<rank))
  }

  /// Whether ``makeOwn()`` has nothing to do.
  mutating func isOwn() -> Bool {
    isKnownUniquelyReferenced(&storage) && isContiguous && storage.count == count
  }

  /// Whether all of its floats lie in `-bound...bound`; NaN does not.
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
