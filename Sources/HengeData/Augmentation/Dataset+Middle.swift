// SPDX-License-Identifier: MIT
public import HengeBackend
import HengeImage
import HengeTensor

extension Dataset {
  /// The shape `[C, H, W]` of the training images where `options` change them first.
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

  /// The images for evaluating a network that was trained with `options`: unchanged where they have
  /// the shape `shape`, `[C, H, W]`, that it was trained on, else resized, or center crops where
  /// `options` only crop.
  ///
  /// Throws `E-range` where a crop does not fit.
  public func shown(as shape: Shape, _ options: Augmentation) throws -> Dataset {
    guard options.setsSize, self.shape != shape else { return self }
    return try Dataset(
      .tensors(FittedSource(self, shape, isResized: options.resize != nil)), loader: loader)
  }
}

/// The images of a dataset, brought to one size.
private final class FittedSource: DerivedSource, ConditionedSource {
  let base: Dataset
  private let size: PictureSize
  private let isResized: Bool
  let depth: Int

  init(_ base: Dataset, _ shape: Shape, isResized: Bool) throws {
    self.base = base
    self.isResized = isResized
    size = PictureSize(height: shape[1], width: shape[2])
    depth = try base.depth(inside: 0)
  }

  var range: ImageRange { base.range }
  var channelGroups: ChannelGroups? { base.channelGroups }
  var title: String { "a middle of \(base.sources[0].items.title)" }
  var shape: Shape? { base.shape.flatMap { try? Shape([$0[0], size.height, size.width]) } }
  var computesChannels: Bool { base.computesChannels }
  var channelsFollowItems: Bool { base.channelsFollowItems }

  func learnedGroups(_ index: Int) throws -> ChannelGroups? { try base.learnedGroups() }

  private var change: ItemChange {
    ItemChange { [self] image, _ in
      let traced = image.traced()
      guard image.shape[1] != size.height || image.shape[2] != size.width else {
        return (image, .identity)
      }
      let made =
        try isResized
        ? traced.resized(to: size, base.loader) : traced.cropped(to: [size.height, size.width])
      return (made.untraced(), made.movement(from: traced) ?? .identity)
    }
  }

  func changed(_ image: Tensor, _ index: Int) throws -> Tensor {
    try change.apply(image, channelGroups).image
  }

  func items(_ indices: [Int]) throws -> [Item] {
    guard computesChannels else { return try computedItems(indices) }
    return try base.loader.nested {
      try prepare(indices)
      return try indices.map { .tensor(try base.item(at: $0, after: change).image) }
    }
  }

  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    let item = try base.item(at: index, after: change)
    return (item.annotation, item.image)
  }

  func item(_ index: Int, after next: ItemChange) throws -> ChangedItem {
    try base.item(at: index, after: change.then(next))
  }

  var changesByEpoch: Bool { base.changesByEpoch }

  func inEpoch(_ epoch: Int) throws -> any TensorSource {
    try FittedSource(
      base.inEpoch(epoch), Shape([1, size.height, size.width]), isResized: isResized)
  }
}
