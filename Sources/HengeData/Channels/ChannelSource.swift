// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeTensor
import HengeThreads

/// The images of a dataset with further channels, which a function computes whenever an item is asked
/// for.
final class ChannelSource: DerivedSource, ConditionedSource {
  let base: Dataset
  let groups: ChannelGroups
  let function: ChannelFunction
  let depth: Int
  private let functionMemo = Memo<[UInt8]>()

  /// `groups` are those of the base and, last, the new one.
  init(_ base: Dataset, _ groups: ChannelGroups, _ function: ChannelFunction, depth: Int) {
    self.base = base
    self.groups = groups
    self.function = function
    self.depth = depth
  }

  var channelGroups: ChannelGroups? { groups }
  var range: ImageRange { base.range }
  var title: String { base.sources[0].items.title }
  var shape: Shape? {
    base.shape.flatMap { try? Shape([groups.count, $0[1], $0[2]]) }
  }

  var computesChannels: Bool { true }
  var channelsFollowItems: Bool { function.followsItem || base.channelsFollowItems }

  func changed(_ image: Tensor, _ index: Int) throws -> Tensor {
    try extended(image) { try self.base.record(of: index) }
  }

  /// An item's image and what is known of it are made at once: a function may compute both.
  func items(_ indices: [Int]) throws -> [Item] {
    guard function.followsItem else { return try computedItems(indices) }
    return try base.loader.nested {
      try prepare(indices)
      return try indices.map { index in
        try base.loader.interrupt.check()
        let (image, record) = try base.item(index)
        return .tensor(try extended(image) { record })
      }
    }
  }

  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    try base.loader.nested {
      let (known, computed) = try base.annotated(index)
      guard let computed else { return (known, nil) }
      return (known, try extended(computed) { try self.record(of: index, known) })
    }
  }

  func item(_ index: Int, after change: ItemChange) throws -> ChangedItem {
    let item = try base.item(at: index, after: change)
    let image = try extended(item.image) { try self.record(of: index, item.annotation) }
    return ChangedItem(image: image, annotation: item.annotation, movement: item.movement)
  }

  private func record(of index: Int, _ annotation: Annotation) throws -> ItemRecord {
    ItemRecord(name: try base.name(of: index), file: file(of: index), annotation: annotation)
  }

  /// `image`, followed by the channels that the function returns for it.
  private func extended(_ image: Tensor, _ record: () throws -> ItemRecord) throws -> Tensor {
    let added = try function.planes(image, groups, record)
    let wanted = groups.groups[groups.groups.count - 1]
    guard added.shape[0] == wanted.count else {
      throw Failure(
        "E-shape",
        "the function of the channels \(quotedPath(wanted.name)) returned \(counted(added.shape[0], "channel")) for \(quotedPath(try record().name)), and \(wanted.count) for the first image"
      )
    }
    return try Tensor.concatenated([image, added], axis: 0)
  }

  /// Of the item, and of the function: of how the angle is encoded, or else of what it returns for
  /// some items, by which it is known.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    let known = try functionMemo.get {
      if let encoding = function.encoding { return Array(encoding.detail.utf8) }
      let hash = try SHA256()
      let first = groups.count - groups.groups[groups.groups.count - 1].count
      for image in try images(of: MappedSource.sampled(count)) {
        let added = try image.selecting([.slice(start: first, stop: nil, step: nil)])
        try hash.update(Dataset.digest(.tensor(added.whole()))[...])
      }
      return try hash.digest()
    }
    return try base.digests(indices).map { digest in
      let hash = try SHA256()
      try hash.update(Array("channels \(groups)\n".utf8)[...])
      try hash.update(digest[...])
      try hash.update(known[...])
      return try hash.digest()
    }
  }

  private func images(of indices: [Int]) throws -> [Tensor] {
    try items(indices).compactMap { if case .tensor(let image) = $0 { image } else { nil } }
  }

  var changesByEpoch: Bool { base.changesByEpoch }

  func inEpoch(_ epoch: Int) throws -> any TensorSource {
    ChannelSource(try base.inEpoch(epoch), groups, function, depth: depth)
  }
}

/// What computes channels.
struct ChannelFunction {
  /// The channels of an image, and of what is known of its item.
  typealias Maps = (Tensor, () throws -> ItemRecord) throws -> Tensor

  /// Whether the function is given the whole item, not only the picture.
  let followsItem: Bool
  /// How an angle is encoded, where that is what it does.
  var encoding: AngleChannels?
  private let maps: Maps

  init(followsItem: Bool, encoding: AngleChannels? = nil, _ maps: @escaping Maps) {
    self.followsItem = followsItem
    self.encoding = encoding
    self.maps = maps
  }

  /// The channels `[k, H, W]` of `image`, whose own are the first of `groups`.
  ///
  /// Throws `E-shape` where the function returns another size.
  func planes(
    _ image: Tensor, _ groups: ChannelGroups, _ record: () throws -> ItemRecord
  ) throws -> Tensor {
    let picture =
      followsItem || image.shape[0] == groups.picture.count
      ? image : try image.selecting([.slice(start: 0, stop: groups.picture.count, step: nil)])
    var made = try maps(picture, record)
    if made.rank == 2 { made = try made.expanded(at: 0) }
    guard made.rank == 3, made.shape[0] > 0, made.shape[1] == image.shape[1],
      made.shape[2] == image.shape[2]
    else {
      let (height, width) = (image.shape[1], image.shape[2])
      throw Failure(
        "E-shape",
        "the function returned \(made.shape) for \(quotedPath(try record().name)), an image of \(height)x\(width): channels must have the size of the image",
        notes: ["it returns [k, \(height), \(width)] or [\(height), \(width)]"],
        suggestion: made.rank == 3 && made.count > 0
          ? "resize(…, \(height)x\(width)) in the function" : nil)
    }
    return try made.cast(to: .f32).untraced()
  }
}
