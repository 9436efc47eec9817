// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeTensor

extension Dataset {
  /// The images without the group of channels `name`.
  ///
  /// Throws `E-name` where there is no such group, or where it is the picture itself.
  public func withoutChannels(_ name: String) throws -> Dataset {
    let groups = try learnedGroups()
    guard let groups, let planes = groups.planes(of: name), name != groups.picture.name,
      let rest = groups.without([name])
    else {
      let others = groups?.groups.dropFirst().map(\.name) ?? []
      throw Failure(
        "E-name",
        groups?.picture.name == name
          ? "\(quotedPath(name)) are the images themselves"
          : "these images have no channels called \(quotedPath(name))",
        notes: groups.map { ["their channels: \($0)"] } ?? [],
        suggestion: nearestName(to: name, among: others).map { "\"\($0)\"" }, parameter: "name")
    }
    return try Dataset(
      .tensors(
        ReducedSource(self, rest, planes, depth: try depth(inside: 0))),
      loader: loader)
  }
}

/// The images of a dataset without some neighboring channels.
private final class ReducedSource: DerivedSource, ConditionedSource {
  let base: Dataset
  private let groups: ChannelGroups
  private let removed: Range<Int>
  let depth: Int

  init(_ base: Dataset, _ groups: ChannelGroups, _ removed: Range<Int>, depth: Int) {
    self.base = base
    self.groups = groups
    self.removed = removed
    self.depth = depth
  }

  var range: ImageRange { base.range }
  var channelGroups: ChannelGroups? { groups }
  var title: String { base.sources[0].items.title }
  var shape: Shape? { base.shape.flatMap { try? Shape([groups.count, $0[1], $0[2]]) } }
  var computesChannels: Bool { base.computesChannels }
  var channelsFollowItems: Bool { groups.groups.count > 1 && base.channelsFollowItems }

  func changed(_ image: Tensor, _ index: Int) throws -> Tensor {
    let first = try image.selecting([.slice(start: 0, stop: removed.lowerBound, step: nil)])
    guard removed.upperBound < image.shape[0] else { return first }
    let rest = try image.selecting([.slice(start: removed.upperBound, stop: nil, step: nil)])
    return try Tensor.concatenated([first, rest], axis: 0)
  }

  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    let (known, image) = try base.annotated(index)
    return (known, try image.map { try changed($0, index) })
  }

  func item(_ index: Int, after change: ItemChange) throws -> ChangedItem {
    let item = try base.item(at: index, after: change)
    return ChangedItem(
      image: try changed(item.image, index), annotation: item.annotation, movement: item.movement)
  }

  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    try base.digests(indices).map { digest in
      let hash = try SHA256()
      try hash.update(Array("channels \(groups) without \(removed)\n".utf8)[...])
      try hash.update(digest[...])
      return try hash.digest()
    }
  }

  var changesByEpoch: Bool { base.changesByEpoch }

  func inEpoch(_ epoch: Int) throws -> any TensorSource {
    ReducedSource(try base.inEpoch(epoch), groups, removed, depth: depth)
  }
}
