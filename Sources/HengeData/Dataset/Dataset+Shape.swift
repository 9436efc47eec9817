// SPDX-License-Identifier: MIT
public import HengeBackend

extension Dataset {
  /// The shape `[C, H, W]` that every image must have for a batch.
  ///
  /// Where it is not known it is that of the first image, which is decoded or computed once. The
  /// headers of files are compared with it; a later image that a function returns in another shape is
  /// `E-shape` when its turn comes. Throws `E-data` without items, `E-shape` naming two items.
  public func learnedShape() throws -> Shape {
    if let shape { return shape }
    guard count > 0 else { throw Failure.emptyDataset("the shape") }
    return try shapeMemo.get {
      let first = try items(0..<1)[0].shape()
      for (place, outline) in try outlines().enumerated() {
        guard let other = outline.shape, other != first else { continue }
        throw Failure.shapesDiffer((try name(of: 0), first), (try name(of: place), other))
      }
      return first
    }
  }

  /// Whether a function or an augmentation computes some of its images.
  public var isComputed: Bool { sources.contains(where: \.isComputed) }

  /// The images' shape as text, as far as it is known.
  var shapeText: String {
    if let known = shape ?? shapeMemo.known { return "\(known)" }
    return isComputed ? "of computed size" : "of various sizes"
  }
}
