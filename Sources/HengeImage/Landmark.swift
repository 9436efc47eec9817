// SPDX-License-Identifier: MIT

/// A named point of a picture, in pixels of that picture.
///
/// The origin is the middle of the top left pixel, x to the right, y down. Points are named
/// `eye.left eye.right nose mouth.left mouth.right`, left as one looks at the picture.
public struct Landmark: Sendable, Hashable {
  /// What it marks, such as `eye.left`.
  public let name: String
  /// From the left edge, in pixels.
  public let x: Double
  /// From the top edge, in pixels.
  public let y: Double

  /// Makes a point.
  public init(_ name: String, x: Double, y: Double) {
    self.name = name
    self.x = x
    self.y = y
  }
}
