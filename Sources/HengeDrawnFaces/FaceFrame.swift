// SPDX-License-Identifier: MIT
import HengeImage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The pose and position of a head in the image.
struct FacePose: Sendable, Equatable {
  /// Degrees, clockwise on the screen; the eye line's angle.
  var tilt = 0.0
  /// Radians; positive turns the face to the right of the picture.
  var yaw = 0.0
  /// Radians; positive looks down.
  var pitch = 0.0
  /// Pixels of one head unit over half the shorter side of the picture.
  var scale = 0.6
  /// The head's centre from the picture's, in halves of its shorter side.
  var centre = Point(0, 0)
}

/// The way from a head's own coordinates to a picture's pixels.
///
/// Head units: the origin is the middle of the skull, x to the right of the picture, y down, z
/// towards the viewer. Yaw and pitch turn points in space and drop z; as both eyes have the same
/// height and depth, the eye line keeps the tilt exactly.
struct FaceFrame: Sendable {
  let pose: FacePose
  /// Head units, already turned by yaw and pitch, to pixels.
  let head: Transform
  /// The same for the shoulders, which follow the head's tilt only in part.
  let body: Transform
  /// Pixels of one head unit.
  let unit: Double

  /// The frame of `pose` in a picture, with the neck's root at `neck` in head units.
  init(_ pose: FacePose, height: Int, width: Int, neck: Point) {
    self.pose = pose
    let half = Double(min(height, width)) / 2
    unit = half * pose.scale
    let middle = Point(Double(width) / 2, Double(height) / 2) + pose.centre * half
    let place = Transform.translation(middle)
    head = place.after(.rotation(degrees: pose.tilt)).after(.scale(unit, unit))
    let root = head.apply(neck)
    body = Transform.translation(root).after(.rotation(degrees: pose.tilt * 0.25))
      .after(.scale(unit, unit)).after(.translation(neck * -1))
  }

  /// Where a point in space is seen, in head units.
  func seen(_ x: Double, _ y: Double, _ z: Double) -> Point {
    let nearer = y * sin(pose.pitch) + z * cos(pose.pitch)
    return Point(
      x * cos(pose.yaw) + nearer * sin(pose.yaw),
      y * cos(pose.pitch) + z * sin(pose.pitch))
  }

  /// Where the points of a head's right side are seen, and their mirror images in reverse order.
  func bothSides(_ half: [(x: Double, y: Double, z: Double)]) -> (right: [Point], left: [Point]) {
    (half.map { seen($0.x, $0.y, $0.z) }, half.reversed().map { seen(-$0.x, $0.y, $0.z) })
  }
}
