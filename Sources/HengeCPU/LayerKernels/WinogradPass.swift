// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads
internal import Synchronization

/// One direction of a convolution by Winograd's method: the part that its forward pass and its
/// gradients share.
///
/// Images are divided into tiles of 4 x 4 outputs, or of 3 x 3 for filters of 4 x 4, and tiles into
/// chunks whose transforms stay in the caches; each chunk goes through the transforms and a matrix
/// product for each frequency. With many tiles each core processes its own chunks, otherwise all
/// cores share each chunk. The division of a chunk's work depends only on the shape.
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

  /// The whole of `x`, channels-last into `out`.
  func run(
    _ x: View, _ weight: View, bias: View?, _ epilogue: hk_epilogue, slope: Float, into out: Buffer
  ) throws {
    let x = try backend.channelsLast(x)
    let bias = try bias.map(backend.contiguous)
    let (from, to) = (backend.start(x, Float.self), backend.elements(out, Float.self))
    let shift = bias.map { UnsafePointer(backend.start($0, Float.self)) }
    try withExtendedLifetime((x.buffer, bias?.buffer)) {
      try withFilter(weight) { filter in
        let output: Transform = { transforms.output($0, $1, $2, to, shift, epilogue, slope) }
        let input: Transform = { transforms.input($0, $1, from, $2) }
        if let chunks = chunksOfOneCore {
          return try eachOwnChunk(of: chunks) { chunk in
            call(input, chunk, chunk.v, 0..<chunk.count)
            for frequency in 0..<frequencies {
              multiply(chunk, chunk.v, frequency, by: filter, into: chunk.m)
            }
            call(output, chunk, chunk.m, 0..<chunk.count)
          }
        }
        try eachChunk { chunk in
          try transform(chunk, chunk.v, input)
          try eachFrequency(operations: operations(chunk)) {
            multiply(chunk, chunk.v, $0, by: filter, into: chunk.m)
          }
          try transform(chunk, chunk.m, output)
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

  /// The panels over which a frequency's product sums, and the panels of its result.
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
  /// With a stride filters count twice: they save less, and keeping them evicts others.
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

    /// At `start`, where there is room for `rows` tiles.
    init(
      first: Int, count: Int, of pass: WinogradPass, rows: Int,
      at start: UnsafeMutablePointer<Float>
    ) {
      self.first = first
      self.count = count
      let second = Spectrum.count(pass.frequencies, pass.input, rows: rows)
      v = Spectrum(frequencies: pass.frequencies, panels: pass.input, rows: rows, start: start)
      m = Spectrum(
        frequencies: pass.frequencies, panels: pass.output, rows: rows, start: start + second)
    }
  }

  /// Of both transforms of one tile.
  private var floatsOfTile: Int {
    frequencies * (input.count * input.width + output.count * output.width)
  }

  private func floats(ofTiles rows: Int) -> Int {
    Spectrum.count(frequencies, input, rows: rows)
      + Spectrum.count(frequencies, output, rows: rows)
  }

  /// How many chunks there are that one core goes through alone, their transforms in its own
  /// cache; nil where all share the work on each chunk.
  ///
  /// Every chunk reads all filters, which only pays with enough tiles in each, and there must be
  /// chunks for all threads. A tile's results are the same in any chunk.
  private var chunksOfOneCore: Int? {
    let (fewest, most) = (16, (5 << 16) / floatsOfTile)
    guard most >= fewest, tiles >= 4 * fewest else { return nil }
    // As many for each of two or four threads.
    let chunks = ((tiles + most - 1) / most + 3) / 4 * 4
    return chunks >= 2 * backend.pool.threads ? chunks : nil
  }

  /// Calls `body` for as many chunks at once as there are threads, each in its own workspace.
  private func eachOwnChunk(of chunks: Int, _ body: (Chunk) -> Void) throws {
    let rows = (tiles + chunks - 1) / chunks
    let (places, size) = (min(backend.pool.threads, chunks), floats(ofTiles: rows))
    let space = try backend.borrow(places * size)
    defer { backend.arena.giveBack(space) }
    let free = Mutex(Array(0..<places))
    try backend.pool.run(blocks: chunks, interrupt: backend.interrupt) { block in
      let place = free.withLock { $0.removeLast() }
      defer { free.withLock { $0.append(place) } }
      let first = tiles * block / chunks
      let count = tiles * (block + 1) / chunks - first
      body(
        Chunk(first: first, count: count, of: self, rows: rows, at: space.floats + place * size))
    }
  }

  /// How many chunks there are that all threads work on together.
  private var sharedChunks: Int {
    let most = max(16, (5 << 18) / floatsOfTile)
    return (tiles + most - 1) / most
  }

  /// Whether all tiles are one such chunk.
  var isOneChunk: Bool { sharedChunks <= 1 }

  /// Calls `body` for stretches of tiles whose transforms have about 1.3 million floats.
  func eachChunk(_ body: (Chunk) throws -> Void) throws {
    let chunks = sharedChunks
    let rows = (tiles + chunks - 1) / chunks
    let space = try backend.borrow(floats(ofTiles: rows))
    defer { backend.arena.giveBack(space) }
    for tile in stride(from: 0, to: tiles, by: rows) {
      try body(
        Chunk(first: tile, count: min(rows, tiles - tile), of: self, rows: rows, at: space.floats))
    }
  }

  typealias Transform = (
    UnsafePointer<hk_winograd>, UnsafePointer<hk_tiles>, UnsafeMutablePointer<Float>
  ) -> Void

  /// Calls `body` for blocks of tiles of one of a chunk's transforms.
  func transform(_ chunk: Chunk, _ spectrum: Spectrum, _ body: Transform) throws {
    let perTile = spectrum.panels.count * spectrum.panels.width
    try backend.eachStretch(of: chunk.count, atLeast: 1 + 8192 / perTile) { first, count in
      call(body, chunk, spectrum, first..<first + count)
    }
  }

  /// Calls `body` for some of a chunk's tiles and for some vectors of channels, or all.
  func call(
    _ body: Transform, _ chunk: Chunk, _ spectrum: Spectrum, _ range: Range<Int>,
    _ vectors: Range<Int>? = nil
  ) {
    var shape = shape
    let vectors = vectors ?? 0..<spectrum.vectors
    var tiles = hk_tiles(
      first: chunk.first + range.lowerBound, count: range.count, from: vectors.lowerBound,
      to: vectors.upperBound, plane: spectrum.plane, panel_step: spectrum.panelStep)
    body(&shape, &tiles, spectrum.start + range.lowerBound * spectrum.panels.width)
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
  /// Of one frequency of a chunk.
  private func operations(_ chunk: Chunk) -> Int {
    2 * chunk.count * input.depth * output.columns
  }

  /// `result = rows · filter` for one frequency.
  private func multiply(
    _ chunk: Chunk, _ rows: Spectrum, _ frequency: Int, by filter: Spectrum, into result: Spectrum
  ) {
    let panels = panels(of: frequency)
    let row = panels.summed.lowerBound * rows.panels.length
    let start = row * filter.panels.width + panels.given.lowerBound * filter.panelStep
    multiply(
      chunk, rows, panels.summed, frequency, by: filter.frequency(frequency) + start,
      filter.panelStep, into: result, panels.given, ahead: nil, 0)
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
      // The cache may evict it while `body` allocates memory.
      return try withExtendedLifetime(kept) { try body(spectrum(at: kept.floats)) }
    }
    let space = try backend.borrow(Spectrum.count(frequencies, output, rows: input.depth))
    let filter = spectrum(at: space.floats)
    do {
      try transform(backend.contiguous(weight), into: filter)
    } catch {
      backend.arena.giveBack(space)
      throw error
    }
    if weight.isContiguous {
      backend.filters.keep(space, key, of: weight.buffer)
      return try withExtendedLifetime(space) { try body(filter) }
    }
    defer { backend.arena.giveBack(space) }
    try body(filter)
  }

  private func spectrum(at start: UnsafeMutablePointer<Float>) -> Spectrum {
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
