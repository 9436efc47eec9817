// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor
import HengeThreads

/// What a function makes of each image of a dataset, computed whenever it is asked for.
final class MappedSource: TensorSource {
  private let base: Dataset
  private let transform: (Tensor) throws -> Tensor
  /// How deeply functions and what they hold are nested, this one included.
  let depth: Int

  init(_ base: Dataset, depth: Int, _ transform: @escaping (Tensor) throws -> Tensor) {
    self.base = base
    self.transform = transform
    self.depth = depth
  }

  var count: Int { base.count }
  var shape: Shape? { nil }
  var range: ImageRange { base.range }
  var channelNames: String? { nil }
  var title: String { "a map of \(base.sources[0].items.title)" }

  func file(of index: Int) -> String? {
    let entry = base.entries[index]
    return base.sources[Int(entry.source)].items.file(of: Int(entry.index))
  }

  /// None: the function may move pixels, and the base's points would then be wrong.
  func marks(of index: Int) -> (marks: [Landmark], angle: Double?) { ([], nil) }

  func prepare(_ indices: [Int]) throws {
    try base.selecting(indices).prepare(0..<indices.count)
  }

  func tensors(_ indices: [Int]) throws -> [Tensor] {
    try base.loader.nested {
      let images = try base.selecting(indices).images(0..<indices.count)
      return try zip(indices, images).map { index, image in
        try base.loader.interrupt.check()
        let made = try transform(image)
        guard made.rank == 3 else {
          throw Failure.notAnImage(made.shape, from: try base.name(of: index))
        }
        return try made.cast(to: .f32)
      }
    }
  }
}
