// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeThreads

/// The values of a rotated plane outside the original.
public enum PlaneBorder: Equatable, Sendable {
  /// One value.
  case constant(Float)
  /// The plane mirrored about its first and last rows and columns.
  case reflect
  /// The first and last rows and columns, repeated.
  case edge
}

/// Turns `planes` planes of one size clockwise about their centers, with bilinear interpolation.
///
/// As Pillow's `rotate` of images of floats, which turns the other way: a pixel whose center came
/// from outside the plane shows the border. Quarter turns of squares copy.
public func turnPlanes(
  _ input: UnsafeBufferPointer<Float>, planes: Int, of size: PictureSize,
  into output: UnsafeMutableBufferPointer<Float>, degrees: Double, border: PlaneBorder,
  pool: Pool? = nil, interrupt: Interrupt? = nil
) throws {
  let count = size.height * size.width
  precondition(
    input.count == planes * count && output.count == planes * count,
    "both buffers must contain the planes")
  guard let source = input.baseAddress, let target = output.baseAddress, count > 0 else { return }
  let back = AffineMap.turned(degrees: -degrees, height: size.height, width: size.width)
  let rowsPerBlock = max(1, 16_384 / size.width)
  let blocksPerPlane = (size.height + rowsPerBlock - 1) / rowsPerBlock
  func turn(_ block: Int) {
    let (plane, part) = block.quotientAndRemainder(dividingBy: blocksPerPlane)
    let own = SampledPlane(source + plane * count, size, border)
    let end = min(size.height, (part + 1) * rowsPerBlock)
    for row in part * rowsPerBlock..<end {
      let line = target + plane * count + row * size.width
      for column in 0..<size.width {
        let (x, y) = back(Double(column), Double(row))
        line[column] = own.value(x, y)
      }
    }
  }
  guard let pool else {
    for block in 0..<planes * blocksPerPlane {
      try interrupt?.check()
      turn(block)
    }
    return
  }
  try pool.run(blocks: planes * blocksPerPlane, interrupt: interrupt) { turn($0) }
}

/// A plane that has a value at every point.
private struct SampledPlane {
  private let pixels: UnsafePointer<Float>
  private let size: PictureSize
  private let border: PlaneBorder

  init(_ pixels: UnsafePointer<Float>, _ size: PictureSize, _ border: PlaneBorder) {
    self.pixels = pixels
    self.size = size
    self.border = border
  }

  func value(_ x: Double, _ y: Double) -> Float {
    if case .constant(let value) = border {
      // A pixel reaches half its size around its center, without its far edge; computed places may
      // miss an edge by a rounding.
      guard x >= -0.5 - 1e-9, y >= -0.5 - 1e-9, x < Double(size.width) - 0.5 - 1e-9,
        y < Double(size.height) - 0.5 - 1e-9
      else { return value }
    }
    let (left, right, across) = neighbors(x, size.width)
    let (above, below, down) = neighbors(y, size.height)
    let (upper, lower) = (pixels + above * size.width, pixels + below * size.width)
    let top = Double(upper[left]) + (Double(upper[right]) - Double(upper[left])) * across
    let bottom = Double(lower[left]) + (Double(lower[right]) - Double(lower[left])) * across
    return Float(top + (bottom - top) * down)
  }

  /// The positions before and after `place` on an axis of `count`, and its fraction between them.
  private func neighbors(_ place: Double, _ count: Int) -> (Int, Int, Double) {
    let last = Double(count - 1)
    var place = place
    if border == .reflect, last > 0 {
      let turn = abs(place).truncatingRemainder(dividingBy: 2 * last)
      place = turn > last ? 2 * last - turn : turn
    }
    place = min(max(place, 0), last)
    // A place that is a center but for a rounding is that center.
    let nearest = place.rounded()
    if abs(place - nearest) < 1e-9 { return (Int(nearest), Int(nearest), 0) }
    let before = place.rounded(.down)
    return (Int(before), min(Int(before) + 1, count - 1), place - before)
  }
}
