// SPDX-License-Identifier: MIT
import CHengeKernels
import HengeBackend

/// The resampling filter of a resized image.
public enum ResizeFilter: String, Sendable, CaseIterable {
  /// The nearest sample.
  case nearest
  /// The mean of the covered samples.
  case box
  /// A triangle two samples wide, or two covered widths when shrinking.
  case bilinear
  /// Keys' cubic with a = -0.5 [Keys 1981], stretched like the triangle when shrinking.
  case bicubic

  var code: Int32 {
    switch self {
    case .nearest: Int32(HENGE_NEAREST)
    case .box: Int32(HENGE_BOX)
    case .bilinear: Int32(HENGE_BILINEAR)
    case .bicubic: Int32(HENGE_BICUBIC)
    }
  }
}

/// One side of a resizing: the part `from..<to` of `inSize` samples becomes `outSize` samples.
struct ResizeSide: Hashable, Sendable {
  var filter: ResizeFilter
  var inSize: Int
  var from: Float
  var to: Float
  var outSize: Int

  /// The whole side.
  init(_ filter: ResizeFilter, _ inSize: Int, to outSize: Int) {
    self.init(filter, inSize, from: 0, to: Float(inSize), outSize: outSize)
  }

  /// A part of the side, its ends in single precision because Pillow's are.
  init(_ filter: ResizeFilter, _ inSize: Int, from: Float, to: Float, outSize: Int) {
    self.filter = filter
    self.inSize = inSize
    self.from = from
    self.to = to
    self.outSize = outSize
  }

  /// Whether the samples are unchanged.
  var isIdentity: Bool { inSize == outSize && from == 0 && to == Float(inSize) }

  var taps: Int32 { henge_resize_taps(filter.code, from, to, Int32(outSize)) }

  /// The bytes of the weights made from this.
  var weightBytes: Int {
    outSize * MemoryLayout<henge_span>.size + outSize * Int(taps) * 12
      + 2 * Int(henge_resize_packed_count(Int32(outSize), taps))
  }
}

/// The weights of one side, in the three forms that the kernels take.
struct ResizeWeights: Sendable {
  let taps: Int32
  let spans: [henge_span]
  let exact: [Double]
  let fixed: [Int32]
  let packed: [Int16]

  init(_ side: ResizeSide) {
    let taps = side.taps
    let outSize = Int32(side.outSize)
    let count = side.outSize * Int(taps)
    var spans = [henge_span](repeating: henge_span(), count: side.outSize)
    var exact = [Double](repeating: 0, count: count)
    var fixed = [Int32](repeating: 0, count: count)
    var packed = [Int16](repeating: 0, count: Int(henge_resize_packed_count(outSize, taps)))
    henge_resize_weights(
      side.filter.code, Int32(side.inSize), side.from, side.to, outSize, taps, &spans, &exact)
    henge_resize_fixed(exact, Int64(count), &fixed)
    henge_resize_pack(fixed, outSize, taps, &packed)
    self.taps = taps
    self.spans = spans
    self.exact = exact
    self.fixed = fixed
    self.packed = packed
  }

  /// The input samples that some output is made of.
  var used: Range<Int> {
    guard let first = spans.first, let last = spans.last else { return 0..<0 }
    return Int(first.first)..<max(Int(first.first), Int(last.first + last.count))
  }
}

/// The weights made last, for the next picture of the same size.
struct ResizePlans {
  private var across: (side: ResizeSide, weights: ResizeWeights)?
  private var down: (side: ResizeSide, weights: ResizeWeights)?

  /// The weights of both sides, `nil` for a side that is unchanged; throws `E-memory`.
  mutating func weights(
    across: ResizeSide, down: ResizeSide, budget: MemoryBudget
  ) throws -> (across: ResizeWeights?, down: ResizeWeights?) {
    (
      try ResizePlans.weights(across, kept: &self.across, budget: budget),
      try ResizePlans.weights(down, kept: &self.down, budget: budget)
    )
  }

  private static func weights(
    _ side: ResizeSide, kept: inout (side: ResizeSide, weights: ResizeWeights)?,
    budget: MemoryBudget
  ) throws -> ResizeWeights? {
    if side.isIdentity { return nil }
    if let kept, kept.side == side { return kept.weights }
    try budget.reserve(side.weightBytes, for: "resizing an image")
    defer { budget.release(side.weightBytes) }
    let made = ResizeWeights(side)
    kept = (side, made)
    return made
  }
}
