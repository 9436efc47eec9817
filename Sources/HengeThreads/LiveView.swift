// SPDX-License-Identifier: MIT

/// What a long computation shows of itself, redrawn in place: curves and an image.
public struct LiveView: Sendable, Equatable {
  /// A measure over time.
  public struct Curve: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Its values in order, as many as there is room to draw.
    public let values: [Double]
    /// The last value, as text.
    public let last: String

    /// A curve from its parts.
    public init(name: String, values: [Double], last: String) {
      (self.name, self.values, self.last) = (name, values, last)
    }
  }

  /// An image in RGB.
  public struct Image: Sendable, Equatable {
    /// The height in pixels.
    public let height: Int
    /// The width in pixels.
    public let width: Int
    /// The channels of a pixel: 1 or 3.
    public let channels: Int
    /// `height * width * channels` bytes.
    public let bytes: [UInt8]
    /// The names of its rows from top to bottom, which are equally high.
    public let rows: [String]

    /// An image from its parts.
    public init(height: Int, width: Int, channels: Int, bytes: [UInt8], rows: [String] = []) {
      (self.height, self.width) = (height, width)
      (self.channels, self.bytes) = (channels, bytes)
      self.rows = rows
    }
  }

  /// The room that a view has on the screen, in characters.
  public struct Room: Sendable, Equatable {
    /// The width.
    public let columns: Int
    /// The height.
    public let rows: Int

    /// A room from its sides.
    public init(columns: Int, rows: Int) { (self.columns, self.rows) = (columns, rows) }
  }

  /// The points of a curve.
  public static let points = 18

  /// The curves, in the order in which they are drawn.
  public let curves: [Curve]
  /// The newest image, if there is one.
  public let image: Image?

  /// A view from its parts.
  public init(curves: [Curve], image: Image?) { (self.curves, self.image) = (curves, image) }
}
