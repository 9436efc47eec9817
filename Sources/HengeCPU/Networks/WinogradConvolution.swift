// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// A convolution of stride 1 by Winograd's F(4 x 4, 3 x 3) or F(3 x 3, 4 x 4): a quarter of the
/// products.
///
/// Pictures are cut into tiles of 4 x 4 outputs, or of 3 x 3 for filters of 4 x 4, tiles into chunks
/// whose transforms stay in the caches; each chunk goes through the transforms and 36 matrix
/// products, one for each frequency. Chunks and blocks are cut by shape alone. [Lavin and Gray 2016]
struct WinogradConvolution {
  let backend: CPUBackend
  let shape: hk_winograd
  let images: Int
  /// Of a filter, along each axis: 3 or 4.
  let taps: Int
  private let transforms: hk_winograd_kernels
  /// The channels read, and those written.
  let input: Panels
  let output: Panels

  init(_ backend: CPUBackend, _ convolution: Convolution, input: [Int], kernel: [Int]) {
    self.backend = backend
    images = input[0]
    taps = kernel[2]
    transforms = backend.kernels.winograd(taps: taps)
    let size = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: taps, kernelWidth: taps)
    shape = hk_winograd(
      height: input[2], width: input[3], channels: kernel[1], out_height: size.height,
      out_width: size.width, out_channels: kernel[0], top: convolution.vertical.before,
      left: convolution.horizontal.before, reflects: convolution.border == .reflection ? 1 : 0)
    self.input = Panels(kernel[1], width: backend.kernels.products.panel)
    self.output = Panels(kernel[0], width: backend.kernels.products.panel)
  }

  /// Whether the geometry is one that these kernels take.
  static func takes(_ convolution: Convolution, kernel: [Int]) -> Bool {
    // Transformed filters of more than 64 MB would be worked on in main memory.
    3...4 ~= kernel[2] && kernel[3] == kernel[2] && convolution.stride == .init(1)
      && convolution.dilation == .init(1) && kernel[0] * kernel[1] <= (1 << 24) / 36
      && [convolution.vertical, convolution.horizontal].allSatisfy {
        0...2 ~= $0.before && 0...2 ~= $0.after
      }
  }

  /// Whether it is faster than plain sums: in floating-point operations, with what else takes time
  /// counted as the operations that would take as long (measured on a Zen 5).
  var isWorthwhile: Bool {
    let (c, k) = (Double(shape.channels), Double(shape.out_channels))
    let outputs = Double(images * shape.out_height * shape.out_width)
    let frequencies = Double(tiles * Spectrum.frequencies)
    let direct = 2 * Double(taps * taps) * outputs * c * k
    return frequencies * (2 * c * k + 50 * (c + k)) + 2340 * c * k < direct
  }

  private var tilesOfImage: Int {
    let side = transforms.outputs
    return (shape.out_height + side - 1) / side * ((shape.out_width + side - 1) / side)
  }
  private var tiles: Int { images * tilesOfImage }

  /// `[N, K, P, Q]` into `out`, channels-last.
  func forward(
    _ x: View, _ weight: View, bias: View?, _ epilogue: hk_epilogue, slope: Float, into out: Buffer
  ) throws {
    let x = try backend.channelsLast(x)
    let bias = try bias.map(backend.contiguous)
    let (from, to) = (backend.start(x, Float.self), backend.elements(out, Float.self))
    let shift = bias.map { UnsafePointer(backend.start($0, Float.self)) }
    try withExtendedLifetime((x.buffer, bias?.buffer)) {
      try withFilter(weight) { filter in
        try eachChunk(floats: 5 << 18) { chunk in
          try transform(chunk, chunk.v) { transforms.input($0, $1, from, $2) }
          try multiply(chunk, chunk.v, by: filter, into: chunk.m)
          try transform(chunk, chunk.m) {
            transforms.output($0, $1, $2, to, shift, epilogue, slope)
          }
        }
      }
    }
  }

  /// `[N, C, H, W]` into `dx`, channels-last.
  func backwardData(_ dy: View, _ weight: View, into dx: Buffer) throws {
    let dy = try backend.channelsLast(dy)
    let (from, to) = (backend.start(dy, Float.self), backend.elements(dx, Float.self))
    try backend.fill(View(dx), with: .int(0))
    try withExtendedLifetime(dy.buffer) {
      try withFilter(weight) { filter in
        try eachChunk(floats: 5 << 18) { chunk in
          try transform(chunk, chunk.m) { transforms.output_gradient($0, $1, from, $2) }
          try multiply(chunk, chunk.m, byTransposeOf: filter, into: chunk.v)
          try eachOverlap(of: chunk) { transforms.input_gradient($0, $1, $2, to) }
        }
      }
    }
  }

  /// `[K, C, R, R]` into `dw`; chunks add to the transformed gradient in their order.
  ///
  /// The gradient lies in strips of outputs, each with all its frequencies, so that the last chunk's
  /// sums become filters while they are in the cache.
  func backwardWeights(_ x: View, _ dy: View, into dw: Buffer) throws {
    let (x, dy) = (try backend.channelsLast(x), try backend.channelsLast(dy))
    let (pictures, slopes) = (backend.start(x, Float.self), backend.start(dy, Float.self))
    let result = backend.elements(dw, Float.self)
    let (rows, columns) = (min(16, output.width), input.count * input.width)
    let strips = (shape.out_channels + rows - 1) / rows
    let plane = Spectrum.plane(rows * columns)
    let sums = try backend.borrow(strips * Spectrum.frequencies * plane)
    defer { backend.arena.giveBack(sums) }
    func add(_ chunk: Chunk, _ strip: Int, _ frequency: Int) {
      let first = strip * rows
      var product = hk_transposed_product(
        m: min(rows, shape.out_channels - first), n: shape.channels, count: chunk.count,
        group: chunk.count,
        a: chunk.m.frequency(frequency) + first / output.width * chunk.m.panelStep
          + first % output.width,
        a_step: output.width, a_group: 0, b: chunk.v.frequency(frequency),
        b_panel: chunk.v.panelStep,
        c: sums.floats + (strip * Spectrum.frequencies + frequency) * plane, c_step: columns,
        c_panel: input.width, accumulate: chunk.first > 0 ? 1 : 0)
      backend.kernels.products.transposed_product(&product)
    }
    try withExtendedLifetime((x.buffer, dy.buffer)) {
      try eachChunk(floats: 5 << 18) { chunk in
        try transform(chunk, chunk.m) { transforms.output_gradient($0, $1, slopes, $2) }
        try transform(chunk, chunk.v) { transforms.input($0, $1, pictures, $2) }
        guard chunk.first + chunk.count == tiles else {
          let operations = 2 * chunk.count * shape.out_channels * columns
          return try eachFrequency(operations: operations) { frequency in
            for strip in 0..<strips { add(chunk, strip, frequency) }
          }
        }
        try backend.pool.run(blocks: strips, interrupt: backend.interrupt) { strip in
          for frequency in 0..<Spectrum.frequencies { add(chunk, strip, frequency) }
          transforms.filter_gradient(
            sums.floats + strip * Spectrum.frequencies * plane, plane, columns, 0,
            min(rows, shape.out_channels - strip * rows), shape.channels,
            result + strip * rows * shape.channels * taps * taps)
        }
      }
    }
  }
}

// What the three have in common: chunks of tiles, blocks of a chunk, transformed filters.
extension WinogradConvolution {
  /// A stretch of tiles and its two transforms, over the channels read and those written.
  struct Chunk {
    let first: Int
    let count: Int
    let v: Spectrum
    let m: Spectrum
  }

  /// Calls `body` for stretches of tiles whose transforms have about `floats` floats.
  private func eachChunk(floats: Int, _ body: (Chunk) throws -> Void) throws {
    let perTile = Spectrum.frequencies * (input.count * input.width + output.count * output.width)
    let most = max(16, floats / perTile)
    let chunks = (tiles + most - 1) / most
    let rows = (tiles + chunks - 1) / chunks
    let first = Spectrum.count(input, rows: rows)
    let space = try backend.borrow(first + Spectrum.count(output, rows: rows))
    defer { backend.arena.giveBack(space) }
    let v = Spectrum(panels: input, rows: rows, start: space.floats)
    let m = Spectrum(panels: output, rows: rows, start: space.floats + first)
    for tile in stride(from: 0, to: tiles, by: rows) {
      try body(Chunk(first: tile, count: min(rows, tiles - tile), v: v, m: m))
    }
  }

  private typealias Transform = (
    UnsafePointer<hk_winograd>, UnsafePointer<hk_tiles>, UnsafeMutablePointer<Float>
  ) -> Void

  /// Calls `body` for blocks of tiles of one of a chunk's transforms.
  private func transform(_ chunk: Chunk, _ spectrum: Spectrum, _ body: Transform) throws {
    let perTile = spectrum.panels.count * spectrum.panels.width
    try backend.eachStretch(of: chunk.count, atLeast: 1 + 8192 / perTile) { first, count in
      call(
        body, chunk.first + first, count, 0..<spectrum.vectors, spectrum,
        spectrum.start + first * spectrum.panels.width)
    }
  }

  /// Calls `body` for the tiles of one image and for some vectors of its channels: tiles overlap, so
  /// whoever adds them adds all of an image's.
  private func eachOverlap(of chunk: Chunk, _ body: Transform) throws {
    let spectrum = chunk.v
    let perVector = min(chunk.count, tilesOfImage) * spectrum.panels.width / 2
    let vectors = min(spectrum.vectors, 2 * (1 + 4096 / perVector))
    let groups = (spectrum.vectors + vectors - 1) / vectors
    let (image, end) = (chunk.first / tilesOfImage, chunk.first + chunk.count)
    let count = (end - 1) / tilesOfImage + 1 - image
    try backend.pool.run(blocks: count * groups, interrupt: backend.interrupt) { block in
      let first = max(chunk.first, (image + block / groups) * tilesOfImage)
      let last = min(end, (image + block / groups + 1) * tilesOfImage)
      let from = block % groups * vectors
      call(
        body, first, last - first, from..<min(from + vectors, spectrum.vectors), spectrum,
        spectrum.start + (first - chunk.first) * spectrum.panels.width)
    }
  }

  private func call(
    _ body: Transform, _ first: Int, _ count: Int, _ vectors: Range<Int>, _ spectrum: Spectrum,
    _ floats: UnsafeMutablePointer<Float>
  ) {
    var shape = shape
    var tiles = hk_tiles(
      first: first, count: count, from: vectors.lowerBound, to: vectors.upperBound,
      plane: spectrum.plane, panel_step: spectrum.panelStep)
    body(&shape, &tiles, floats)
  }

  private func eachFrequency(operations: Int, _ body: (Int) -> Void) throws {
    let perBlock = Spectrum.perBlock(operations: operations)
    try backend.pool.run(
      blocks: Spectrum.frequencies / perBlock, interrupt: backend.interrupt
    ) { block in
      for frequency in block * perBlock..<(block + 1) * perBlock { body(frequency) }
    }
  }

  /// `result = rows · filter` for each frequency.
  private func multiply(
    _ chunk: Chunk, _ rows: Spectrum, by filter: Spectrum, into result: Spectrum
  ) throws {
    try eachFrequency(operations: 2 * chunk.count * rows.panels.depth * result.panels.channels) {
      multiply(
        chunk, rows, $0, by: filter.frequency($0), filter.panelStep, into: result,
        0..<result.panels.count, ahead: nil, 0)
    }
  }

  /// `result = rows · filter'` for each frequency, a panel of the transpose at a time: keeping it too
  /// would take as much memory again, and making it from the weight as long as several products.
  private func multiply(
    _ chunk: Chunk, _ rows: Spectrum, byTransposeOf filter: Spectrum, into result: Spectrum
  ) throws {
    let (depth, width) = (rows.panels.depth, result.panels.width)
    try eachFrequency(operations: 2 * chunk.count * depth * result.panels.channels) { frequency in
      withUnsafeTemporaryAllocation(
        byteCount: depth * width * MemoryLayout<Float>.stride, alignment: 64
      ) { bytes in
        guard let packed = bytes.bindMemory(to: Float.self).baseAddress else { return }
        for panel in 0..<result.panels.count {
          let block = filter.frequency(frequency) + panel * width * width
          backend.kernels.products.transpose_packed(
            block, filter.panelStep, min(width, filter.rows - panel * width), depth, packed)
          multiply(
            chunk, rows, frequency, by: packed, 0, into: result, panel..<panel + 1,
            ahead: block + width * width, filter.panelStep)
        }
      }
    }
  }

  /// Some panels of one frequency's product.
  private func multiply(
    _ chunk: Chunk, _ rows: Spectrum, _ frequency: Int, by filter: UnsafePointer<Float>,
    _ filterStep: Int, into result: Spectrum, _ panels: Range<Int>,
    ahead: UnsafePointer<Float>?, _ aheadStep: Int
  ) {
    let first = panels.lowerBound * result.panels.width
    var product = hk_product(
      m: chunk.count,
      n: min(result.panels.channels, panels.upperBound * result.panels.width) - first,
      segments: rows.panels.depth / rows.panels.length, length: rows.panels.length,
      group: chunk.count, a: rows.frequency(frequency), a_step: rows.panels.width, a_group: 0,
      a_segment: rows.panelStep, b: filter, b_panel: filterStep,
      c: result.frequency(frequency) + panels.lowerBound * result.panelStep,
      c_step: result.panels.width, c_group: 0, c_panel: result.panelStep, accumulate: 0, bias: nil,
      activation: HK_EPILOGUE_NONE, slope: 0, ahead: ahead, ahead_segment: aheadStep)
    backend.kernels.products.product(&product)
  }

  /// Lends the transform of `weight`, kept from an earlier call where nothing changed since.
  private func withFilter(_ weight: View, _ body: (Spectrum) throws -> Void) throws {
    let key = FilterCache.Key(
      buffer: ObjectIdentifier(weight.buffer), offset: weight.offset, outputs: output.channels,
      channels: input.channels, form: .winograd(taps: taps))
    if weight.isContiguous, let kept = backend.filters.filter(key) {
      return try body(Spectrum(panels: output, rows: input.depth, start: kept.floats))
    }
    let space = try backend.borrow(Spectrum.count(output, rows: input.depth))
    let filter = Spectrum(panels: output, rows: input.depth, start: space.floats)
    do {
      try transform(backend.contiguous(weight), into: filter)
    } catch {
      backend.arena.giveBack(space)
      throw error
    }
    if weight.isContiguous {
      backend.filters.keep(space, key, of: weight.buffer)
      return try body(filter)
    }
    defer { backend.arena.giveBack(space) }
    try body(filter)
  }

  private func transform(_ weight: View, into filter: Spectrum) throws {
    let size = taps * taps
    let source = backend.start(weight, Float.self)
    // Rows are transposed eight at a time.
    let perBlock = (1 + 1024 / output.channels) * 8
    try withExtendedLifetime(weight.buffer) {
      try backend.eachStretch(of: input.depth, atLeast: perBlock) { first, count in
        transforms.filter(
          source, size, size * input.channels, input.channels, output.channels, first,
          first + count, filter.start, filter.plane, filter.panelStep)
      }
    }
  }
}
