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
    var result = hasAlpha ? premultiplied() : self
    if goesDownFirst(from: (self.height, self.width), to: (height, width)) {
      result = result.down(to: height, firstRow: 0, weights.down, portable: portable)
      result = result.across(to: width, rows: 0..<height, weights.across, portable: portable)
    } else {
      let rows = weights.across == nil ? 0..<self.height : weights.down?.used ?? 0..<self.height
      result = result.across(to: width, rows: rows, weights.across, portable: portable)
      result = result.down(
        to: height, firstRow: rows.lowerBound, weights.down, portable: portable)
    }
    if hasAlpha { result.unpremultiply() }
    return result.withoutWide()
  }

  private func withoutWide() -> Pixels {
    Pixels(height: height, width: width, channels: channels, bytes: bytes)
  }

  private func premultiplied() -> Pixels {
    var product = withoutWide()
    henge_premultiply_u8(&product.bytes, Int64(height * width), Int32(channels))
    return product
  }

  private mutating func unpremultiply() {
    henge_unpremultiply_u8(&bytes, Int64(height * width), Int32(channels))
  }

  /// The rows `rows` at another width; unchanged without weights.
  private func across(
    to outWidth: Int, rows: Range<Int>, _ weights: ResizeWeights?, portable: Bool
  ) -> Pixels {
    guard let weights else { return self }
    let rowBytes = width * channels
    let total = rows.count * outWidth * channels
    var scratch = [UInt8](repeating: 0, count: rowBytes + 16)
    let resized = [UInt8](unsafeUninitializedCapacity: total) { out, count in
      bytes.withUnsafeBufferPointer { input in
        let start = UnsafeBufferPointer(rebasing: input[(rows.lowerBound * rowBytes)...])
        henge_resize_u8_across(
          start.baseAddress, Int64(rows.count), Int64(width), Int32(channels), out.baseAddress,
          Int64(outWidth), weights.taps, weights.spans, weights.fixed, weights.packed, &scratch,
          portable ? 1 : 0)
      }
      count = total
    }
    return Pixels(height: rows.count, width: outWidth, channels: channels, bytes: resized)
  }

  /// Another number of rows; the weights count rows from `firstRow` before this picture's first.
  private func down(
    to outHeight: Int, firstRow: Int, _ weights: ResizeWeights?, portable: Bool
  ) -> Pixels {
    guard let weights else { return self }
    let total = outHeight * width * channels
    let resized = [UInt8](unsafeUninitializedCapacity: total) { out, count in
      henge_resize_u8_down(
        bytes, Int64(width * channels), Int32(firstRow), out.baseAddress, Int64(outHeight),
        weights.taps, weights.spans, weights.fixed, portable ? 1 : 0)
      count = total
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
