// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import HengeTensor

/// Where the items of datasets come from; shared by all datasets made from it.
protocol ItemSource: AnyObject {
  /// How many items there are.
  var count: Int { get }
  /// `[C, H, W]`, if all items have it and it is known without decoding any.
  var shape: Shape? { get }
  /// What the channels are, such as `rgb`; nil where a function decides.
  var channelGroups: ChannelGroups? { get }
  /// The values of black and white.
  var range: ImageRange { get }
  /// How it was made, such as `images("faces")`.
  var title: String { get }
  /// How deeply functions and what they reference are nested in it.
  var depth: Int { get }
  /// The memory that it uses besides decoded images, each block with its owner.
  var storageBlocks: [(owner: AnyObject, bytes: Int)] { get }
  /// The file item `index` was read from, if there is one.
  func file(of index: Int) -> String?
  /// The landmarks of item `index`, and its tilt in degrees, where they are known.
  func marks(of index: Int) throws -> (marks: [Landmark], angle: Double?)
}

extension ItemSource {
  var depth: Int { 0 }
  var storageBlocks: [(owner: AnyObject, bytes: Int)] { [] }
}

/// A source of bytes: what is decoded in parallel and kept in the cache.
protocol PictureSource: ItemSource, Sendable {
  /// The number under which the cache keeps its images.
  var cacheNumber: Int { get }
  /// Makes the images at `indices`, a few at a time, with the source's channels; on any thread.
  func pictures(_ indices: ArraySlice<Int>) throws -> [Pixels]
  /// A hash of the image at `index`: the SHA-256 of what it is made from; on any thread.
  func digest(of index: Int) throws -> [UInt8]
  /// What is to be said of the images made since the last call.
  func newNotes() -> [String]
}

extension PictureSource {
  func newNotes() -> [String] { [] }
}

/// A source of items that exist in memory, or are computed one by one.
protocol TensorSource: ItemSource {
  /// Whether its items are computed from others whenever they are asked for.
  var isComputed: Bool { get }
  /// Decodes and keeps the images that the items at `indices` are computed from.
  func prepare(_ indices: [Int]) throws
  /// The items at `indices`: bytes, or numbers `[C, H, W]` of `f32`.
  func items(_ indices: [Int]) throws -> [Item]
  /// What is known of item `index`, and the item where that had to be computed for it.
  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?)
  /// Whether its items are others in each epoch.
  var changesByEpoch: Bool { get }
  /// The source as it is in epoch `epoch`, 0 the first.
  func inEpoch(_ epoch: Int) throws -> any TensorSource
  /// The groups of channels that item `index` has; it may be computed for it.
  func learnedGroups(_ index: Int) throws -> ChannelGroups?
  /// A hash of each of the items at `indices`, where it is not that of their contents.
  func digests(_ indices: [Int]) throws -> [[UInt8]]?
}

extension TensorSource {
  func prepare(_ indices: [Int]) throws {}
  var changesByEpoch: Bool { false }
  func inEpoch(_ epoch: Int) throws -> any TensorSource { self }
  func learnedGroups(_ index: Int) throws -> ChannelGroups? { channelGroups }
  func digests(_ indices: [Int]) throws -> [[UInt8]]? { nil }

  func marks(of index: Int) throws -> (marks: [Landmark], angle: Double?) {
    let known = try annotated(index).annotation
    return (known.marks, known.angle)
  }
}

/// Either kind of source.
enum Source {
  case pictures(any PictureSource)
  case tensors(any TensorSource)

  var items: any ItemSource {
    switch self {
    case .pictures(let source): source
    case .tensors(let source): source
    }
  }

  /// Whether a function or an augmentation computes its items.
  var isComputed: Bool {
    if case .tensors(let source) = self { source.isComputed } else { false }
  }

  /// Whether its items are others in each epoch.
  var changesByEpoch: Bool {
    if case .tensors(let source) = self { source.changesByEpoch } else { false }
  }

  /// What item `index` is called: its file, or such as `faces("anime")[3]`.
  func name(of index: Int) -> String { items.file(of: index) ?? "\(items.title)[\(index)]" }

  /// What is known of item `index`, and its image where that had to be computed for it.
  func annotated(_ index: Int) throws -> (annotation: Annotation, image: Tensor?) {
    switch self {
    case .pictures(let source):
      let (marks, angle) = try source.marks(of: index)
      return (Annotation(marks: marks, angle: angle), nil)
    case .tensors(let source): return try source.annotated(index)
    }
  }
}
