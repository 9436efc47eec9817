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

  /// Keeps both.
  public init(_ image: Tensor, annotation: Annotation? = nil) {
    self.image = image
    self.annotation = annotation
  }
}

/// What a function makes of each item of a dataset, computed whenever it is asked for.
final class MappedSource: DerivedSource {
  /// A function of an image, and of what else is known of its item.
  typealias Transform = (Tensor, () throws -> ItemRecord) throws -> MappedItem

  let base: Dataset
  private let transform: Transform
  let depth: Int
  let range: ImageRange
  private let functionMemo = Memo<[UInt8]>()
  /// What made it, for names: `map`.
  private let word: String

  init(
    _ base: Dataset, depth: Int, range: ImageRange, word: String, _ transform: @escaping Transform
  ) {
    self.base = base
    self.transform = transform
    self.depth = depth
    self.range = range
    self.word = word
  }

  var shape: Shape? { nil }
  var channelGroups: ChannelGroups? { nil }
  var title: String { "a \(word) of \(base.sources[0].items.title)" }

  func changed(_ image: Tensor, _ index: Int) throws -> Tensor {
    try made(of: image, index).image
  }

  /// What is known of the base's item, where the function's pixels are.
  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    try base.loader.nested {
      let (known, computed) = try base.annotated(index)
      let image = try (computed ?? base.image(index)).traced()
      let item = try made(of: image, index)
      let movement = item.image.movement(from: image)
      let result = item.image.untraced()
      if let annotation = item.annotation { return (annotation, result) }
      return (movement.map { known.moved(by: $0) } ?? known.lost, result)
    }
  }

  private func made(of image: Tensor, _ index: Int) throws -> MappedItem {
    var item = try transform(image) { try self.base.record(of: index) }
    guard item.image.rank == 3, item.image.count > 0 else {
      throw Failure.notAnImage(item.image.shape, from: try base.name(of: index))
    }
    item.image = try item.image.cast(to: .f32)
    return item
  }

  /// Of the item that the function is given, and of what it makes of some items, by which it is known:
  /// nothing says whether two functions are the same, and to ask it of all takes as long as an epoch.
  func digests(_ indices: [Int]) throws -> [[UInt8]]? {
    let function = try functionMemo.get {
      let hash = try SHA256()
      let asked = min(count, MappedSource.sample)
      for item in try items((0..<asked).map { $0 * count / asked }) {
        try hash.update(Dataset.digest(item)[...])
      }
      return try hash.digest()
    }
    return try base.digests(indices).map { digest in
      let hash = try SHA256()
      try hash.update(Array("\(word)\n".utf8)[...])
      try hash.update(digest[...])
      try hash.update(function[...])
      return try hash.digest()
    }
  }

  /// So many items, evenly spread, tell a function from others.
  private static let sample = 64

  var changesByEpoch: Bool { base.changesByEpoch }

  func inEpoch(_ epoch: Int) throws -> any TensorSource {
    MappedSource(try base.inEpoch(epoch), depth: depth, range: range, word: word, transform)
  }
}
