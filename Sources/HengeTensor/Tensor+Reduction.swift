// SPDX-License-Identifier: MIT
internal import HengeBackend

// Along `axes`, or over all elements where nil; `keepingAxes` leaves a 1 where an axis was. Sums of
// floats run in double precision, in an order that no number of threads changes.

extension Tensor {
  /// The sum: floats keep their type, others return `i64`.
  ///
  /// Throws `E-range` if an integer overflows.
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try reduced(.sum, type.isFloat ? type : .i64, axes, keepingAxes)
    let own = shape
    return Tensor.record("sum", from: [self], result) { gradient, _ in
      [try gradient.spread(over: own, axes)]
    }
  }

  /// The arithmetic mean: `f64` of `f64`, otherwise `f32`; NaN of no elements.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try inFloats().reduced(.mean, type == .f64 ? .f64 : .f32, axes, keepingAxes)
    let (own, length) = (shape, try reducedCount(axes))
    return Tensor.record("mean", from: [self], result) { gradient, _ in
      [try (gradient / .int(length)).spread(over: own, axes)]
    }
  }

  /// The population variance, the mean of (x - mean)²: `f64` of `f64`, otherwise `f32`; NaN of none.
  public func variance(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try inFloats().reduced(.variance, type == .f64 ? .f64 : .f32, axes, keepingAxes)
    let (x, length) = (detached(), try reducedCount(axes))
    return Tensor.record("variance", from: [self], result) { gradient, _ in
      let rate = try (gradient * .num(2 / Double(length))).spread(over: x.shape, axes)
      return [try rate * (x - x.mean(axes, keepingAxes: true))]
    }
  }

  /// The population standard deviation, the root of ``variance(_:keepingAxes:)``.
  ///
  /// Where it is 0 its gradient is taken to be 0.
  public func standardDeviation(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try inFloats().reduced(.variance, .f64, axes, keepingAxes).map(.sqrt)
      .cast(to: type == .f64 ? .f64 : .f32)
    let (x, length) = (detached(), try reducedCount(axes))
    return Tensor.record("standard deviation", from: [self], result) { gradient, _ in
      let rate = try (gradient / .int(length)).over(result).spread(over: x.shape, axes)
      return [try rate * (x - x.mean(axes, keepingAxes: true))]
    }
  }

  /// The Euclidean norm, √Σx²: `f64` of `f64`, otherwise `f32`.
  ///
  /// Where it is 0 its gradient is taken to be 0.
  public func norm(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try inFloats().reduced(.sumOfSquares, .f64, axes, keepingAxes).map(.sqrt)
      .cast(to: type == .f64 ? .f64 : .f32)
    let x = detached()
    return Tensor.record("norm", from: [self], result) { gradient, _ in
      [try gradient.over(result).spread(over: x.shape, axes) * x]
    }
  }

  /// The smallest element; NaN wins.
  ///
  /// Equal ones share its gradient. Throws `E-shape` where there is none.
  public func minimum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try checkNotEmpty("minimum", axes)
      .reduced(.minimum, type, axes, keepingAxes)
    let x = detached()
    return Tensor.record("smallest element", from: [self], result) { gradient, _ in
      [try gradient.shared(among: x, equalTo: result, axes)]
    }
  }

  /// The largest element; NaN wins.
  ///
  /// Equal ones share its gradient. Throws `E-shape` where there is none.
  public func maximum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let result = try checkNotEmpty("maximum", axes)
      .reduced(.maximum, type, axes, keepingAxes)
    let x = detached()
    return Tensor.record("largest element", from: [self], result) { gradient, _ in
      [try gradient.shared(among: x, equalTo: result, axes)]
    }
  }

  /// The index of the first smallest element along `axis`, or of the first NaN, as `i64`.
  ///
  /// Over all elements, its row-major position. Throws `E-shape` if there is none.
  public func argMinimum(_ axis: Int? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let axes = axis.map { [$0] }
    return try checkNotEmpty("argmin", axes).reduced(.argMinimum, .i64, axes, keepingAxes)
  }

  /// The index of the first largest element along `axis`, or of the first NaN, as `i64`.
  ///
  /// Over all elements, its row-major position. Throws `E-shape` if there is none.
  public func argMaximum(_ axis: Int? = nil, keepingAxes: Bool = false) throws -> Tensor {
    let axes = axis.map { [$0] }
    return try checkNotEmpty("argmax", axes).reduced(.argMaximum, .i64, axes, keepingAxes)
  }

  /// Whether any element is true, or not 0; false of none.
  public func any(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    try truth(.maximum, ofNothing: false, axes, keepingAxes)
  }

  /// Whether all elements are true, or not 0; true of none.
  public func all(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Tensor {
    try truth(.minimum, ofNothing: true, axes, keepingAxes)
  }

  private func truth(
    _ reduction: Reduction, ofNothing: Bool, _ axes: [Int]?, _ keepingAxes: Bool
  ) throws -> Tensor {
    let flags = try cast(to: .bool)
    let (_, reduced) = try split(axes)
    guard reduced.contains(where: { shape[$0] == 0 }) else {
      return try flags.reduced(reduction, .bool, axes, keepingAxes)
    }
    return try Tensor.full(
      try reducedShape(reduced, keepingAxes), .bool(ofNothing), .bool, on: backend)
  }

  /// The tensor in a float type that loses nothing the mean needs.
  private func inFloats() throws -> Tensor {
    switch type {
    case .f32, .f64: detached()
    case .u8, .bool: try cast(to: .f32)
    case .i64: try cast(to: .f64)
    }
  }

  private func checkNotEmpty(_ name: String, _ axes: [Int]?) throws -> Tensor {
    let (_, reduced) = try split(axes)
    if reduced.contains(where: { shape[$0] == 0 }) {
      throw Failure.nothingToReduce(name, shape, axes: reduced)
    }
    return self
  }

  private func reduced(
    _ reduction: Reduction, _ type: ElementType, _ axes: [Int]?, _ keepingAxes: Bool
  ) throws -> Tensor {
    let (kept, gone) = try split(axes)
    let order = kept + gone
    let turned = View(
      storage, offset: offset, sizes: order.map { shape[$0] }, strides: order.map { strides[$0] })
    let result = try Tensor.empty(try reducedShape(gone, keepingAxes), type, on: backend)
    let fault = try backend.reduce(reduction, turned, kept: kept.count, into: result.storage)
    if let fault { throw Failure.arithmetic(fault, in: reduction.rawValue, operands: [self]) }
    return gone.allSatisfy { $0 < rank - 2 } ? result.inPlace(of: self) : result
  }

  /// How many elements make one of a result.
  private func reducedCount(_ axes: [Int]?) throws -> Int {
    try split(axes).reduced.reduce(1) { $0 * shape[$1] }
  }

  private func split(_ axes: [Int]?) throws -> (kept: [Int], reduced: [Int]) {
    guard let axes else { return ([], Array(0..<rank)) }
    let reduced = try self.axes(axes)
    return ((0..<rank).filter { !reduced.contains($0) }, reduced.sorted())
  }

  private func reducedShape(_ reduced: [Int], _ keepingAxes: Bool) throws -> Shape {
    try Shape(
      (0..<rank).compactMap { axis in
        reduced.contains(axis) ? (keepingAxes ? 1 : nil) : shape[axis]
      })
  }
}

extension Tensor {
  /// `axis` counted from the front; throws `E-index` where there is none such.
  func axis(_ axis: Int) throws -> Int {
    guard axis >= -rank, axis < rank else { throw Failure.noAxis(axis, of: shape) }
    return axis < 0 ? axis + rank : axis
  }

  /// `axes` counted from the front, each once; `parameter` is what the caller's user calls them.
  func axes(_ axes: [Int], parameter: String = "axis") throws -> [Int] {
    try Failure.renaming(["axis": parameter]) {
      let positive = try axes.map { try axis($0) }
      guard Set(positive).count == positive.count else {
        throw Failure.axisTwice(axes, of: shape)
      }
      return positive
    }
  }
}

// Backwards.

extension Tensor {
  /// A reduction's result repeated along the axes that it lost: the adjoint of a sum.
  fileprivate func spread(over shape: Shape, _ axes: [Int]?) throws -> Tensor {
    let whole = try Shape(
      shape.sizes.enumerated().map { axis, size in
        axes.map { !$0.contains(axis) && !$0.contains(axis - shape.rank) } ?? false ? size : 1
      })
    return try reshaped(whole.sizes).broadcast(to: shape)
  }

  /// The quotient, and 0 where `divisor` is 0.
  fileprivate func over(_ divisor: Tensor) throws -> Tensor {
    let isZero = try Tensor.compare(.equal, .tensor(divisor), 0)
    return try Tensor.choose(isZero, 0, .tensor(self / divisor))
  }

  /// The gradient of an extreme in equal parts to the elements of `x` that are equal to it.
  fileprivate func shared(among x: Tensor, equalTo extreme: Tensor, _ axes: [Int]?) throws -> Tensor
  {
    let whole = try extreme.spread(over: x.shape, axes)
    let isExtreme = try Tensor.compare(.equal, .tensor(x), .tensor(whole))
    let shares = try isExtreme.cast(to: x.type).sum(axes).reshaped(shape.sizes)
    return try Tensor.choose(isExtreme, .tensor((self / shares).spread(over: x.shape, axes)), 0)
  }
}

extension OpCheck {
  private static func reduction(
    _ name: String,
    _ reduce: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) -> OpCheck {
    OpCheck(
      name, sizes: { [anySizes(&$0, axes: 2...4)] }, { try reduce($0[0], nil, false) },
      { try reduce($0[0], [-1], true) }, { try reduce($0[0], [1, 0], false) })
  }

  static let sum = reduction("sum") { try $0.sum($1, keepingAxes: $2) }
  static let mean = reduction("mean") { try $0.mean($1, keepingAxes: $2) }
  static let variance = reduction("variance") { try $0.variance($1, keepingAxes: $2) }
  static let standardDeviation = reduction("standard deviation") {
    try $0.standardDeviation($1, keepingAxes: $2)
  }
  static let norm = reduction("norm") { try $0.norm($1, keepingAxes: $2) }
  static let smallestElement = reduction("smallest element") {
    try $0.minimum($1, keepingAxes: $2)
  }
  static let largestElement = reduction("largest element") {
    try $0.maximum($1, keepingAxes: $2)
  }
}
