// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage

/// Images of both kinds that are not trained on.
struct HeldOut: ValueConvertible {
  let a: Dataset
  let b: Dataset

  static var kind: String { "[dataset, dataset] | pairs" }

  static func from(_ value: Value) -> HeldOut? {
    if let pairs = PairsObject.from(value)?.pairs {
      return HeldOut(a: pairs.first, b: pairs.second)
    }
    guard let sets = [Dataset].from(value), sets.count == 2 else { return nil }
    return HeldOut(a: sets[0], b: sets[1])
  }

  var value: Value { [a, b].value }

  /// Those of a value that a member is set to.
  static func checked(_ value: Value) throws -> HeldOut {
    if let held = from(value) { return held }
    throw Failure(
      "E-type", "held-out images must be two datasets, not \(value.kindWithArticle)",
      suggestion: "t.val = [VA, VB]", parameter: "val")
  }
}
