// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeRanks
internal import HengeTensor

/// What a part of a batch leaves for its step: gradients, and statistics such as running means.
///
/// A reference, so that sums are added in place and what was added is freed as it goes.
final class PartSum {
  /// The gradient at each parameter that learns, then each statistic.
  var entries: [GradientSum?]

  /// These sums.
  init(entries: [GradientSum?]) { self.entries = entries }

  /// What a part computed, statistics times its weight.
  init(_ gradients: Gradients, weight: Double?) throws {
    entries = gradients.sums
    for (_, value) in gradients.learning.notedStatistics {
      let value = GradientSum.tensor(value)
      entries.append(try weight.map { try value.scaled(by: $0) } ?? value)
    }
  }

  /// Adds the sum of the parts after these, which is used up.
  func add(_ other: PartSum) throws {
    precondition(entries.count == other.entries.count, "all parts of a batch compute the same")
    for index in entries.indices {
      guard let part = other.entries[index].take() else { continue }
      try GradientSum.add(part, to: &entries[index])
    }
  }

  /// Whole buffers, divided by `divisor`, in place of these.
  func divide(by divisor: Double) throws {
    for index in entries.indices {
      guard let sum = entries[index].take() else { continue }
      entries[index] = try sum.whole().scaled(by: 1 / divisor)
    }
  }
}

/// The sums of the parts that a process computed in one turn of a step.
struct PartSums {
  private var sums: PartTree.Sums<PartSum>
  private let parts: BatchParts

  /// Nothing yet.
  init(_ parts: BatchParts) {
    self.parts = parts
    sums = PartTree.Sums { left, right in
      try left.add(right)
      return left
    }
  }

  /// Adds what the next part left.
  mutating func add(_ gradients: Gradients, of part: Int) throws {
    try sums.push(part..<part + 1, PartSum(gradients, weight: parts.weight(of: part)))
  }

  /// The mean over all parts of all processes, as the gradients of `last`, those of the last part here.
  ///
  /// `place` says where the step is. Throws what ``Ranks`` throws, and `E-memory`.
  mutating func mean(_ last: Gradients, at place: String) throws -> Gradients {
    let nodes = try sums.finish(upTo: parts.count)
    let total = try total(nodes, like: last, at: place)
    try total.divide(by: parts.divisor)
    var mean = last
    let learned = last.sums.count
    mean.sums = Array(total.entries.prefix(learned))
    let noted = last.learning.notedStatistics
    last.learning.notedStatistics = try zip(noted, total.entries.dropFirst(learned)).map {
      noted, sum in
      guard let sum else { preconditionFailure("a statistic that was noted has a sum") }
      return (noted.statistic, try sum.tensor().reshaped(noted.value.shape.sizes))
    }
    return mean
  }

  private func total(
    _ nodes: [(node: Range<Int>, value: PartSum)], like last: Gradients, at place: String
  ) throws -> PartSum {
    guard parts.ranks.count > 1 else {
      guard let only = nodes.first?.value, nodes.count == 1 else {
        preconditionFailure("one process computes all parts")
      }
      return only
    }
    let shapes =
      last.learning.parameters.map(\.value) + last.learning.notedStatistics.map(\.value)
    return try SumExchange(parts, like: shapes, at: place).total(
      parts.sent.isEmpty ? [] : nodes.map(\.value))
  }
}
