// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeImage
import HengeTensor

extension Dataset {
  /// The images as a network trained with `options` is shown them when nothing is to be left to
  /// chance: as they are where they have the shape `shape` that it was trained on, else resized, or the
  /// middle of them where only a crop was asked for.
  public func shown(as shape: Shape, _ options: Augmentation) throws -> Dataset {
    guard options.resize != nil || options.crop != nil, self.shape != shape else { return self }
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
