// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor

/// The images of one tensor, `[N, C, H, W]` of `f32`.
final class StackSource: TensorSource {
  let title: String
  let range: ImageRange
  let count: Int
  let shape: Shape?
  let channelNames: String?
  private let images: Tensor

  init(_ images: Tensor, range: ImageRange) throws {
    guard images.rank == 4 else { throw Failure.notABatch(images.shape) }
    self.images = try images.cast(to: .f32)
    self.range = range
    title = "a tensor \(images.shape)"
    count = images.shape[0]
    shape = try Shape(Array(images.shape.sizes.dropFirst()))
    channelNames = channelNamesFor(count: images.shape[1])
  }

  /// What the images lie in.
  var storageBlock: (owner: AnyObject, bytes: Int) { images.storageBlock }

  func file(of index: Int) -> String? { nil }

  func marks(of index: Int) -> (marks: [Landmark], angle: Double?) { ([], nil) }

  func prepare(_ indices: [Int]) {}

  func tensors(_ indices: [Int]) throws -> [Tensor] {
    try indices.map { try images.selecting([.at($0)]) }
  }
}

/// What so many channels are called when nothing else is known of them.
func channelNamesFor(count: Int) -> String {
  switch count {
  case 1: "gray"
  case 3: "rgb"
  case 4: "rgba"
  default: "\(counted(count, "channel"))"
  }
}
