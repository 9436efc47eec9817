// SPDX-License-Identifier: MIT

/// A rectangle of pixels; x and y are its top left one, counted from that of the image.
public struct Box: Sendable, Hashable {
  /// From the left edge; negative where it begins outside.
  public var x: Int
  /// From the top edge; negative where it begins outside.
  public var y: Int
  /// Pixels in a row: the last one is at x + width - 1.
  public var width: Int
  /// Rows.
  public var height: Int

  /// Keeps all four.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// Largest first; of one size from the top, then from the left.
  static func isBefore(_ a: Box, _ b: Box) -> Bool {
    let (first, second) = (a.width * a.height, b.width * b.height)
    return first != second ? first > second : (a.y, a.x, a.width) < (b.y, b.x, b.width)
  }
}
