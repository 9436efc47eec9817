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
  private let turn: String
  private let orders: SendingOrders
  private let place: String
  /// What sends gradients while the last part is computed.
  private var exchange: SumExchange?

  /// Nothing yet; `place` says where the step is.
  init(_ parts: BatchParts, of turn: String, _ orders: SendingOrders, at place: String) {
    self.parts = parts
    self.turn = turn
    self.orders = orders
    self.place = place
    sums = PartTree.Sums { left, right in
      try left.add(right)
      return left
    }
  }

  /// What takes the gradients of the last part of this process as its last backward pass completes them, and
  /// sends them on; nil on one process.
  mutating func sending(_ gradients: Gradients) -> Tensor.LeafGradient? {
    guard parts.isCut, parts.ranks.count > 1, let last = parts.own.last else { return nil }
    let exchange = exchange(of: gradients)
    self.exchange = exchange
    let (parts, before) = (parts, sums.nodes)
    return { entry, sum in
      try exchange.take(entry, Self.nodes(of: entry, before, sum, last, parts))
    }
  }

  private func exchange(of gradients: Gradients) -> SumExchange {
    let models = gradients.learning.parameters.map(\.value)
    return SumExchange(parts, like: models, order: orders.order(turn, models.count), at: place)
  }

  /// The sums of an entry for the nodes of this process, `sum` being that of the part `last`; those of the
  /// parts `before` are used up.
  private static func nodes(
    of entry: Int, _ before: [(node: Range<Int>, value: PartSum)], _ sum: GradientSum?,
    _ last: Int, _ parts: BatchParts
  ) throws -> [GradientSum?] {
    guard !parts.sent.isEmpty else { return [] }
    var tree = PartTree.Sums<GradientSum?> { left, right in
      var left = left
      if let right { try GradientSum.add(right, to: &left) }
      return left
    }
    for (node, value) in before { try tree.push(node, value.entries[entry].take()) }
    try tree.push(last..<last + 1, sum)
    return try tree.finish(upTo: parts.count).map(\.value)
  }

  /// Adds what the next part left.
  mutating func add(_ gradients: Gradients, of part: Int) throws {
    try sums.push(part..<part + 1, PartSum(gradients, weight: parts.weight(of: part)))
  }

  /// The mean over all parts of all processes, as the gradients of `last`, those of the last part here.
  ///
  /// Throws what ``Ranks`` throws, and `E-memory`.
  mutating func mean(_ last: Gradients) throws -> Gradients {
    let nodes = try sums.finish(upTo: parts.count)
    let total = try total(nodes, like: last)
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
    _ nodes: [(node: Range<Int>, value: PartSum)], like last: Gradients
  ) throws -> PartSum {
    guard parts.ranks.count > 1 else {
      guard let only = nodes.first?.value, nodes.count == 1 else {
        preconditionFailure("one process computes all parts")
      }
      return only
    }
    let own = parts.sent.isEmpty ? [] : nodes.map(\.value)
    let learned = last.sums.count
    let exchange = self.exchange ?? exchange(of: last)
    for entry in 0..<learned where !exchange.has(entry) {
      try exchange.take(entry, own.map { $0.entries[entry].take() })
    }
    let total = try exchange.total()
    if self.exchange != nil, !orders.isKnown(turn, learned) {
      try orders.keep(exchange.order, turn, parts.ranks, at: place)
    }
    let statistics = last.learning.notedStatistics.map(\.value)
    guard !statistics.isEmpty else { return total }
    let rest = SumExchange(
      parts, like: statistics, order: Array(statistics.indices), at: "\(place), statistics")
    for entry in statistics.indices {
      try rest.take(entry, own.map { $0.entries[learned + entry].take() })
    }
    total.entries += try rest.total().entries
    return total
  }
}
