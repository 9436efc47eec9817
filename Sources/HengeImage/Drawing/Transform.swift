// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An affine map of the plane: `x' = xx x + xy y + x0`, `y' = yx x + yy y + y0`.
public struct Transform: Sendable, Equatable {
  var xx = 1.0
  var yx = 0.0
  var xy = 0.0
  var yy = 1.0
  var x0 = 0.0
  var y0 = 0.0

  /// The map that moves nothing.
  public static let identity = Transform()

  /// Moves everything by `offset`.
  public static func translation(_ offset: Point) -> Transform {
    Transform(x0: offset.x, y0: offset.y)
  }

  /// Stretches from the origin.
  public static func scale(_ x: Double, _ y: Double) -> Transform { Transform(xx: x, yy: y) }

  /// Turns about the origin, clockwise on the screen for positive `degrees` (y points down).
  public static func rotation(degrees: Double) -> Transform {
    let angle = degrees * .pi / 180
    return Transform(xx: cos(angle), yx: sin(angle), xy: -sin(angle), yy: cos(angle))
  }

  /// The map that does `inner` first and then this one.
  public func after(_ inner: Transform) -> Transform {
    Transform(
      xx: xx * inner.xx + xy * inner.yx, yx: yx * inner.xx + yy * inner.yx,
      xy: xx * inner.xy + xy * inner.yy, yy: yx * inner.xy + yy * inner.yy,
      x0: xx * inner.x0 + xy * inner.y0 + x0, y0: yx * inner.x0 + yy * inner.y0 + y0)
  }

  /// The image of `point`.
  public func apply(_ point: Point) -> Point {
    Point(xx * point.x + xy * point.y + x0, yx * point.x + yy * point.y + y0)
  }
}
