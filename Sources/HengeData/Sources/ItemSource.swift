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
  var channelNames: String? { get }
  /// Which numbers stand for black and white.
  var range: ImageRange { get }
  /// How it was made, such as `images("faces")`.
  var title: String { get }
  /// The file item `index` was read from, if there is one.
  func file(of index: Int) -> String?
  /// The landmarks of item `index`, and its tilt in degrees, where they are known.
  func marks(of index: Int) throws -> (marks: [Landmark], angle: Double?)
}

/// A source of bytes: what is decoded in parallel and kept in the cache.
protocol PictureSource: ItemSource, Sendable {
  /// The number under which the cache keeps its pictures.
  var cacheNumber: Int { get }
  /// Makes the pictures at `indices`, a few at a time, with the source's channels; on any thread.
  func pictures(_ indices: ArraySlice<Int>) throws -> [Pixels]
}

/// A source of numbers: items that exist as tensors only, or are computed one by one.
protocol TensorSource: ItemSource {
  /// Decodes and keeps the pictures that the items at `indices` are computed from.
  func prepare(_ indices: [Int]) throws
  /// The items at `indices`, each `[C, H, W]` of `f32`.
  func tensors(_ indices: [Int]) throws -> [Tensor]
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

  /// What item `index` is called: its file, or such as `faces("anime")[3]`.
  func name(of index: Int) -> String { items.file(of: index) ?? "\(items.title)[\(index)]" }
}
