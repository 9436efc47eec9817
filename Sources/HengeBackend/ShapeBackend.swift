// SPDX-License-Identifier: MIT

/// A backend that computes shapes alone: its buffers have sizes and no memory, and its elements read as
/// zeros.
///
/// Networks made on it show which sizes they take and the bytes that their maps would need, in no time
/// and before anything is allocated.
public final class ShapeBackend: Backend {
  private let budget: MemoryBudget

  /// A backend without a device, which refuses what would not fit into `limit` bytes all the same.
  public init(limit: Int) { budget = MemoryBudget(limit: limit) }

  /// `shapes`.
  public var name: String { "shapes" }

  // MARK: Storage

  /// A buffer without memory; throws `E-memory`.
  public func allocate(_ count: Int, _ type: ElementType) throws -> Buffer {
    try ShapeBuffer(count: count, type: type, backend: self, budget)
  }
  /// Nothing is kept.
  public func giveUpKept() {}
  /// Lends zeros.
  public func withBytes<R>(
    of buffer: Buffer, in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    try [UInt8](repeating: 0, count: range.count).withUnsafeBytes(body)
  }
  /// Lends bytes that nobody reads again.
  public func withMutableBytes<R>(
    of buffer: Buffer, _ body: (UnsafeMutableRawBufferPointer) throws -> R
  ) throws -> R {
    var bytes = [UInt8](repeating: 0, count: buffer.byteCount)
    return try bytes.withUnsafeMutableBytes(body)
  }
  /// Nothing takes long.
  public func checkStop() {}

  // MARK: Filling and moving

  /// Nothing to set.
  public func fill(_ view: View, with value: Scalar) {}
  /// Nothing to set.
  public func fillRamp(_ out: Buffer, first: Scalar, step: Scalar) {}
  /// Nothing to set.
  public func fillRandom(_ out: Buffer, _ kind: RandomDistribution, from stream: RandomStream) {}
  /// Nothing to copy.
  public func convert(_ source: View, to target: View, rounding: Rounding) -> ArithmeticFault? {
    nil
  }
  /// Nothing to take.
  public func take(_ source: View, axis: Int, indices: Buffer, into out: Buffer) {}
  /// Nothing to put.
  public func put(_ source: View, axis: Int, indices: Buffer, into target: View) {}
  /// Nothing to take.
  public func takeAlong(_ source: View, axis: Int, indices: View, into out: Buffer) {}
  /// Nothing to add.
  public func addAlong(_ source: View, axis: Int, indices: View, to target: View) {}
  /// No element is true.
  public func positions(of mask: View) throws -> Buffer { try allocate(0, .i64) }

  // MARK: Elements, axes, products, images

  /// Nothing to compute.
  public func map(_ operation: UnaryOperation, _ a: View, into out: Buffer) -> ArithmeticFault? {
    nil
  }
  /// Nothing to compute.
  public func combine(
    _ operation: BinaryOperation, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) -> ArithmeticFault? { nil }
  /// Nothing to add.
  public func add(_ source: View, to sum: Buffer) {}
  /// Nothing to compare.
  public func compare(
    _ comparison: Comparison, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) {}
  /// Nothing to choose.
  public func select(_ condition: View, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer)
  {}
  /// Nothing to reduce.
  public func reduce(_ reduction: Reduction, _ a: View, kept: Int, into out: Buffer)
    -> ArithmeticFault?
  { nil }
  /// Nothing to add up.
  public func accumulate(_ accumulation: Accumulation, _ a: View, into out: Buffer)
    -> ArithmeticFault?
  { nil }
  /// Nothing to sort.
  public func sort(_ a: View, descending: Bool, into out: Buffer?, indices: Buffer?) {}
  /// Those of nothing.
  public func statistics(of a: View) -> Statistics { Statistics() }
  /// Nothing to multiply.
  public func multiply(_ a: View, _ b: View, into out: Buffer) -> ArithmeticFault? { nil }
  /// Nothing to add.
  public func addOuterProduct(_ column: View, _ row: View, to matrix: Buffer) {}
  /// Nothing to decompose.
  public func eigen(_ a: View, values: Buffer, vectors: Buffer) -> Bool { true }
  /// Nothing to add.
  public func addWeighted(_ rows: View, by weights: View, to sums: Buffer) {}
  /// Nothing to convert.
  public func planes(from pixels: View, low: Float, high: Float, into out: Buffer) {}
  /// Nothing to convert.
  public func pixels(
    from planes: View, low: Float, high: Float, into bytes: UnsafeMutableRawBufferPointer
  ) -> Int { 0 }

  // MARK: Networks

  /// Nothing to convolve.
  public func convolve(
    _ x: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, into out: Buffer
  ) {}
  /// Nothing to convolve.
  public func convolveBackwardData(
    _ dy: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, height: Int, width: Int, into dx: Buffer
  ) {}
  /// Nothing to convolve.
  public func convolveBackwardWeights(
    _ x: View, _ dy: View, _ convolution: Convolution, precise: Bool, kernelHeight: Int,
    kernelWidth: Int, adding: Bool, into dw: Buffer
  ) {}
  /// Nothing to unfold.
  public func unfold(
    _ x: View, _ convolution: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer
  ) {}
  /// Nothing to normalize.
  public func normalize(
    _ x: View, epsilon: Double, scale: View?, shift: View?, activation: Activation,
    residual: View?, into out: Buffer, mean: Buffer, inverse: Buffer,
    statistics: NormalizationStatistics
  ) {}
  /// Nothing to normalize.
  public func normalizeBackward(
    _ dy: View, _ x: View, scale: View?, shift: View?, activation: Activation, mean: Buffer,
    inverse: Buffer, into dx: Buffer, scale dscale: Buffer?, shift dshift: Buffer?
  ) {}
  /// Nothing to normalize.
  public func blendNormalize(
    _ x: View, epsilon: Double, rho: View, scale: View?, shift: View?, activation: Activation,
    into out: Buffer, mean: Buffer, inverse: Buffer, statistics: NormalizationStatistics
  ) {}
  /// Nothing to normalize.
  public func blendNormalizeBackward(
    _ dy: View, _ x: View, rho: View, scale: View?, shift: View?, activation: Activation,
    mean: Buffer, inverse: Buffer, into dx: Buffer, rho drho: Buffer, scale dscale: Buffer?,
    shift dshift: Buffer?
  ) {}
  /// Nothing to compute.
  public func activationBackward(
    _ activation: Activation, _ dy: View, result y: View, into dx: Buffer
  ) {}
  /// Nothing to resample.
  public func resample(_ x: View, axis: Int, _ sums: Resampling, into out: Buffer) {}
  /// Nothing to convolve.
  public func convolveByChannel(
    _ x: View, _ weight: View, bias: View?, _ places: Convolution, into out: Buffer
  ) {}
  /// Nothing to pool.
  public func maxPool(
    _ x: View, _ places: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer,
    indices: Buffer?
  ) {}
  /// Nothing to drop.
  public func dropout(_ x: View, rate: Double, from stream: RandomStream, into out: Buffer) {}
  /// Nothing to change.
  public func adam(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer
  ) {}
  /// Nothing to change.
  public func average(_ value: Buffer, into mean: Buffer, decay: Double) {}
  /// Nothing to compute.
  public func adamResult(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer,
    into out: Buffer
  ) {}
  /// Zeros are within any bounds.
  public func firstOutside(_ bounds: [Double], _ views: [View]) -> Int? { nil }
}

/// A buffer without memory, counted as if it had some.
private final class ShapeBuffer: Buffer {
  private let budget: MemoryBudget
  private let reserved: Int

  init(count: Int, type: ElementType, backend: any Backend, _ budget: MemoryBudget) throws {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: type.size)
    reserved = overflow ? Int.max : bytes
    try budget.reserve(reserved, for: "a tensor of \(count) \(type.rawValue) elements")
    self.budget = budget
    super.init(count: count, type: type, backend: backend)
  }

  deinit { budget.release(reserved) }
}
