// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor
import HengeThreads

/// A source with one item for each item of a dataset.
protocol BasedSource: TensorSource {
  /// The dataset.
  var base: Dataset { get }
}

extension BasedSource {
  var count: Int { base.count }
  var storageBlocks: [(owner: AnyObject, bytes: Int)] { base.storageBlocks }

  func file(of index: Int) -> String? {
    let entry = base.entries[index]
    return base.sources[Int(entry.source)].items.file(of: Int(entry.index))
  }

  func prepare(_ indices: [Int]) throws {
    try base.selecting(indices).prepare(0..<indices.count)
  }
}

/// A source whose items are computed, one by one, from those of a dataset whenever they are asked for.
protocol DerivedSource: BasedSource {
  /// The image that `image`, item `index` of the base, becomes.
  func changed(_ image: Tensor, _ index: Int) throws -> Tensor
}

extension DerivedSource {
  var isComputed: Bool { true }

  func items(_ indices: [Int]) throws -> [Item] { try computedItems(indices) }

  /// The items at `indices`, each computed from that of the base.
  func computedItems(_ indices: [Int]) throws -> [Item] {
    try base.loader.nested {
      let images = try base.selecting(indices).images(0..<indices.count)
      return try zip(indices, images).map { index, image in
        try base.loader.interrupt.check()
        return .tensor(try changed(image, index))
      }
    }
  }
}
