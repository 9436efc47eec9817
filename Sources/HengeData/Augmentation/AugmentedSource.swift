// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor
import HengeThreads

/// The images of a dataset, changed at random: another way in each epoch.
final class AugmentedSource: DerivedSource, ConditionedSource {
  let base: Dataset
  private let options: Augmentation
  private let seed: UInt64
  private let stream: String
  /// The epoch that its first one counts as, and the one that it is in.
  private let first: Int
  private let epoch: Int
  let depth: Int
  let shape: Shape?

  init(
    _ base: Dataset, _ options: Augmentation, seed: UInt64, stream: String, first: Int, epoch: Int,
    depth: Int
  ) throws {
    self.base = base
    self.options = options
    self.seed = seed
    self.stream = stream
    self.first = first
    self.epoch = epoch
    self.depth = depth
    shape = try base.shape.map { try options.shape(of: $0) }
  }

  var range: ImageRange { base.range }
  var channelGroups: ChannelGroups? { base.channelGroups }
  var title: String { "an augmentation of \(base.sources[0].items.title)" }

  private func draw(_ index: Int) -> AugmentationDraw {
    AugmentationDraw(options, seed: seed, stream: stream, epoch: first &+ epoch, index: index)
  }

  var computesChannels: Bool { base.computesChannels }
  var channelsFollowItems: Bool { base.channelsFollowItems }

  func learnedGroups(_ index: Int) throws -> ChannelGroups? { try base.learnedGroups() }

  func changed(_ image: Tensor, _ index: Int) throws -> Tensor {
    try change(index).apply(image, channelGroups).image
  }

  /// What happens to item `index`.
  private func change(_ index: Int) -> ItemChange {
    ItemChange { [self] image, groups in
      if options.resize == nil, let crop = options.crop,
        crop.height > image.shape[1] || crop.width > image.shape[2]
      {
        throw try tooSmall(image.shape, index)
      }
      let draw = draw(index)
      let size = PictureSize(height: image.shape[1], width: image.shape[2])
      return (
        try draw.applied(to: image, options, range: base.range, groups, base.loader),
        draw.movement(options, of: size)
      )
    }
  }

  /// Channels that are computed are computed from the changed pictures.
  func items(_ indices: [Int]) throws -> [Item] {
    guard computesChannels else { return try computedItems(indices) }
    return try base.loader.nested {
      try prepare(indices)
      return try indices.map { index in
        try base.loader.interrupt.check()
        return .tensor(try base.item(at: index, after: change(index)).image)
      }
    }
  }

  func item(_ index: Int, after next: ItemChange) throws -> ChangedItem {
    try base.item(at: index, after: change(index).then(next))
  }

  private func tooSmall(_ shape: Shape, _ index: Int) throws -> Failure {
    let crop = options.crop.map { "\($0.height)x\($0.width)" } ?? ""
    return Failure(
      "E-shape",
      "\(quotedPath(try base.name(of: index))) is \(shape), too small for a crop of \(crop)",
      suggestion: "resize=…, to resize all images first", parameter: "crop")
  }

  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    let item = try base.item(at: index, after: change(index))
    return (item.annotation, item.image)
  }

  var changesByEpoch: Bool { true }

  func inEpoch(_ epoch: Int) throws -> any TensorSource {
    try AugmentedSource(
      try base.inEpoch(epoch), options, seed: seed, stream: stream, first: first, epoch: epoch,
      depth: depth)
  }

  /// What it is made of and how: changed pixels need not be computed to know another dataset.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    let how = "augmented \(options.text) \(seed) \(stream) \(first)"
    return try zip(indices, base.digests(indices)).map { index, digest in
      let hash = try SHA256()
      try hash.update(Array("\(how) \(index)\n".utf8)[...])
      try hash.update(digest[...])
      return try hash.digest()
    }
  }
}

extension Dataset {
  /// The images changed at random, drawn from `stream` under `seed`, as it is in epoch `epoch`;
  /// trainers go on from there epoch by epoch.
  ///
  /// Landmarks and tilt follow. Throws `E-range` where a crop does not fit, or `epoch` is below 0.
  public func augmented(
    _ options: Augmentation, seed: UInt64, stream: String = "augment", epoch: Int = 0
  ) throws -> Dataset {
    guard epoch >= 0 else { throw Failure.badCount("epoch", epoch, least: 0) }
    let depth = try depth(inside: 0)
    return try Dataset(
      .tensors(
        try AugmentedSource(
          self, options, seed: options.seed ?? seed, stream: stream, first: epoch, epoch: 0,
          depth: depth)), loader: loader)
  }
}
