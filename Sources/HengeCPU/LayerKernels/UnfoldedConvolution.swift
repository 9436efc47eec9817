// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// A convolution as a matrix product: what each output pixel meets is copied to a row, `[Q, R·S·C]`,
/// and the rows are multiplied with the weight.
///
/// It takes any kernel, stride, padding, dilation and both float types, and is what the fast methods
/// are compared with. Work is cut into stretches of output rows by shape alone.
///
/// Few pixels under a large weight, as in the last layers of a discriminator, meet it in its own order: their
/// rows are reordered to `[Q, C·R·S]`, which is less work than to reorder or transform the weight.
struct UnfoldedConvolution {
  let backend: CPUBackend
  let convolution: Convolution
  /// `[N, C, H, W]` of the input and `[K, C, R, S]` of the weight.
  let input: [Int]
  let kernel: [Int]
  let output: (height: Int, width: Int)
  /// Whose order the rows have.
  let order: Order
  private let rows: [Int64]
  private let columns: [Int64]

  /// The order of the elements that an output pixel meets.
  enum Order {
    /// `[R, S, C]`, the order of pixels in memory.
    case pixels
    /// `[C, R, S]`.
    case weight
  }

  /// The most output pixels, and the least elements of the weight (4 MB), that meet in the weight's order.
  private static let mostPixels = 64
  private static let leastWeight = 1 << 20

  /// In the better order where none is given.
  init(
    _ backend: CPUBackend, _ convolution: Convolution, input: [Int], kernel: [Int],
    by order: Order? = nil
  ) {
    self.backend = backend
    self.convolution = convolution
    self.input = input
    self.kernel = kernel
    output = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: kernel[2], kernelWidth: kernel[3])
    let isWeightLarge =
      input[0] * output.height * output.width <= Self.mostPixels
      && kernel.reduce(1, *) >= Self.leastWeight
    self.order = order ?? (isWeightLarge ? .weight : .pixels)
    rows = convolution.inputRows(height: input[2], outputs: output.height, kernel: kernel[2])
      .map(Int64.init)
    columns = convolution.inputColumns(width: input[3], outputs: output.width, kernel: kernel[3])
      .map(Int64.init)
  }

  /// R·S·C: the length of a row.
  private var depth: Int { kernel[1] * kernel[2] * kernel[3] }
  private var inputPixels: Int { input[1] * input[2] * input[3] }
  private var outputPixels: Int { output.height * output.width }

  /// Output rows unfolded at a time: about 4 MB, so that an interrupt waits for no more than that.
  private var stretch: Int { max(1, (1 << 20) / max(1, output.width * depth)) }

  /// The weight `[K, R·S·C]`, as rows are laid out.
  private func weightRows(_ weight: View) throws -> View {
    try backend.contiguous(order == .weight ? weight : weight.inOrder([0, 2, 3, 1]))
  }

  /// Rows `[count, R, S, C]` in the order of the weight, or back.
  private func reordered(_ rows: Buffer, _ count: Int, back: Bool = false) throws -> Buffer {
    guard order == .weight, kernel[2] * kernel[3] > 1, kernel[1] > 1 else { return rows }
    let (from, axes) =
      back
      ? ([count, kernel[1], kernel[2] * kernel[3]], [0, 2, 1])
      : ([count, kernel[2] * kernel[3], kernel[1]], [0, 2, 1])
    let result = try backend.allocate(rows.count, rows.type)
    try backend.convert(
      View(rows, sizes: from).inOrder(axes), to: View(result, sizes: axes.map { from[$0] }),
      rounding: .nearest)
    return result
  }

  /// `[N, K, P, Q]` into `out`, channels-last.
  func forward<T: ConvolutionElement>(_ x: View, _ weight: View, into out: Buffer, _: T.Type) throws
  {
    let (x, weight) = (try backend.channelsLast(x), try weightRows(weight))
    let (from, w) = (backend.start(x, T.self), backend.start(weight, T.self))
    let to = backend.elements(out, T.self)
    try eachStretch { sample, first, count in
      let rows = try unfolded(from + sample * inputPixels, first, count, x.type)
      try T.multiply(
        backend, .plain, backend.elements(rows), .transposed, w, count * output.width, depth,
        kernel[0],
        adding: false,
        to + (sample * outputPixels + first * output.width) * kernel[0])
    }
  }

  /// `[N, C, H, W]` into `dx`, channels-last; the samples are processed row by row side by side.
  func backwardData<T: ConvolutionElement>(
    _ dy: View, _ weight: View, into dx: Buffer, _: T.Type
  ) throws {
    let (dy, weight) = (try backend.channelsLast(dy), try weightRows(weight))
    try backend.fill(View(dx), with: .int(0))
    let (from, w) = (backend.start(dy, T.self), backend.start(weight, T.self))
    let to = backend.elements(dx, T.self)
    try backend.pool.run(blocks: input[0], interrupt: backend.interrupt) { sample in
      for first in stride(from: 0, to: output.height, by: stretch) {
        try backend.interrupt?.check()
        let count = min(stretch, output.height - first)
        let products = try backend.allocate(count * output.width * depth, dy.type)
        try T.multiply(
          backend, .plain, from + (sample * outputPixels + first * output.width) * kernel[0],
          .plain, w,
          count * output.width, kernel[0], depth, adding: false, backend.elements(products))
        let unfolded = try reordered(products, count * output.width, back: true)
        let rows = backend.elements(unfolded, T.self)
        for row in 0..<count {
          eachMeeting(of: first + row) { meeting in
            withUnsafePointer(to: meeting) {
              T.fold($0, rows + row * output.width * depth, to + sample * inputPixels)
            }
          }
        }
      }
    }
  }

  /// What all output pixels meet, `[N, P, Q, …]` in the order of the rows, into `out`.
  func unfold<T: ConvolutionElement>(_ x: View, into out: Buffer, _: T.Type) throws {
    let x = try backend.channelsLast(x)
    let from = backend.start(x, T.self)
    try eachStretch { sample, first, count in
      let rows = try unfolded(from + sample * inputPixels, first, count, x.type)
      let place = (sample * outputPixels + first * output.width) * depth
      (backend.elements(out, T.self) + place).update(
        from: backend.elements(rows, T.self), count: count * output.width * depth)
    }
  }

  /// `[K, C, R, S]` into `dw`.
  func backwardWeights<T: ConvolutionElement>(
    _ x: View, _ dy: View, into dw: Buffer, _: T.Type
  ) throws {
    let sums = View(
      try backend.allocate(kernel[0] * depth, x.type),
      sizes: [kernel[0], kernel[2], kernel[3], kernel[1]])
    try backend.fill(sums, with: .int(0))
    try addBackwardWeights(x, dy, to: sums.buffer, T.self)
    try backend.convert(
      sums.inOrder([0, 3, 1, 2]), to: View(dw, sizes: kernel), rounding: .nearest)
  }

  /// Adds the gradient, `[K, R, S, C]` or in the order of the weight, to `sums`, stretch after stretch.
  func addBackwardWeights<T: ConvolutionElement>(
    _ x: View, _ dy: View, to sums: Buffer, _: T.Type
  ) throws {
    let (x, dy) = (try backend.channelsLast(x), try backend.channelsLast(dy))
    let (from, slopes) = (backend.start(x, T.self), backend.start(dy, T.self))
    for sample in 0..<input[0] {
      for first in stride(from: 0, to: output.height, by: stretch) {
        try backend.interrupt?.check()
        let count = min(stretch, output.height - first)
        let rows = try unfolded(from + sample * inputPixels, first, count, x.type)
        try T.multiply(
          backend, .transposed, slopes + (sample * outputPixels + first * output.width) * kernel[0],
          .plain, backend.elements(rows), kernel[0], count * output.width, depth, adding: true,
          backend.elements(sums))
      }
    }
  }

  private func eachStretch(_ body: (_ sample: Int, _ first: Int, _ count: Int) throws -> Void)
    throws
  {
    let perSample = (output.height + stretch - 1) / stretch
    try backend.pool.run(blocks: input[0] * perSample, interrupt: backend.interrupt) { block in
      let (sample, first) = (block / perSample, block % perSample * stretch)
      try body(sample, first, min(stretch, output.height - first))
    }
  }

  /// What the output pixels of `count` rows meet, one row of the result for each.
  private func unfolded<T: ConvolutionElement>(
    _ picture: UnsafeMutablePointer<T>, _ first: Int, _ count: Int, _ type: ElementType
  ) throws -> Buffer {
    let result = try backend.allocate(count * output.width * depth, type)
    let rows = backend.elements(result, T.self)
    for row in 0..<count {
      eachMeeting(of: first + row) { meeting in
        withUnsafePointer(to: meeting) {
          hk_unfold(
            Int32(MemoryLayout<T>.size), $0, picture, rows + row * output.width * depth)
        }
      }
    }
    return try reordered(result, count * output.width)
  }

  /// Calls `body` with what output row `row` meets.
  private func eachMeeting(of row: Int, _ body: (hk_unfolding) -> Void) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        guard let rows = rows.baseAddress, let columns = columns.baseAddress else { return }
        body(
          hk_unfolding(
            width: input[3], channels: input[1], R: kernel[2], S: kernel[3], Q: output.width,
            rows: rows + row * kernel[2], columns: columns))
      }
    }
  }
}

/// Whether a matrix of a product is read in its memory order or transposed.
enum MatrixOrder {
  case plain
  case transposed
}

/// The element types of convolutions.
protocol ConvolutionElement {
  /// Adds an output row's rows back to the input.
  static func fold(
    _ unfolding: UnsafePointer<hk_unfolding>, _ rows: UnsafeMutablePointer<Self>,
    _ input: UnsafeMutablePointer<Self>)
}

extension ConvolutionElement {
  /// `out [m, n] = a [m, k] · b [k, n]`, or added to it.
  static func multiply(
    _ backend: CPUBackend, _ aOrder: MatrixOrder, _ a: UnsafeMutablePointer<Self>,
    _ bOrder: MatrixOrder, _ b: UnsafeMutablePointer<Self>, _ m: Int, _ k: Int, _ n: Int,
    adding: Bool, _ out: UnsafeMutablePointer<Self>
  ) throws {
    func matrix(
      _ start: UnsafeMutablePointer<Self>, _ order: MatrixOrder, _ rows: Int, _ columns: Int
    ) -> hk_matrix {
      let step = order == .plain ? columns : rows
      return order == .plain
        ? hk_matrix(at: start, row: step, column: 1) : hk_matrix(at: start, row: 1, column: step)
    }
    try MatrixProduct(backend, size: MemoryLayout<Self>.size, m: m, k: k, n: n).run(
      matrix(a, aOrder, m, k), matrix(b, bOrder, k, n), into: out, width: n, adding: adding)
  }
}

extension Float: ConvolutionElement {
  static func fold(
    _ unfolding: UnsafePointer<hk_unfolding>, _ rows: UnsafeMutablePointer<Float>,
    _ input: UnsafeMutablePointer<Float>
  ) { hk_fold_f32(unfolding, rows, input) }
}

extension Double: ConvolutionElement {
  static func fold(
    _ unfolding: UnsafePointer<hk_unfolding>, _ rows: UnsafeMutablePointer<Double>,
    _ input: UnsafeMutablePointer<Double>
  ) { hk_fold_f64(unfolding, rows, input) }
}

extension View {
  /// The same view with its axes in another order.
  func inOrder(_ order: [Int]) -> View {
    View(buffer, offset: offset, sizes: order.map { sizes[$0] }, strides: order.map { strides[$0] })
  }
}
