// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import HengeTensor

/// The items of a dataset with landmarks of their own.
final class AnnotatedSource: TensorSource {
  private let base: Dataset
  private let annotations: [Annotation]
  private let reservation: Reservation
  let depth: Int

  init(_ base: Dataset, _ annotations: [Annotation]) throws {
    precondition(annotations.count == base.count, "each item has landmarks, or none")
    self.base = base
    self.annotations = annotations
    let points = annotations.reduce(0) { $0 + $1.marks.count }
    reservation = try Reservation(
      points * 64 + annotations.count * 32, of: base.loader.budget, for: "landmarks")
    depth = try base.depth(inside: 0)
  }

  var isComputed: Bool { base.sources.contains { $0.isComputed } }
  var count: Int { base.count }
  var shape: Shape? { base.shape }
  var channelGroups: ChannelGroups? { base.channelGroups }
  var range: ImageRange { base.range }
  var title: String { base.sources[0].items.title }
  var storageBlocks: [(owner: AnyObject, bytes: Int)] { base.storageBlocks }

  func file(of index: Int) -> String? {
    let entry = base.entries[index]
    return base.sources[Int(entry.source)].items.file(of: Int(entry.index))
  }

  func prepare(_ indices: [Int]) throws {
    try base.selecting(indices).prepare(0..<indices.count)
  }

  func items(_ indices: [Int]) throws -> [Item] {
    try base.loader.nested { try base.selecting(indices).items(0..<indices.count) }
  }

  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    (annotations[index], nil)
  }

  /// Of the item, and of its landmarks.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    try zip(indices, base.digests(indices)).map { index, digest in
      let hash = try SHA256()
      try hash.update(Array("landmarks\n".utf8)[...])
      try hash.update(digest[...])
      for mark in annotations[index].marks {
        try hash.update(Array("\(mark.name) \(mark.x) \(mark.y)\n".utf8)[...])
      }
      return try hash.digest()
    }
  }
}
