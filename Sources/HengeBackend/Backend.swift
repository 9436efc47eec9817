// SPDX-License-Identifier: MIT

/// The operations of a compute device on buffers: the interface that separates devices from
/// everything above.
///
/// Shapes, types and indices are checked once, before a primitive is called. A primitive may trap
/// on invalid arguments and throws only for lack of memory, loss of the device, or an interrupt.
/// `out` buffers are complete, row-major and filled completely. A primitive knows no broadcasting
/// rule (a stride of 0 expresses it), no derivative and no layer; an operation that others can
/// express is not a primitive. Every result depends only on the operands, never on the number of
/// threads.
///
/// Faults of integer arithmetic are returned, not thrown: the caller words them.
///
/// A backend whose device answers later may return before a primitive has run, as long as primitives run
/// in the order of their calls. It waits where a result goes to the host; which primitives these are
/// says Docs/Decisions/0023-what-a-second-backend-brings.md.
public protocol Backend: AnyObject {
  /// The device in one word, such as `cpu`.
  var name: String { get }

  // Storage

  /// Makes a buffer whose elements are not set; throws `E-memory`.
  func allocate(_ count: Int, _ type: ElementType) throws -> Buffer
  /// Frees memory that is kept to save time, such as workspaces; it is made again when it is needed.
  func giveUpKept()
  /// Lends bytes `range` of `buffer` for reading, these alone copied from the device where they are not
  /// here.
  func withBytes<R>(
    of buffer: Buffer, in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R
  /// Lends the bytes of `buffer` to be set, all of them.
  func withMutableBytes<R>(
    of buffer: Buffer, _ body: (UnsafeMutableRawBufferPointer) throws -> R
  ) throws -> R
  /// Throws when the user asked to stop: asked by work that is done here, not on the device.
  func checkStop() throws

  // Filling

  /// Sets every element of `view` to `value`, converted as ``convert(_:to:rounding:)`` does.
  func fill(_ view: View, with value: Scalar) throws
  /// Sets element `i` to `first + i * step`, computed in double precision or 64-bit integers.
  func fillRamp(_ out: Buffer, first: Scalar, step: Scalar) throws
  /// Sets element `i` from draws of `stream` that depend on `i` and its position alone.
  func fillRandom(_ out: Buffer, _ kind: RandomDistribution, from stream: RandomStream) throws

  // Moving

  /// Copies `source` to `target` of the same sizes, with conversion if the types differ.
  ///
  /// Numbers become `bool` by `!= 0`; floats become `i64` by truncation, and `u8` according to
  /// `rounding`.
  @discardableResult
  func convert(_ source: View, to target: View, rounding: Rounding) throws -> ArithmeticFault?
  /// Takes entries `indices` (of type `i64`, in range) along `axis` of `source`.
  func take(_ source: View, axis: Int, indices: Buffer, into out: Buffer) throws
  /// Puts `source` at entries `indices` along `axis` of `target`, the last of equal indices winning.
  func put(_ source: View, axis: Int, indices: Buffer, into target: View) throws
  /// Takes `source[..., indices[i], ...]` along `axis` for each element of `indices`, a view of the
  /// result's sizes.
  func takeAlong(_ source: View, axis: Int, indices: View, into out: Buffer) throws
  /// Adds each element of `source` to `target[..., indices[i], ...]` along `axis`, in the order of
  /// that axis; `indices` is a view of the source's sizes, and both are `f32` or `f64`.
  func addAlong(_ source: View, axis: Int, indices: View, to target: View) throws
  /// The positions of the true elements of `mask`, a `bool` view, in row-major order, as `i64`.
  func positions(of mask: View) throws -> Buffer

  // Elements

  /// Applies `operation` to each element; `out` has the operand's type.
  func map(_ operation: UnaryOperation, _ a: View, into out: Buffer) throws -> ArithmeticFault?
  /// Applies `operation` to each pair of elements of `out`'s type and equal sizes; a number is one of
  /// each pair, and not both operands are numbers.
  func combine(
    _ operation: BinaryOperation, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws -> ArithmeticFault?
  /// Adds each element of `source` to that of `sum`, in place: a whole buffer of floats, and as many of its
  /// type one after another.
  func add(_ source: View, to sum: Buffer) throws
  /// Compares each pair of elements of one type and equal sizes, as ``combine(_:_:_:into:)`` pairs
  /// them; `out` is `bool`.
  func compare(
    _ comparison: Comparison, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws
  /// Chooses from `a` where `condition` (`bool`) is true, from `b` elsewhere; both may be numbers.
  func select(
    _ condition: View, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws

  // Along axes

  /// Reduces the last axes of `a`, all after the first `kept`, into `out`.
  func reduce(
    _ reduction: Reduction, _ a: View, kept: Int, into out: Buffer
  ) throws -> ArithmeticFault?
  /// The sums or products of all elements up to each one of the last axis, in double precision or
  /// 64-bit integers; `out` has the operand's type (`f32`, `f64` or `i64`).
  func accumulate(
    _ accumulation: Accumulation, _ a: View, into out: Buffer
  ) throws -> ArithmeticFault?
  /// Orders the last axis, stably, NaN last: the values, or with `i64` `indices` where they came from.
  func sort(_ a: View, descending: Bool, into out: Buffer?, indices: Buffer?) throws
  /// Statistics of all elements, computed in one pass.
  func statistics(of a: View) throws -> Statistics

  // Products

  /// Multiplies matrices `[batch…, m, k]` and `[batch…, k, n]` into `[batch…, m, n]`; equal batch
  /// sizes, one type of `f32`, `f64` or `i64`.
  func multiply(_ a: View, _ b: View, into out: Buffer) throws -> ArithmeticFault?

  /// Adds the products of each element of `column [m]` with each of `row [n]`, contiguous floats of one type,
  /// to `matrix [m, n]` in place.
  func addOuterProduct(_ column: View, _ row: View, to matrix: Buffer) throws

  /// Decomposes the symmetric `a [n, n]` of `f64`, of which one triangle is read: the eigenvalues
  /// `[n]` ascending, and in each row of `vectors [n, n]` the unit vector of one, its sign open.
  ///
  /// Returns false where the iteration did not end, as with NaN.
  func eigen(_ a: View, values: Buffer, vectors: Buffer) throws -> Bool

  /// Adds `weights[k, n] * rows[n, …]`, for n in order, to `sums[k, …]`, in double precision.
  ///
  /// `rows` is `u8` or `f32`, `weights` and `sums` are `f64`. Each sum grows separately, in the order
  /// of the rows: cutting rows or weights into several calls changes no bit of it.
  func addWeighted(_ rows: View, by weights: View, to sums: Buffer) throws

  // Images

  /// Turns bytes `[N, H, W, C]` into planes `[N, C, H, W]` of `f32`: `low + byte * (high - low) / 255`.
  func planes(from pixels: View, low: Float, high: Float, into out: Buffer) throws
  /// Turns planes `[N, C, H, W]` of `f32` into `bytes` `[N, H, W, C]` in the process's memory, rounded and
  /// clamped; NaN is 0. Returns how many elements are outside low...high by more than half a step.
  ///
  /// A device converts first and copies the bytes, a quarter of the planes, and waits once.
  func pixels(
    from planes: View, low: Float, high: Float, into bytes: UnsafeMutableRawBufferPointer
  ) throws -> Int

  // Networks: f32 or f64, all operands of one type. Buffers of activations that these fill are
  // channels-last: `[N, H, W, C]` in memory, whatever the operands' strides.

  /// Convolves `x [N, C, H, W]` with `weight [K, C, R, S]`, adds `bias [K]` and applies
  /// `activation`; `out` is `[N, P, Q, K]`.
  ///
  /// Each output is the activation of bias + Σ x·w. Where `precise` is false a backend may reorder
  /// the arithmetic of a convolution (Winograd), at an error of some 1e-5 of the result's norm.
  func convolve(
    _ x: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, into out: Buffer
  ) throws
  /// The gradient at the input of a convolution, `[N, H, W, C]`, from `dy [N, K, P, Q]`; with `bias`
  /// `[C]` and `activation` this is a transposed convolution of `dy`.
  func convolveBackwardData(
    _ dy: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, height: Int, width: Int, into dx: Buffer
  ) throws
  /// The gradient at the weight of a convolution, `[K, C, R, S]` row-major; added to `dw` where `adding`.
  func convolveBackwardWeights(
    _ x: View, _ dy: View, _ convolution: Convolution, precise: Bool, kernelHeight: Int,
    kernelWidth: Int, adding: Bool, into dw: Buffer
  ) throws
  /// What each output pixel of a convolution meets of `x [N, C, H, W]`: `out [N, P, Q, C, R, S]`.
  func unfold(
    _ x: View, _ convolution: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer
  ) throws
  /// Normalizes each channel of each group of `x [G, L, C]`:
  /// `out = act((x - mean) · inverse · scale + shift) + residual`, with `mean` and
  /// `inverse = 1 / √(variance + epsilon)` over L, which it stores as `[G, C]`.
  ///
  /// The variance is the population variance. `scale` and `shift` are `[C]`, or `[G, C]` for each
  /// group its own; `residual` is `[G, L, C]`. With statistics that are ``NormalizationStatistics/stored``, `mean` and
  /// `inverse` are those of an earlier call with the same arguments, and `out` has the same bits again.
  func normalize(
    _ x: View, epsilon: Double, scale: View?, shift: View?, activation: Activation,
    residual: View?, into out: Buffer, mean: Buffer, inverse: Buffer,
    statistics: NormalizationStatistics
  ) throws
  /// The gradients of
  /// ``normalize(_:epsilon:scale:shift:activation:residual:into:mean:inverse:statistics:)`` at
  /// `x` and, where wanted, at `scale` and `shift`, from `dy` and what it stored.
  func normalizeBackward(
    _ dy: View, _ x: View, scale: View?, shift: View?, activation: Activation, mean: Buffer,
    inverse: Buffer, into dx: Buffer, scale dscale: Buffer?, shift dshift: Buffer?
  ) throws
  /// Blends instance and layer normalization of `x [G, L, C]`:
  /// `out = act((rho · n + (1 - rho) · l) · scale + shift)`, where n is `x` normalized over L, each
  /// channel of each group separately, and l `x` normalized over L and C.
  ///
  /// Normalized is `(x - mean) · inverse` with `inverse = 1 / √(variance + epsilon)`. The variance is
  /// that of a sample (divided by the count less 1). `mean` and `inverse` are stored as `[G, C + 1]`: those of the
  /// channels, then those of the whole group. `rho` is `[C]`; `scale` and `shift` are `[C]`, or
  /// `[G, C]` for each group its own. Statistics that are ``NormalizationStatistics/stored`` are used again.
  func blendNormalize(
    _ x: View, epsilon: Double, rho: View, scale: View?, shift: View?, activation: Activation,
    into out: Buffer, mean: Buffer, inverse: Buffer, statistics: NormalizationStatistics
  ) throws
  /// The gradients of
  /// ``blendNormalize(_:epsilon:rho:scale:shift:activation:into:mean:inverse:statistics:)`` at
  /// `x`, at `rho` and, where wanted, at `scale` and `shift`, from `dy` and what it stored.
  func blendNormalizeBackward(
    _ dy: View, _ x: View, rho: View, scale: View?, shift: View?, activation: Activation,
    mean: Buffer, inverse: Buffer, into dx: Buffer, rho drho: Buffer, scale dscale: Buffer?,
    shift dshift: Buffer?
  ) throws
  /// The gradient before an activation, `dy · act'(x)`, from the activation's result `y`.
  func activationBackward(_ activation: Activation, _ dy: View, result y: View, into dx: Buffer)
    throws
  /// Makes `axis` of `x` anew, each output a weighted sum of inputs; `out` has the sizes of `x` with
  /// that axis' changed.
  func resample(_ x: View, axis: Int, _ sums: Resampling, into out: Buffer) throws
  /// Convolves each channel of `x [N, C, H, W]` with its own kernel of `weight [C, 1, R, S]`, into
  /// `[N, P, Q, C]`.
  func convolveByChannel(
    _ x: View, _ weight: View, bias: View?, _ places: Convolution, into out: Buffer) throws
  /// Max pooling of `x [N, C, H, W]`: the largest element under each position of a kernel, and, where
  /// wanted, its index in its plane (`row · W + column`, `i64`), both `[N, P, Q, C]`.
  ///
  /// Padding does not count. NaN wins; of equal elements, the first.
  func maxPool(
    _ x: View, _ places: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer,
    indices: Buffer?
  ) throws
  /// Element i is 0 where draw i of `stream`, even over [0, 1) as ``fillRandom(_:_:from:)`` makes it in
  /// f32, is below `rate`, and x_i / (1 - rate) elsewhere.
  func dropout(_ x: View, rate: Double, from stream: RandomStream, into out: Buffer) throws
  /// One step of Adam on a parameter and its moments, in place: whole buffers of one size and
  /// floating-point type, as is the gradient's.
  ///
  /// It cannot fail and ignores interrupts: a step that has begun to change weights finishes.
  func adam(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer)
  /// Moves `mean` towards `value` in place, `mean ← mean + (1 - decay)·(value - mean)`: whole buffers of one
  /// size and floating-point type.
  ///
  /// It cannot fail and ignores interrupts, as ``adam(_:gradient:parameter:mean:square:)``.
  func average(_ value: Buffer, into mean: Buffer, decay: Double)
  /// The parameter that such a step would leave, to the bit; nothing but `out` changes.
  func adamResult(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer,
    into out: Buffer
  ) throws
  /// The first of `views`, contiguous ones of floats, with an element outside `-bound...bound`, each view
  /// with a bound of its own; NaN is outside. Nil where there is none.
  ///
  /// One question for all parameters of a step, so that a device answers once.
  func firstOutside(_ bounds: [Double], _ views: [View]) throws -> Int?
}

extension Backend {
  /// Lends all bytes of `buffer` for reading; throws as ``withBytes(of:in:_:)`` does.
  public func withBytes<R>(
    of buffer: Buffer, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    try withBytes(of: buffer, in: 0..<buffer.byteCount, body)
  }
}
