// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An affine map from the points of one image to those of another:
/// `x' = xx·x + xy·y + x0`, `y' = yx·x + yy·y + y0`.
///
/// Points are in pixels, x to the right and y down; (0, 0) is the center of the top left pixel.
public struct AffineMap: Equatable, Sendable {
  /// The part that is linear, row by row.
  public let xx, xy, yx, yy: Double
  /// The image of the point (0, 0).
  public let x0, y0: Double

  /// A map with these six coefficients.
  public init(
    xx: Double = 1, xy: Double = 0, x0: Double = 0, yx: Double = 0, yy: Double = 1, y0: Double = 0
  ) {
    self.xx = xx
    self.xy = xy
    self.x0 = x0
    self.yx = yx
    self.yy = yy
    self.y0 = y0
  }

  /// Every point where it is.
  public static let identity = AffineMap()

  /// Every point `x` to the right and `y` down.
  public static func moved(x: Double, y: Double) -> AffineMap { AffineMap(x0: x, y0: y) }

  /// Columns mirrored in an image of `width`.
  public static func mirrored(width: Int) -> AffineMap { AffineMap(xx: -1, x0: Double(width - 1)) }

  /// Rows mirrored in an image of `height`.
  public static func mirrored(height: Int) -> AffineMap {
    AffineMap(yy: -1, y0: Double(height - 1))
  }

  /// An image of `height` x `width` at another size, edges on edges.
  public static func resized(
    height: Int, width: Int, toHeight newHeight: Int, width newWidth: Int
  ) -> AffineMap {
    let (sx, sy) = (
      Double(newWidth) / Double(max(1, width)), Double(newHeight) / Double(max(1, height))
    )
    return AffineMap(xx: sx, x0: (sx - 1) / 2, yy: sy, y0: (sy - 1) / 2)
  }

  /// An image of `height` x `width` turned clockwise about its center; quarter turns are exact.
  public static func turned(degrees: Double, height: Int, width: Int) -> AffineMap {
    let (c, s) = cosineAndSine(degrees)
    let (cx, cy) = (Double(width - 1) / 2, Double(height - 1) / 2)
    return AffineMap(
      xx: c, xy: -s, x0: cx - c * cx + s * cy, yx: s, yy: c, y0: cy - s * cx - c * cy)
  }

  private static func cosineAndSine(_ degrees: Double) -> (Double, Double) {
    switch degrees.truncatingRemainder(dividingBy: 360) {
    case 0: (1, 0)
    case 90, -270: (0, 1)
    case 180, -180: (-1, 0)
    case 270, -90: (0, -1)
    case let rest: (cos(rest * .pi / 180), sin(rest * .pi / 180))
    }
  }

  /// First this map, then `next`.
  public func then(_ next: AffineMap) -> AffineMap {
    AffineMap(
      xx: next.xx * xx + next.xy * yx, xy: next.xx * xy + next.xy * yy,
      x0: next.xx * x0 + next.xy * y0 + next.x0,
      yx: next.yx * xx + next.yy * yx, yy: next.yx * xy + next.yy * yy,
      y0: next.yx * x0 + next.yy * y0 + next.y0)
  }

  /// The image of a point.
  public func callAsFunction(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (xx * x + xy * y + x0, yx * x + yy * y + y0)
  }

  /// Whether it mirrors: whether a left hand becomes a right one.
  public var isMirroring: Bool { xx * yy - xy * yx < 0 }

  /// Whether it is a mirror that exchanges left and right of the image rather than top and bottom.
  public var exchangesSides: Bool { isMirroring && xx <= 0 }

  /// The image of an angle, in degrees from the x axis, clockwise, in -180 up to 180: that of the
  /// line through the same two points, from left to right again if the map mirrors.
  public func callAsFunction(angle degrees: Double) -> Double {
    let (c, s) = AffineMap.cosineAndSine(degrees)
    let sign = exchangesSides ? -1.0 : 1.0
    let (dx, dy) = (sign * (xx * c + xy * s), sign * (yx * c + yy * s))
    // Where nothing turns the line, its angle keeps every digit.
    if dx == c, dy == s { return degrees }
    if dx == c, dy == -s { return -degrees }
    return atan2(dy, dx) * 180 / .pi
  }
}
