// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor

/// The items of a dataset with landmarks of their own, or with one angle.
final class AnnotatedSource: BasedSource, ConditionedSource {
  let base: Dataset
  private let known: Known
  private let reservation: Reservation
  let depth: Int

  private enum Known {
    /// Landmarks and tilt of each item.
    case each([Annotation])
    /// The tilt of all; landmarks are the base's.
    case angle(Double)
  }

  init(_ base: Dataset, _ annotations: [Annotation]) throws {
    precondition(annotations.count == base.count, "each item has landmarks, or none")
    self.base = base
    known = .each(annotations)
    let points = annotations.reduce(0) { $0 + $1.marks.count }
    reservation = try Reservation(
      points * 64 + annotations.count * 32, of: base.loader.budget, for: "landmarks")
    depth = try base.depth(inside: 0)
  }

  init(_ base: Dataset, angle: Double) throws {
    self.base = base
    known = .angle(angle)
    reservation = try Reservation(0, of: base.loader.budget, for: "an angle")
    depth = try base.depth(inside: 0)
  }

  var isComputed: Bool { base.sources.contains { $0.isComputed } }
  var shape: Shape? { base.shape }
  var channelGroups: ChannelGroups? { base.channelGroups }
  var range: ImageRange { base.range }
  var title: String { base.sources[0].items.title }

  func items(_ indices: [Int]) throws -> [Item] {
    try base.loader.nested { try base.selecting(indices).items(0..<indices.count) }
  }

  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    switch known {
    case .each(let annotations): return (annotations[index], nil)
    case .angle(let angle):
      let (own, image) = try base.annotated(index)
      return (Annotation(marks: own.marks, angle: angle), image)
    }
  }

  /// The landmarks and tilt of item `index`, if they are in memory.
  func inMemory(_ index: Int) -> Annotation? {
    if case .each(let annotations) = known { annotations[index] } else { nil }
  }

  func learnedGroups(_ index: Int) throws -> ChannelGroups? { try base.learnedGroups() }

  var computesChannels: Bool { base.computesChannels }
  var channelsFollowItems: Bool { base.channelsFollowItems }

  func item(_ index: Int, after change: ItemChange) throws -> ChangedItem {
    let item = try base.item(at: index, after: change)
    return ChangedItem(
      image: item.image, annotation: try annotated(index).annotation.moved(by: item.movement),
      movement: item.movement)
  }

  /// Of the item, and of its landmarks.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    try zip(indices, base.digests(indices)).map { index, digest in
      let hash = try SHA256()
      switch known {
      case .each(let annotations):
        try hash.update(Array("landmarks\n".utf8)[...])
        try hash.update(digest[...])
        for mark in annotations[index].marks {
          try hash.update(Array("\(mark.name) \(mark.x) \(mark.y)\n".utf8)[...])
        }
      case .angle(let angle):
        try hash.update(Array("angle \(angle)\n".utf8)[...])
        try hash.update(digest[...])
      }
      return try hash.digest()
    }
  }
}
