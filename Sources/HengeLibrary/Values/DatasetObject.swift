// SPDX-License-Identifier: MIT
public import HengeData
public import HengeLanguage
internal import HengeBackend
internal import HengeTensor

/// A dataset as a value of the language: `A[i]` is a tensor, `A[i:j]` a dataset.
final class DatasetObject: Object, HasElementKinds, Iterable, Announced {
  let dataset: Dataset

  init(_ dataset: Dataset) { self.dataset = dataset }

  override class var kind: String { "dataset" }
  override var depth: Int { dataset.depth }
  override var brief: String { "dataset of \(dataset.count)" }
  override var storages: [Storage] {
    dataset.storageBlocks.map { Storage($0.owner, bytes: $0.bytes) }
  }

  func element(at subscripts: [Subscript]) throws -> Value {
    guard subscripts.count == 1, let part = subscripts.first else {
      throw Failure(
        "E-index", "a dataset takes one index, not \(subscripts.count)",
        suggestion: "A[i][…] indexes the image of item i")
    }
    switch part {
    case .int(let index): return try dataset.image(index).value
    case .slice(let slice):
      let (start, step, count) = slice.resolved(count: dataset.count)
      return try dataset.selecting((0..<count).map { start + $0 * step }).value
    case .value(let value):
      if case .range(let range) = value {
        guard range.count > 0 else { return try dataset.take(0).value }
        // Both ends first: an endless range must not become an endless list.
        _ = try dataset.selecting([range[0], range[range.count - 1]])
        return try dataset.selecting((0..<range.count).map { range[$0] }).value
      }
      guard let indices = [Int].from(value) else { fallthrough }
      return try dataset.selecting(indices).value
    case .ellipsis, .newAxis:
      throw Failure(
        "E-index", "the index of a dataset is an int, a slice or a list of ints",
        suggestion: "A.item(0): the file and the landmarks of an image")
    }
  }

  func elementKind(isSlice: Bool) -> String? { isSlice ? "dataset" : "tensor" }

  var knownCount: Int? { dataset.count }

  func makeIterator() throws -> () throws -> Value? {
    var pass = DatasetPass(dataset)
    return { try pass.image()?.value }
  }

  var text: String { "dataset of \(dataset.summaryLine)" }

  func displays(width: Int) throws -> [Display] { [.text("dataset of \(dataset.summaryLine)")] }
}

extension Dataset: ValueConvertible {
  /// What signatures and messages call it.
  public static var kind: String { "dataset" }
  /// The contents of `value`, or `nil` when it is of another type.
  public static func from(_ value: Value) -> Dataset? {
    guard case .object(let object) = value else { return nil }
    return (object as? DatasetObject)?.dataset
  }
  /// The value of the language.
  public var value: Value { .object(DatasetObject(self)) }
}
