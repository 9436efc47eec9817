// SPDX-License-Identifier: MIT
public import HengeTensor

/// Images of one kind, next to each other, that show what the networks of a trainer do.
public struct SampleRow {
  /// What they are: `g_ab(a)`.
  public let name: String
  /// The images, `[C, H, W]` each.
  public let pictures: [Tensor]
  /// A heat map for each image to be drawn over it, `[1, P, Q]`; nil for images alone.
  public let maps: [Tensor]?

  /// Images, or heat maps over them.
  init(_ name: String, _ pictures: [Tensor], maps: [Tensor]? = nil) {
    self.name = name
    self.pictures = pictures
    self.maps = maps
  }
}
