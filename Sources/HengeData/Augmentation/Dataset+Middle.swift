// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeImage
import HengeTensor

extension Dataset {
  /// The shape `[C, H, W]` of what is trained on where `options` change the images first.
  ///
  /// A resize or a crop brings images of any size to one. Throws as ``learnedShape()`` otherwise, and
  /// `E-range` where a crop does not fit.
  public func trainedShape(_ options: Augmentation?) throws -> Shape {
    guard let options else { return try learnedShape() }
    // Trainers are given the options as one argument.
    return try Failure.renaming(["crop": "augment"]) {
      guard shape == nil, count > 0, options.setsSize else {
        return try options.shape(of: learnedShape())
      }
      return try options.shape(of: image(0).shape)
    }
  }

  /// The images as a network trained with `options` is shown them when nothing is to be left to
  /// chance: as they are where they have the shape `shape` that it was trained on, else resized, or the
  /// middle of them where only a crop was asked for.
  public func shown(as shape: Shape, _ options: Augmentation) throws -> Dataset {
    guard options.setsSize, self.shape != shape else { return self }
    let loader = loader
    let size = PictureSize(height: shape[1], width: shape[2])
    return try mapItems(word: "middle") { image, _ in
      guard image.shape != shape else { return MappedItem(image) }
      return MappedItem(
        options.resize == nil
          ? try image.cropped(to: [size.height, size.width])
          : try image.resized(to: size, loader))
    }
  }
}
