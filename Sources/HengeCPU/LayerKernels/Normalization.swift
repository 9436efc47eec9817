// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// A normalization's parts: rows of one group, cut by shape alone.
///
/// A part is so small that it stays in the cache while it is worked on. Parts run in any order; their
/// sums are joined in order.
struct Normalization {
  /// Floats in a part.
  private static let partSize = 1 << 15

  private let backend: CPUBackend
  private let kernels: hk_normalization_kernels
  private let groups: Int
  private let length: Int
  private let channels: Int
  private let rowsPerPart: Int
  private let partsPerGroup: Int
  private let partials: Buffer
  private let joined: Buffer
  /// Scales, then shifts: of all groups, or of each.
  private let parameters: Buffer
  private let parameterRows: Int
  /// What `mean` and `inverse` point into.
  private let statistics: [Buffer]
  /// `[G, C]`.
  let mean: UnsafeMutablePointer<Float>
  let inverse: UnsafeMutablePointer<Float>

  init(
    _ backend: CPUBackend, sizes: [Int], scale: View?, shift: View?, mean: Buffer, inverse: Buffer
  ) throws {
    self.backend = backend
    kernels = backend.kernels.normalization
    (groups, length, channels) = (sizes[0], sizes[1], sizes[2])
    rowsPerPart = max(1, Normalization.partSize / max(1, channels))
    partsPerGroup = (length + rowsPerPart - 1) / rowsPerPart
    partials = try backend.allocate(groups * partsPerGroup * 2 * channels, .f64)
    joined = try backend.allocate(2 * channels, .f64)
    let isOfEach = [scale, shift].contains { $0?.sizes.count == 2 }
    parameterRows = isOfEach ? groups : 1
    parameters = try backend.allocate(2 * parameterRows * channels, .f32)
    statistics = [mean, inverse]
    self.mean = backend.elements(mean)
    self.inverse = backend.elements(inverse)
    for (index, given) in [scale, shift].enumerated() {
      let to = View(
        parameters, offset: index * parameterRows * channels, sizes: [parameterRows, channels],
        strides: [channels, 1])
      if let given {
        let each =
          given.sizes.count == 2
          ? given
          : View(
            given.buffer, offset: given.offset, sizes: to.sizes, strides: [0, given.strides[0]])
        try backend.convert(each, to: to, rounding: .nearest)
      } else {
        try backend.fill(to, with: .num(index == 0 ? 1 : 0))
      }
    }
  }

  /// The normalization of the channels of group `g`.
  func normal(_ g: Int) -> hk_normal {
    let row = parameterRows == 1 ? 0 : g
    let scale = backend.elements(parameters, Float.self) + row * channels
    return hk_normal(
      mean: mean + g * channels, inverse: inverse + g * channels, scale: scale,
      shift: scale + parameterRows * channels)
  }

  /// Calls `body` with each part: its number, its group, its first element and its rows.
  func eachPart(
    _ body: (_ kernels: hk_normalization_kernels, _ part: Int, _ g: Int, _ first: Int, _ rows: Int)
      -> Void
  ) throws {
    try backend.pool.run(blocks: groups * partsPerGroup, interrupt: backend.interrupt) { part in
      let (g, row) = (part / partsPerGroup, part % partsPerGroup * rowsPerPart)
      body(
        kernels, part, g, (g * length + row) * channels, min(rowsPerPart, length - row))
    }
  }

  /// Sums each part's elements and their squares.
  func sumMoments(of x: UnsafePointer<Float>) throws {
    try eachPart { kernels, part, _, first, rows in
      let own = sums(of: part)
      kernels.moments(x + first, rows, channels, own, own + channels)
    }
  }

  /// Sums each part's gradients before the activation, and their products with what is normalized.
  func sumGradients(
    _ dy: UnsafePointer<Float>, of x: UnsafePointer<Float>, _ activation: hk_activation
  ) throws {
    try eachPart { kernels, part, g, first, rows in
      let own = sums(of: part)
      kernels.gradient_sums(
        dy + first, x + first, rows, channels, normal(g), activation, own, own + channels)
    }
  }

  /// Where a part's sums go, `[2, C]`.
  func sums(of part: Int) -> UnsafeMutablePointer<Double> {
    backend.elements(partials, Double.self) + part * 2 * channels
  }

  /// The sums of a group, `[2, C]`, until the next call.
  func joinedSums(of g: Int) -> UnsafeMutablePointer<Double> {
    let totals = backend.elements(joined, Double.self)
    hk_join_sums(sums(of: g * partsPerGroup), partsPerGroup, channels, totals)
    return totals
  }
}
