// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
public import HengeTensor
import HengeThreads

/// What a function made of an item.
public struct MappedItem {
  /// The image, `[C, H, W]`.
  public var image: Tensor
  /// Landmarks and tilt where the function says them; nil where they follow the pixels, if they can.
  public var annotation: Annotation?

  /// An image `[C, H, W]` and its landmarks.
  public init(_ image: Tensor, annotation: Annotation? = nil) {
    self.image = image
    self.annotation = annotation
  }
}

/// The results of a function for the items of a dataset, computed whenever they are asked for.
final class MappedSource: DerivedSource, ConditionedSource {
  /// A function of an image, and of what else is known of its item.
  typealias Transform = (Tensor, () throws -> ItemRecord) throws -> MappedItem

  let base: Dataset
  private let transform: Transform
  let depth: Int
  let range: ImageRange
  private let functionMemo = Memo<[UInt8]>()

  init(_ base: Dataset, depth: Int, range: ImageRange, _ transform: @escaping Transform) {
    self.base = base
    self.transform = transform
    self.depth = depth
    self.range = range
  }

  var shape: Shape? { nil }
  var channelGroups: ChannelGroups? { nil }
  var title: String { "a map of \(base.sources[0].items.title)" }

  var computesChannels: Bool { base.computesChannels }
  var channelsFollowItems: Bool { base.channelsFollowItems }

  func changed(_ image: Tensor, _ index: Int) throws -> Tensor {
    guard channelsFollowItems else { return try made(of: image, index).image }
    return try made(of: image.traced(), index).image.untraced()
  }

  /// What is known of the base's item, where the function's pixels are.
  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    let item = try traced(index)
    return (item.annotation, item.image)
  }

  /// Item `index`, and how the function moved the pixels of the base's; nil where that is unknown.
  private func traced(
    _ index: Int
  ) throws -> (image: Tensor, annotation: Annotation, movement: AffineMap?) {
    try base.loader.nested {
      let (known, computed) = try base.annotated(index)
      let image = try (computed ?? base.image(index)).traced()
      let item = try made(of: image, index)
      let movement = item.image.movement(from: image)
      let annotation =
        item.annotation ?? movement.map { known.moved(by: $0) } ?? known.lost
      return (item.image.untraced(), annotation, movement)
    }
  }

  /// The groups of the base where the function kept the channels: as many, each pixel followed.
  func learnedGroups(_ index: Int) throws -> ChannelGroups? {
    let entry = base.entries[index]
    let source = base.sources[Int(entry.source)]
    let own: ChannelGroups? =
      if case .tensors(let tensors) = source {
        try tensors.learnedGroups(Int(entry.index))
      } else { source.items.channelGroups }
    guard let own else { return nil }
    let item = try traced(index)
    return item.movement != nil && item.image.shape[0] == own.count ? own : nil
  }

  /// Throws `E-data` where the function keeps channels that follow from landmarks or angles: they can
  /// no longer be computed from what it returned.
  func item(_ index: Int, after change: ItemChange) throws -> ChangedItem {
    let item = try traced(index)
    let (image, movement) = try change.apply(item.image, nil)
    if channelsFollowItems, item.movement != nil, movement != .identity {
      throw Failure(
        "E-data",
        "the channels of \(quotedPath(try base.name(of: index))) follow from its landmarks or its angle, and cannot be computed again after a function of map",
        suggestion: "A.augment(…).map(…): first the augmentation, which the channels follow")
    }
    return ChangedItem(
      image: image, annotation: item.annotation.moved(by: movement), movement: movement)
  }

  private func made(of image: Tensor, _ index: Int) throws -> MappedItem {
    var item = try transform(image) { try self.base.record(of: index) }
    if channelsFollowItems, item.image.movement(from: image) ?? .identity != .identity {
      throw Failure(
        "E-data",
        "the function of map moves the pixels of \(quotedPath(try base.name(of: index))), whose channels follow from its landmarks or its angle: they would be wrong",
        suggestion: "with_angle(A.map(…)): first the map, then the channels")
    }
    guard item.image.rank == 3, item.image.count > 0 else {
      throw Failure.notAnImage(item.image.shape, from: try base.name(of: index))
    }
    item.image = try item.image.cast(to: .f32)
    return item
  }

  /// Of the item that the function is called with, and of its results for some items, which identify it:
  /// nothing says whether two functions are the same, and to ask it of all takes as long as an epoch.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    let function = try functionMemo.get {
      let hash = try SHA256()
      for item in try items(MappedSource.sampled(count)) {
        try hash.update(Dataset.digest(item)[...])
      }
      return try hash.digest()
    }
    return try base.digests(indices).map { digest in
      let hash = try SHA256()
      try hash.update(Array("map\n".utf8)[...])
      try hash.update(digest[...])
      try hash.update(function[...])
      return try hash.digest()
    }
  }

  /// The items that distinguish a function from others: at most 64, evenly spread.
  static func sampled(_ count: Int) -> [Int] {
    let asked = min(count, 64)
    return (0..<asked).map { $0 * count / asked }
  }

  var changesByEpoch: Bool { base.changesByEpoch }

  func inEpoch(_ epoch: Int) throws -> any TensorSource {
    MappedSource(try base.inEpoch(epoch), depth: depth, range: range, transform)
  }
}
