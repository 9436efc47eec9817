// SPDX-License-Identifier: MIT
public import HengeImage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The tilt of a face: the angle of the line between its eyes.
public enum Tilt {
  /// The angle of the line from (x0, y0) to (x1, y1) in degrees, in -90...90, y down, so that clockwise
  /// is positive; nil where both are one point.
  ///
  /// A line has no direction: a mirrored face, whose left eye is right of the other, has the tilt that
  /// it would have with the names of its eyes exchanged. A vertical line is 90, or -90 where the second
  /// point is above the first.
  public static func degrees(fromX x0: Double, y y0: Double, toX x1: Double, y y1: Double)
    -> Double?
  {
    let (dx, dy) = (x1 - x0, y1 - y0)
    guard dx.isFinite, dy.isFinite, dx != 0 || dy != 0 else { return nil }
    if dx == 0 { return dy > 0 ? 90 : -90 }
    return atan(dy / dx) * 180 / .pi
  }

  /// The tilt of the line between `eye.left` and `eye.right`; nil where one of them is missing or both
  /// are one point.
  public static func degrees(of marks: [Landmark]) -> Double? {
    guard let left = marks.first(where: { $0.name == "eye.left" }),
      let right = marks.first(where: { $0.name == "eye.right" })
    else { return nil }
    return degrees(fromX: left.x, y: left.y, toX: right.x, y: right.y)
  }
}
