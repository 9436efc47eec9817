// SPDX-License-Identifier: MIT
public import HengeBackend

extension Dataset {
  /// The items at `indices`, which must exist, in that order; an index may come twice.
  func picked(_ indices: [Int]) throws -> Dataset {
    try Dataset(loader: loader, sources: sources, count: indices.count) {
      indices.map { entries[$0] }
    }
  }

  /// The items at `indices`, negative ones counted from the end; throws `E-index`.
  public func selecting(_ indices: [Int]) throws -> Dataset {
    try picked(indices.map { try checkedIndex($0, count: count, of: "dataset") })
  }

  /// The first `count` items, or all if there are fewer; throws `E-range` for a negative count.
  public func take(_ count: Int) throws -> Dataset {
    guard count >= 0 else { throw Failure.badCount("count", count, least: 0) }
    return try slice(0..<min(count, self.count))
  }

  /// The items in an order drawn from `stream`; throws `E-memory`.
  public func shuffled(_ stream: inout RandomStream) throws -> Dataset {
    try picked(stream.permutation(count))
  }

  /// `count` items drawn from `stream`.
  ///
  /// Without `replacement` none comes twice, and `E-range` is thrown for more than there are.
  public func sample(
    _ count: Int, replacement: Bool = false, from stream: inout RandomStream
  ) throws -> Dataset {
    guard count >= 0 else { throw Failure.badCount("count", count, least: 0) }
    guard count <= self.count || (replacement && self.count > 0) else {
      throw Failure.sampleTooLarge(count, of: self.count)
    }
    let (total, isTooMany) = count.addingReportingOverflow(self.count)
    let (bytes, overflow) = total.multipliedReportingOverflow(by: MemoryLayout<Int>.stride)
    try loader.budget.reserve(
      overflow || isTooMany ? .max : bytes, for: "a sample of \(counted(count, "item"))")
    defer { loader.budget.release(bytes) }
    guard !replacement else {
      return try picked((0..<count).map { _ in stream.next(below: self.count) })
    }
    // Fisher and Yates from the front, stopped after `count` draws.
    var order = Array(0..<self.count)
    for place in 0..<count {
      order.swapAt(place, place + stream.next(below: self.count - place))
    }
    return try picked(Array(order[..<count]))
  }

  /// Parts one after another, `fractions` of the whole, which sum to 1.
  ///
  /// Part i ends at the rounded sum of the first i fractions, so that every item is in one part.
  /// Throws `E-range` for fractions below 0 or whose sum is not 1.
  public func split(fractions: [Double]) throws -> [Dataset] {
    let sum = fractions.reduce(0, +)
    guard !fractions.isEmpty, fractions.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(sum - 1) < 1e-9
    else { throw Failure.badFractions(fractions) }
    var (parts, total, start): ([Dataset], Double, Int) = ([], 0, 0)
    for (number, fraction) in fractions.enumerated() {
      total += fraction
      let end = number == fractions.count - 1 ? count : Int((total * Double(count)).rounded())
      parts.append(try slice(start..<max(start, min(end, count))))
      start = max(start, min(end, count))
    }
    return parts
  }

  /// Parts one after another of `counts` items, which sum to the number of items; throws `E-range` for
  /// others.
  public func split(counts: [Int]) throws -> [Dataset] {
    var sum = 0
    for part in counts {
      let (next, overflow) = sum.addingReportingOverflow(part)
      guard part >= 0, !overflow else { throw Failure.badCounts(counts, count: count) }
      sum = next
    }
    guard sum == count else { throw Failure.badCounts(counts, count: count) }
    var start = 0
    return try counts.map { part in
      defer { start += part }
      return try slice(start..<start + part)
    }
  }

  /// The items in `places`, which must exist.
  func slice(_ places: Range<Int>) throws -> Dataset {
    try Dataset(loader: loader, sources: sources, count: places.count) { Array(entries[places]) }
  }

  /// All items of this dataset, then all of `other`.
  ///
  /// Throws `E-shape` where channels, sizes or ranges differ, as far as they are known.
  public func joined(with other: Dataset) throws -> Dataset {
    if let channelGroups, let others = other.channelGroups, channelGroups != others {
      throw Failure.cannotJoin(
        self, other, "channels \(channelGroups.detailed) and \(others.detailed)")
    }
    if let shape, let otherShape = other.shape, shape != otherShape {
      throw Failure.cannotJoin(self, other, "shapes \(shape) and \(otherShape)")
    }
    guard range == other.range else {
      throw Failure.cannotJoin(self, other, "ranges \(range) and \(other.range)")
    }
    var all = sources
    let numbers = other.sources.map { source -> UInt32 in
      if let same = all.firstIndex(where: { $0.items === source.items }) { return UInt32(same) }
      all.append(source)
      return UInt32(all.count - 1)
    }
    return try Dataset(loader: loader, sources: all, count: count + other.count) {
      entries + other.entries.map { Entry(source: numbers[Int($0.source)], index: $0.index) }
    }
  }
}
