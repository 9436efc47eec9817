// SPDX-License-Identifier: MIT
import CHengeKernels
public import HengeBackend

/// The part of a picture between two pairs of edges, in pixels; edges may fall inside pixels.
struct PictureRegion: Equatable {
  var left: Double
  var top: Double
  var right: Double
  var bottom: Double
}

extension Pixels {
  /// The image at another size, with the same bytes as Pillow's `resize`.
  ///
  /// One direction, then the other (see ``goesDownFirst(from:to:)``), in 22-bit fixed point; colors
  /// are weighted by alpha if there is one. 16-bit samples are dropped. Throws `E-range` for a size
  /// below 1, `E-shape`, `E-memory`.
  public func resized(
    height: Int, width: Int, filter: ResizeFilter = .bicubic, budget: MemoryBudget
  ) throws -> Pixels {
    var plans = ResizePlans()
    return try resized(height: height, width: width, filter: filter, plans: &plans, budget: budget)
  }

  /// The same for a `region` of the picture, with weights kept in `plans`; `portable` takes the
  /// plain kernels, for comparison.
  func resized(
    height: Int, width: Int, filter: ResizeFilter, region: PictureRegion? = nil,
    plans: inout ResizePlans, budget: MemoryBudget, portable: Bool = false
  ) throws -> Pixels {
    let limit = 1...Pixels.longestSide
    guard limit.contains(height), limit.contains(width) else {
      throw Failure.pictureSize(height: height, width: width)
    }
    guard !bytes.isEmpty else { throw Failure.emptyPicture("resized") }
    var across = ResizeSide(filter, self.width, to: width)
    var down = ResizeSide(filter, self.height, to: height)
    if let region {
      (across.from, across.to) = (Float(region.left), Float(region.right))
      (down.from, down.to) = (Float(region.top), Float(region.bottom))
    }
    let weights = try plans.weights(across: across, down: down, budget: budget)
    guard weights.across != nil || weights.down != nil else { return withoutWide() }
    // A copy with its colors multiplied by alpha, the image between the steps, and the result.
    let between = max(width * self.height, self.width * height)
    let needed = bytes.count + channels * (between + width * height)
    try budget.reserve(needed, for: "resizing an image")
    defer { budget.release(needed) }
    let hasAlpha = channels % 2 == 0 && filter != .nearest
    var result = hasAlpha ? try premultiplied(budget) : self
    if goesDownFirst(from: (self.height, self.width), to: (height, width)) {
      result = try result.down(
        to: height, firstRow: 0, weights.down, portable: portable, budget: budget)
      result = try result.across(
        to: width, rows: 0..<height, weights.across, portable: portable, budget: budget)
    } else {
      let rows = weights.across == nil ? 0..<self.height : weights.down?.used ?? 0..<self.height
      result = try result.across(
        to: width, rows: rows, weights.across, portable: portable, budget: budget)
      result = try result.down(
        to: height, firstRow: rows.lowerBound, weights.down, portable: portable, budget: budget)
    }
    if hasAlpha { try result.unpremultiply(budget) }
    return result.withoutWide()
  }

  private func withoutWide() -> Pixels {
    Pixels(height: height, width: width, channels: channels, bytes: bytes)
  }

  private func premultiplied(_ budget: MemoryBudget) throws -> Pixels {
    var product = withoutWide()
    try product.eachStretch(budget) { henge_premultiply_u8($0, $1, Int32(channels)) }
    return product
  }

  private mutating func unpremultiply(_ budget: MemoryBudget) throws {
    let channels = Int32(self.channels)
    try eachStretch(budget) { henge_unpremultiply_u8($0, $1, channels) }
  }

  /// Changes the pixels in place, some at a time.
  private mutating func eachStretch(
    _ budget: MemoryBudget, _ body: (_ pixels: UnsafeMutablePointer<UInt8>, _ count: Int64) -> Void
  ) throws {
    let (count, channels) = (height * width, self.channels)
    try bytes.withUnsafeMutableBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      try budget.inStretches(count) {
        body(start + $0.lowerBound * channels, Int64($0.count))
      }
    }
  }

  /// The rows `rows` at another width; unchanged without weights.
  private func across(
    to outWidth: Int, rows: Range<Int>, _ weights: ResizeWeights?, portable: Bool,
    budget: MemoryBudget
  ) throws -> Pixels {
    guard let weights else { return self }
    let rowBytes = width * channels
    let total = rows.count * outWidth * channels
    var scratch = [UInt8](repeating: 0, count: rowBytes + 16)
    let resized = try [UInt8](unsafeUninitializedCapacity: total) { out, count in
      try bytes.withUnsafeBufferPointer { input in
        guard let from = input.baseAddress, let to = out.baseAddress else { return }
        try budget.inStretches(rows.count, weighing: max(rowBytes, outWidth * channels)) { some in
          henge_resize_u8_across(
            from + (rows.lowerBound + some.lowerBound) * rowBytes, Int64(some.count),
            Int64(width), Int32(channels), to + some.lowerBound * outWidth * channels,
            Int64(outWidth), weights.taps, weights.spans, weights.fixed, weights.packed, &scratch,
            portable ? 1 : 0)
        }
      }
      count = total
    }
    return Pixels(height: rows.count, width: outWidth, channels: channels, bytes: resized)
  }

  /// Another number of rows; the weights count rows from `firstRow` before this picture's first.
  private func down(
    to outHeight: Int, firstRow: Int, _ weights: ResizeWeights?, portable: Bool,
    budget: MemoryBudget
  ) throws -> Pixels {
    guard let weights else { return self }
    let (rowBytes, taps) = (width * channels, Int(weights.taps))
    let resized = try [UInt8](unsafeUninitializedCapacity: outHeight * rowBytes) { out, count in
      try weights.spans.withUnsafeBufferPointer { spans in
        try weights.fixed.withUnsafeBufferPointer { fixed in
          guard let to = out.baseAddress, let spans = spans.baseAddress,
            let fixed = fixed.baseAddress
          else { return }
          try budget.inStretches(outHeight, weighing: rowBytes * taps) { rows in
            henge_resize_u8_down(
              bytes, Int64(rowBytes), Int32(firstRow), to + rows.lowerBound * rowBytes,
              Int64(rows.count), weights.taps, spans + rows.lowerBound,
              fixed + rows.lowerBound * taps, portable ? 1 : 0)
          }
        }
      }
      count = outHeight * rowBytes
    }
    return Pixels(height: outHeight, width: width, channels: channels, bytes: resized)
  }
}

/// Whether a picture is resized down its columns before across its rows, which rounding shows.
///
/// As in Pillow since 13.0: when it loses rows, and more than twice as many as columns.
func goesDownFirst(
  from own: (height: Int, width: Int), to new: (height: Int, width: Int)
) -> Bool {
  let lostRows = own.height - new.height
  return lostRows > 0 && lostRows > 2 * (own.width - new.width)
}
