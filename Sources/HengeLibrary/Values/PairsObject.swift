// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

/// Two datasets item by item, as a value of the language: `P[i]` is `[a, b]`.
final class PairsObject: Object, ObjectConvertible, Indexable, Iterable, Displayed {
  let pairs: PairedDataset

  init(_ pairs: PairedDataset) { self.pairs = pairs }

  override class var kind: String { "pairs" }
  override var brief: String { "pairs of \(pairs.count)" }
  override var depth: Int { max(pairs.first.depth, pairs.second.depth) }

  func element(at subscripts: [Subscript]) throws -> Value {
    guard subscripts.count == 1, case .int(let index) = subscripts[0] else {
      throw Failure("E-index", "pairs take one int as their index")
    }
    let (first, second) = try pairs.images(index)
    return [first, second].value
  }

  var knownCount: Int? { pairs.count }

  func makeIterator() throws -> () throws -> Value? {
    var (first, second) = (DatasetPass(pairs.first), DatasetPass(pairs.second))
    return {
      guard let a = try first.image(), let b = try second.image() else { return nil }
      return [a, b].value
    }
  }

  var text: String { "\(pairs.count) pairs of \(pairs.first.summaryLine)" }

  func displays(width: Int) throws -> [Display] {
    [
      .text(
        "\(pairs.count) pairs\n  \(pairs.first.summaryLine)\n  \(pairs.second.summaryLine)")
    ]
  }
}
