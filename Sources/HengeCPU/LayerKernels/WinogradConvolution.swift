// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads
internal import Synchronization

/// A convolution of stride 1 by Winograd's F(4 x 4, 3 x 3) or F(3 x 3, 4 x 4): a quarter of the
/// products.
///
/// Both gradients go through the transposes of the pass's three matrices. [Lavin and Gray 2016]
struct WinogradConvolution {
  private let pass: WinogradPass
  private let transforms: hk_winograd_kernels

  init(_ backend: CPUBackend, _ convolution: Convolution, input: [Int], kernel: [Int]) {
    let taps = kernel[2]
    transforms = backend.kernels.winograd(taps: taps)
    let size = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: taps, kernelWidth: taps)
    let side = transforms.pass.outputs
    let width = backend.kernels.panel
    pass = WinogradPass(
      backend: backend,
      shape: hk_winograd(
        height: input[2], width: input[3], channels: kernel[1], out_height: size.height,
        out_width: size.width, out_channels: kernel[0], top: convolution.vertical.before,
        left: convolution.horizontal.before, reflects: convolution.border == .reflection ? 1 : 0,
        tiles_down: (size.height + side - 1) / side, tiles_across: (size.width + side - 1) / side,
        first_rows: (0, 0), first_columns: (0, 0)),
      images: input[0], taps: taps, transforms: transforms.pass,
      input: Panels(kernel[1], width: width), output: Panels(kernel[0], width: width))
  }

  /// Whether the geometry is one that these kernels take.
  static func takes(_ convolution: Convolution, kernel: [Int]) -> Bool {
    convolution.stride == .init(1) && WinogradPass.takes(convolution, kernel: kernel)
  }

  /// Whether it is faster than plain sums.
  var isWorthwhile: Bool { pass.isWorthwhile }

  /// `[N, K, P, Q]` into `out`, channels-last.
  func forward(
    _ x: View, _ weight: View, bias: View?, _ epilogue: hk_epilogue, slope: Float, into out: Buffer
  ) throws {
    try pass.run(x, weight, bias: bias, epilogue, slope: slope, into: out)
  }

  /// `[N, C, H, W]` into `dx`, channels-last.
  func backwardData(_ dy: View, _ weight: View, into dx: Buffer) throws {
    let dy = try pass.backend.channelsLast(dy)
    let (from, to) = (pass.backend.start(dy, Float.self), pass.backend.elements(dx, Float.self))
    try pass.backend.fill(View(dx), with: .int(0))
    try withExtendedLifetime(dy.buffer) {
      try pass.withFilter(weight) { filter in
        try pass.eachChunk { chunk in
          try pass.transform(chunk, chunk.m) { transforms.output_gradient($0, $1, from, $2) }
          try pass.multiply(chunk, chunk.m, byTransposeOf: filter, into: chunk.v)
          try eachOverlap(of: chunk) { transforms.input_gradient($0, $1, $2, to) }
        }
      }
    }
  }

  /// `[K, C, R, R]` into `dw`; chunks are added to the transformed gradient in order.
  ///
  /// The gradient is stored in strips of a panel of outputs, each with all its frequencies, so that
  /// the last chunk's sums become filters while they are in the cache; if it is the only one, a thread takes
  /// its strips one after another in the same place. Every strip reads all of the transformed `x`, so strips
  /// of half a panel would wait for memory.
  func backwardWeights(_ x: View, _ dy: View, into dw: Buffer) throws {
    let (x, dy) = (try pass.backend.channelsLast(x), try pass.backend.channelsLast(dy))
    let (pictures, slopes) = (pass.backend.start(x, Float.self), pass.backend.start(dy, Float.self))
    let result = pass.backend.elements(dw, Float.self)
    let (rows, columns) = (pass.output.width, pass.input.count * pass.input.width)
    let strips = (pass.shape.out_channels + rows - 1) / rows
    let plane = Spectrum.plane(rows * columns)
    let size = pass.frequencies * plane
    let places = pass.isOneChunk ? min(strips, pass.backend.pool.threads) : strips
    let sums = try pass.backend.borrow(places * size)
    defer { pass.backend.arena.giveBack(sums) }
    func add(
      _ chunk: WinogradPass.Chunk, _ strip: Int, _ frequency: Int, next: Int,
      to sums: UnsafeMutablePointer<Float>
    ) {
      var product = hk_transposed_product(
        m: min(rows, pass.shape.out_channels - strip * rows), n: pass.shape.channels,
        count: chunk.count, group: chunk.count,
        a: chunk.m.frequency(frequency) + strip * chunk.m.panelStep, a_step: rows, a_group: 0,
        b: chunk.v.frequency(frequency), b_panel: chunk.v.panelStep,
        c: sums + frequency * plane, c_step: columns,
        c_panel: pass.input.width, accumulate: chunk.first > 0 ? 1 : 0,
        ahead: chunk.v.frequency(next))
      pass.backend.kernels.products.transposed_product(&product)
    }
    try withExtendedLifetime((x.buffer, dy.buffer)) {
      try pass.eachChunk { chunk in
        try pass.transform(chunk, chunk.m) { transforms.output_gradient($0, $1, slopes, $2) }
        try pass.transform(chunk, chunk.v) { transforms.pass.input($0, $1, pictures, $2) }
        guard chunk.first + chunk.count == pass.tiles else {
          let operations = 2 * chunk.count * pass.shape.out_channels * columns
          return try pass.eachFrequency(operations: operations) { frequency in
            for strip in 0..<strips {
              add(chunk, strip, frequency, next: frequency, to: sums.floats + strip * size)
            }
          }
        }
        let free = Mutex(Array(0..<places))
        try pass.backend.pool.run(blocks: strips, interrupt: pass.backend.interrupt) { strip in
          let place = places == strips ? strip : free.withLock { $0.removeLast() }
          defer { if places < strips { free.withLock { $0.append(place) } } }
          let own = sums.floats + place * size
          for frequency in 0..<pass.frequencies {
            add(chunk, strip, frequency, next: (frequency + 1) % pass.frequencies, to: own)
          }
          transforms.filter_gradient(
            own, plane, columns, 0,
            min(rows, pass.shape.out_channels - strip * rows), pass.shape.channels,
            result + strip * rows * pass.shape.channels * pass.taps * pass.taps)
        }
      }
    }
  }

  /// Calls `body` for the tiles of one image and for some vectors of its channels: tiles overlap, so
  /// whoever adds them adds all of an image's.
  private func eachOverlap(of chunk: WinogradPass.Chunk, _ body: WinogradPass.Transform) throws {
    let spectrum = chunk.v
    let tilesOfImage = pass.tilesOfImage
    let perVector = min(chunk.count, tilesOfImage) * spectrum.panels.width / 2
    let vectors = min(spectrum.vectors, 2 * (1 + 4096 / perVector))
    let groups = (spectrum.vectors + vectors - 1) / vectors
    let image = chunk.first / tilesOfImage
    let count = (chunk.first + chunk.count - 1) / tilesOfImage + 1 - image
    try pass.backend.pool.run(blocks: count * groups, interrupt: pass.backend.interrupt) { block in
      let first = max(0, (image + block / groups) * tilesOfImage - chunk.first)
      let last = min(chunk.count, (image + block / groups + 1) * tilesOfImage - chunk.first)
      let from = block % groups * vectors
      pass.call(
        body, chunk, spectrum, first..<last, from..<min(from + vectors, spectrum.vectors))
    }
  }
}
