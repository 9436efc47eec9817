// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

/// One pass over a dataset, or over pairs, in batches.
final class BatchesObject: Object, ObjectConvertible, Indexable, Iterable, Displayed {
  let count: Int
  private let size: Int
  private let items: Int
  private let batch: (Int) throws -> Value
  private let nesting: Int

  /// Batches of `size` images: tensors [N, C, H, W].
  init(_ dataset: Dataset, size: Int) throws {
    self.size = size
    items = dataset.count
    count = try dataset.batchCount(size: size)
    nesting = dataset.depth
    batch = { try dataset.batch($0, size: size).value }
  }

  /// Batches of `size` pairs: lists of two tensors.
  init(_ pairs: PairedDataset, size: Int) throws {
    self.size = size
    items = pairs.count
    count = try pairs.first.batchCount(size: size)
    nesting = max(pairs.first.depth, pairs.second.depth)
    batch = { number in
      let (first, second) = try pairs.batch(number, size: size)
      return [first, second].value
    }
  }

  override class var kind: String { "batches" }
  override var brief: String { text }
  override var depth: Int { nesting }

  func element(at subscripts: [Subscript]) throws -> Value {
    guard subscripts.count == 1, case .int(let index) = subscripts[0] else {
      throw Failure("E-index", "batches take one int as their index")
    }
    return try batch(index)
  }

  var knownCount: Int? { count }

  func makeIterator() throws -> () throws -> Value? {
    var next = 0
    return { [self] in
      guard next < count else { return nil }
      defer { next += 1 }
      return try batch(next)
    }
  }

  var text: String { "\(count) batches of \(size) from \(items) items" }
}
