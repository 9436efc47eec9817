// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import HengeTensor

/// Images that are in memory: one tensor `[N, C, H, W]`, or a tensor `[C, H, W]` for each.
///
/// Bytes stay bytes, as those of an image's file; other numbers are `f32`.
final class ArraySource: TensorSource {
  let title: String
  let range: ImageRange
  let count: Int
  let shape: Shape?
  var channelGroups: ChannelGroups?
  /// One tensor of all, or one for each: `f32` `[C, H, W]`, or `u8` `[H, W, C]`.
  private let arrays: [Tensor]
  private let isStack: Bool

  var isComputed: Bool { false }

  /// The images of one tensor, `[N, C, H, W]`.
  init(_ images: Tensor, range: ImageRange) throws {
    guard images.rank == 4 else { throw Failure.notABatch(images.shape) }
    arrays = [try ArraySource.kept(images, range)]
    isStack = true
    self.range = range
    title = "a tensor \(images.shape)"
    count = images.shape[0]
    shape = try Shape(Array(images.shape.sizes.dropFirst()))
    channelGroups = .array(count: images.shape[1], isBytes: images.type == .u8)
  }

  /// An image for each tensor, `[C, H, W]`; sizes may differ, channels and types may not.
  init(list images: [Tensor], range: ImageRange) throws {
    guard let first = images.first else { throw Failure.noImages }
    for (place, image) in images.enumerated() {
      guard image.rank == 3 else { throw Failure.notAnImage(image.shape, at: place) }
      guard image.shape[0] == first.shape[0], (image.type == .u8) == (first.type == .u8) else {
        throw Failure.imagesDiffer(first, image, at: place)
      }
    }
    arrays = try images.map { try ArraySource.kept($0, range) }
    isStack = false
    self.range = range
    title = "a list of \(counted(images.count, "tensor"))"
    count = images.count
    shape = images.allSatisfy { $0.shape == first.shape } ? first.shape : nil
    channelGroups = .array(count: first.shape[0], isBytes: first.type == .u8)
  }

  /// The images as they are kept: bytes with their channels last, as long as an image can have so
  /// many; all else as `f32` in `range`.
  private static func kept(_ images: Tensor, _ range: ImageRange) throws -> Tensor {
    guard images.type == .u8 else { return try images.detached().cast(to: .f32) }
    let channels = images.rank - 3
    let order = Array(0..<channels) + [channels + 1, channels + 2, channels]
    let bytes = try images.permuted(order).contiguous()
    guard !(1...4).contains(images.shape[channels]) else { return bytes }
    return try bytes.planes(low: Float(range.low), high: Float(range.high))
  }

  var storageBlocks: [(owner: AnyObject, bytes: Int)] { arrays.map(\.storageBlock) }

  func file(of index: Int) -> String? { nil }

  func annotated(_ index: Int) -> (annotation: Annotation, image: Tensor?) { (Annotation(), nil) }

  func items(_ indices: [Int]) throws -> [Item] {
    try indices.map { index in
      let array = isStack ? try arrays[0].selecting([.at(index)]) : arrays[index]
      guard array.type == .u8 else { return .tensor(array) }
      return .picture(
        Pixels(
          height: array.shape[0], width: array.shape[1], channels: array.shape[2],
          bytes: try array.bytes()))
    }
  }
}

extension ChannelGroups {
  /// What `count` channels of an array are: four of bytes are those of an image with alpha, as
  /// programs that read image files have them; four of other numbers may be anything.
  static func array(count: Int, isBytes: Bool) -> ChannelGroups? {
    count == 4 && isBytes ? ChannelGroups("rgba", count: 4) : .picture(count: count)
  }
}
