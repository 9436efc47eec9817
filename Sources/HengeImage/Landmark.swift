// SPDX-License-Identifier: MIT

/// A named point of an image, in pixels.
///
/// The origin is the center of the top left pixel, x to the right, y down. The names are `eye.left
/// eye.right nose mouth.left mouth.right`, left as seen by the viewer.
public struct Landmark: Sendable, Hashable {
  /// The name, such as `eye.left`.
  public let name: String
  /// From the left edge, in pixels.
  public let x: Double
  /// From the top edge, in pixels.
  public let y: Double

  /// The names of the points that every face has, in the order of files and channels.
  public static let fivePoints = [
    "eye.left", "eye.right", "nose", "mouth.left", "mouth.right",
  ]

  /// A named point.
  public init(_ name: String, x: Double, y: Double) {
    self.name = name
    self.x = x
    self.y = y
  }
}
