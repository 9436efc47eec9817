// SPDX-License-Identifier: MIT

/// Maps of numbers, one after the other, rows from the top: `[C, H, W]`.
public struct Planes: Sendable, Equatable {
  /// The number of planes.
  public let channels: Int
  /// Rows of each.
  public let height: Int
  /// The width: numbers per row.
  public let width: Int
  /// `channels * height * width` numbers; NaN and infinities may be among them.
  public var values: [Float]

  /// Maps of `values`, which must have `channels * height * width` entries.
  public init(channels: Int, height: Int, width: Int, values: [Float]) {
    precondition(values.count == channels * height * width, "the values must fill the maps")
    self.channels = channels
    self.height = height
    self.width = width
    self.values = values
  }

  /// The numbers of one map.
  public func plane(_ channel: Int) -> ArraySlice<Float> {
    let area = height * width
    return values[channel * area..<(channel + 1) * area]
  }
}
