// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// From one side of a convolution to the other by Winograd's method: what its forward pass and its
/// gradients have in common.
///
/// Pictures are cut into tiles of 4 x 4 outputs, or of 3 x 3 for filters of 4 x 4, tiles into chunks
/// whose transforms stay in the caches; each chunk goes through the transforms and a matrix product
/// for each frequency. Chunks and blocks are cut by shape alone.
struct WinogradPass {
  let backend: CPUBackend
  let shape: hk_winograd
  let images: Int
  /// Of a filter, along each axis: 3 or 4.
  let taps: Int
  let transforms: hk_winograd_pass
  /// The channels read, and those written.
  let input: Panels
  let output: Panels

  /// Whether the size of a kernel and the padding are ones that the transforms take.
  static func takes(_ convolution: Convolution, kernel: [Int]) -> Bool {
    // Transformed filters of more than 64 MB would be worked on in main memory.
    3...4 ~= kernel[2] && kernel[3] == kernel[2] && convolution.dilation == .init(1)
      && kernel[0] * kernel[1] <= (1 << 24) / 36
      && [convolution.vertical, convolution.horizontal].allSatisfy {
        0...2 ~= $0.before && 0...2 ~= $0.after
      }
  }

  var tilesOfImage: Int { shape.tiles_down * shape.tiles_across }
  var tiles: Int { images * tilesOfImage }
  var frequencies: Int { transforms.frequencies }

  /// Calls `run` for the whole of an input, channels-last into `out`.
  func run(
    _ x: View, _ weight: View, bias: View?, _ epilogue: hk_epilogue, slope: Float, into out: Buffer
  ) throws {
    let x = try backend.channelsLast(x)
    let bias = try bias.map(backend.contiguous)
    let (from, to) = (backend.start(x, Float.self), backend.elements(out, Float.self))
    let shift = bias.map { UnsafePointer(backend.start($0, Float.self)) }
    try withExtendedLifetime((x.buffer, bias?.buffer)) {
      try withFilter(weight) { filter in
        try eachChunk { chunk in
          try transform(chunk, chunk.v) { transforms.input($0, $1, from, $2) }
          try multiply(chunk, chunk.v, by: filter, into: chunk.m)
          try transform(chunk, chunk.m) {
            transforms.output($0, $1, $2, to, shift, epilogue, slope)
          }
        }
      }
    }
  }
}

// Phases of a stride.
extension WinogradPass {
  private var isStrided: Bool { input.phases * output.phases > 1 }
  private var isTransposed: Bool { output.phases > 1 }

  /// The phases that have a frequency, in the order (0, 1), (0, 0), (1, 0), (1, 1) of odd rows and
  /// odd columns: of three taps the odd ones are one, which does without the last frequency.
  private func phases(of frequency: Int) -> Range<Int> {
    if taps == 4 { return 0..<4 }
    return (frequency % 5 == 4 ? 1 : 0)..<(frequency / 5 == 4 ? 2 : frequency % 5 == 4 ? 3 : 4)
  }

  /// The panels that a frequency's product sums over, and those that it gives.
  private func panels(of frequency: Int) -> (summed: Range<Int>, given: Range<Int>) {
    func some(_ panels: Panels) -> Range<Int> {
      panels.phases == 1 ? 0..<panels.count : panels.panels(of: phases(of: frequency))
    }
    return (some(input), some(output))
  }

  /// Products of one tile for one channel read and one written.
  private var products: Int {
    if !isStrided { return frequencies }
    return (0..<frequencies).reduce(0) { $0 + phases(of: $1).count }
  }

  /// Whether it is faster than plain sums: in floating-point operations, with what else takes time
  /// counted as the operations that would take as long (measured on a Zen 5).
  ///
  /// With a stride filters count twice: they save less, and what is kept of them pushes out others.
  var isWorthwhile: Bool {
    let (c, k) = (Double(input.channels), Double(output.channels))
    let direct = 2 * Double(taps * taps * images) * outputsOfImage * c * k
    let transformed =
      isStrided ? Double((input.count + output.count) * input.width) : c + k
    let tile = Double(products) * 2 * c * k + Double(frequencies) * 50 * transformed
    let filter = 65 * Double(products) * c * k * (isStrided ? 2 : 1)
    return Double(tiles) * tile + filter < direct
  }

  /// Pixels of the convolution's output, wherever it is on.
  private var outputsOfImage: Double {
    Double(isTransposed ? shape.height * shape.width : shape.out_height * shape.out_width)
  }
}

// Chunks of tiles and blocks of a chunk.
extension WinogradPass {
  /// A stretch of tiles and its two transforms, over the channels read and those written.
  struct Chunk {
    let first: Int
    let count: Int
    let v: Spectrum
    let m: Spectrum
  }

  /// Calls `body` for stretches of tiles whose transforms have about five million floats.
  func eachChunk(_ body: (Chunk) throws -> Void) throws {
    let perTile = frequencies * (input.count * input.width + output.count * output.width)
    let most = max(16, (5 << 18) / perTile)
    let chunks = (tiles + most - 1) / most
    let rows = (tiles + chunks - 1) / chunks
    let first = Spectrum.count(frequencies, input, rows: rows)
    let space = try backend.borrow(first + Spectrum.count(frequencies, output, rows: rows))
    defer { backend.arena.giveBack(space) }
    let v = Spectrum(frequencies: frequencies, panels: input, rows: rows, start: space.floats)
    let m = Spectrum(
      frequencies: frequencies, panels: output, rows: rows, start: space.floats + first)
    for tile in stride(from: 0, to: tiles, by: rows) {
      try body(Chunk(first: tile, count: min(rows, tiles - tile), v: v, m: m))
    }
  }

  typealias Transform = (
    UnsafePointer<hk_winograd>, UnsafePointer<hk_tiles>, UnsafeMutablePointer<Float>
  ) -> Void

  /// Calls `body` for blocks of tiles of one of a chunk's transforms.
  func transform(_ chunk: Chunk, _ spectrum: Spectrum, _ body: Transform) throws {
    let perTile = spectrum.panels.count * spectrum.panels.width
    try backend.eachStretch(of: chunk.count, atLeast: 1 + 8192 / perTile) { first, count in
      call(
        body, chunk.first + first, count, 0..<spectrum.vectors, spectrum,
        spectrum.start + first * spectrum.panels.width)
    }
  }

  /// Calls `body` for a stretch of tiles that begins at `floats`, and for some vectors of channels.
  func call(
    _ body: Transform, _ first: Int, _ count: Int, _ vectors: Range<Int>, _ spectrum: Spectrum,
    _ floats: UnsafeMutablePointer<Float>
  ) {
    var shape = shape
    var tiles = hk_tiles(
      first: first, count: count, from: vectors.lowerBound, to: vectors.upperBound,
      plane: spectrum.plane, panel_step: spectrum.panelStep)
    body(&shape, &tiles, floats)
  }

  /// Calls `body` for each frequency, where each is `operations`; a block of work is some 20 us.
  func eachFrequency(operations: Int, _ body: (Int) -> Void) throws {
    let perBlock =
      (1...frequencies).last { frequencies % $0 == 0 && $0 * operations <= 4_000_000 } ?? 1
    try backend.pool.run(
      blocks: frequencies / perBlock, interrupt: backend.interrupt
    ) { block in
      for frequency in block * perBlock..<(block + 1) * perBlock { body(frequency) }
    }
  }
}

// Products.
extension WinogradPass {
  /// `result = rows · filter` for each frequency.
  private func multiply(
    _ chunk: Chunk, _ rows: Spectrum, by filter: Spectrum, into result: Spectrum
  ) throws {
    try eachFrequency(operations: 2 * chunk.count * rows.panels.depth * result.panels.columns) {
      let panels = panels(of: $0)
      multiply(
        chunk, rows, panels.summed, $0,
        by: filter.frequency($0) + panels.summed.lowerBound * rows.panels.length
          * filter.panels.width
          + panels.given.lowerBound * filter.panelStep,
        filter.panelStep, into: result, panels.given, ahead: nil, 0)
    }
  }

  /// `result = rows · filter'` for each frequency, a panel of the transpose at a time: keeping it too
  /// would take as much memory again, and making it from the weight as long as several products.
  func multiply(
    _ chunk: Chunk, _ rows: Spectrum, byTransposeOf filter: Spectrum, into result: Spectrum
  ) throws {
    let (depth, width) = (rows.panels.depth, result.panels.width)
    try eachFrequency(operations: 2 * chunk.count * depth * result.panels.columns) { frequency in
      withUnsafeTemporaryAllocation(
        byteCount: depth * width * MemoryLayout<Float>.stride, alignment: 64
      ) { bytes in
        guard let packed = bytes.bindMemory(to: Float.self).baseAddress else { return }
        for panel in 0..<result.panels.count {
          let block = filter.frequency(frequency) + panel * width * width
          backend.kernels.products.transpose_packed(
            block, filter.panelStep, min(width, filter.rows - panel * width), depth, packed)
          multiply(
            chunk, rows, 0..<rows.panels.count, frequency, by: packed, 0, into: result,
            panel..<panel + 1, ahead: block + width * width, filter.panelStep)
        }
      }
    }
  }

  /// Some panels of one frequency's product, summed over some panels.
  private func multiply(
    _ chunk: Chunk, _ rows: Spectrum, _ summed: Range<Int>, _ frequency: Int,
    by filter: UnsafePointer<Float>, _ filterStep: Int, into result: Spectrum, _ given: Range<Int>,
    ahead: UnsafePointer<Float>?, _ aheadStep: Int
  ) {
    let first = given.lowerBound * result.panels.width
    var product = hk_product(
      m: chunk.count,
      n: min(result.panels.columns, given.upperBound * result.panels.width) - first,
      segments: summed.count, length: rows.panels.length, group: chunk.count,
      a: rows.frequency(frequency) + summed.lowerBound * rows.panelStep,
      a_step: rows.panels.width, a_group: 0, a_segment: rows.panelStep, b: filter,
      b_panel: filterStep, c: result.frequency(frequency) + given.lowerBound * result.panelStep,
      c_step: result.panels.width, c_group: 0, c_panel: result.panelStep, accumulate: 0, bias: nil,
      activation: HK_EPILOGUE_NONE, slope: 0, ahead: ahead, ahead_segment: aheadStep)
    backend.kernels.products.product(&product)
  }
}

// Transformed filters.
extension WinogradPass {
  /// Lends the transform of `weight`, kept from an earlier call where nothing changed since.
  func withFilter(_ weight: View, _ body: (Spectrum) throws -> Void) throws {
    let key = FilterCache.Key(
      buffer: ObjectIdentifier(weight.buffer), offset: weight.offset, outputs: output.channels,
      channels: input.channels,
      form: .winograd(taps: taps, isStrided: isStrided, isTransposed: isTransposed))
    if weight.isContiguous, let kept = backend.filters.filter(key) {
      return try body(filter(at: kept.floats))
    }
    let space = try backend.borrow(Spectrum.count(frequencies, output, rows: input.depth))
    let filter = filter(at: space.floats)
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

  private func filter(at start: UnsafeMutablePointer<Float>) -> Spectrum {
    Spectrum(frequencies: frequencies, panels: output, rows: input.depth, start: start)
  }

  private func transform(_ weight: View, into filter: Spectrum) throws {
    let size = taps * taps
    let steps =
      isTransposed
      ? (row: size * output.channels, column: size) : (row: size, column: size * input.channels)
    let phaseStep =
      isTransposed
      ? output.count / output.phases * filter.panelStep : input.phaseDepth * output.width
    let source = backend.start(weight, Float.self)
    // Rows are transposed eight at a time.
    let perBlock = (1 + 1024 / output.channels) * 8
    try withExtendedLifetime(weight.buffer) {
      try backend.eachStretch(of: input.phaseDepth, atLeast: perBlock) { first, count in
        transforms.filter(
          source, steps.row, steps.column, input.channels, output.channels, first, first + count,
          filter.start, filter.plane, filter.panelStep, phaseStep)
      }
    }
  }
}
