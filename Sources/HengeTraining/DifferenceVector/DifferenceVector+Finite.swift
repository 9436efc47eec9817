// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeTensor

extension DifferenceVector {
  /// Whether no image can have a number that is not finite, as bytes cannot.
  var isSurelyFinite: Bool { a.consistsOfBytes && b.consistsOfBytes }

  /// Refuses with `E-finite` a vector that is not finite, unless the rule makes it so.
  func refuseNotFinite(_ vectors: [Tensor], after count: Int) throws {
    guard configuration.rule == .corrected else { return }
    if try Tensor.firstNotFinite(among: vectors) != nil {
      throw Failure(
        "E-finite", "the vector is not finite after update \(count)",
        suggestion: "a smaller lr: rule=\"corrected\" converges for lr from 0 to 2")
    }
  }

  /// Refuses with `E-finite` a sum of images of `set` that is not finite, naming the image.
  func refuseNotFinite(_ sums: [Tensor], of set: Dataset, _ side: String) throws {
    guard !set.consistsOfBytes else { return }
    if try Tensor.firstNotFinite(among: sums) != nil {
      for index in 0..<set.count where !(try set.image(index).isFinite()) {
        throw Failure(
          "E-finite",
          "image \(index) of \(side.uppercased()) has numbers that are not finite: \(try set.name(of: index))",
          suggestion: "\(side.uppercased()).filter(x => all(abs(x) < 1e9))")
      }
    }
  }

  /// The state after the last of `marks`; throws `E-finite` where it is not finite.
  func advanced(over marks: [Int]) throws -> State {
    let advanced = try advance(state, over: marks)
    if !isSurelyFinite { _ = try vectors(after: [advanced.count], from: advanced) }
    let new = advanced.snapshots[state.snapshots.count...].map(\.vector)
    try refuseNotFinite([advanced.base] + new, after: advanced.count)
    return advanced
  }

  /// Does some updates; an error says that they were not made.
  func locating<Result>(_ work: () throws -> Result) throws -> Result {
    do { return try work() } catch let failure as Failure {
      let next = state.count + 1
      throw Failure(
        failure.code, failure.message,
        notes: failure.notes + [
          "update \(next) was not applied: the vector is as it was after update \(state.count)"
        ], suggestion: failure.suggestion)
    }
  }
}
