// SPDX-License-Identifier: MIT
public import HengeBackend

extension Dataset {
  /// The items at `indices`, which must exist, in that order; an index may come twice.
  func picked(_ indices: [Int]) -> Dataset {
    Dataset(loader: loader, sources: sources, entries: indices.map { entries[$0] })
  }

  /// The items at `indices`, negative ones counted from the end; throws `E-index`.
  public func selecting(_ indices: [Int]) throws -> Dataset {
    picked(try indices.map { try checkedIndex($0, count: count, of: "dataset") })
  }

  /// The first `count` items, or all if there are fewer.
  public func take(_ count: Int) throws -> Dataset {
    guard count >= 0 else { throw Failure.badCount("count", count, least: 0) }
    return Dataset(loader: loader, sources: sources, entries: Array(entries.prefix(count)))
  }

  /// The items in an order drawn from `stream`.
  public func shuffled(_ stream: inout RandomStream) -> Dataset {
    picked(stream.permutation(count))
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
    let bytes = MemoryLayout<Entry>.stride * count + MemoryLayout<Int>.stride * self.count
    try loader.budget.reserve(bytes, for: "a sample of \(counted(count, "item"))")
    defer { loader.budget.release(bytes) }
    guard !replacement else {
      return picked((0..<count).map { _ in stream.next(below: self.count) })
    }
    // Fisher and Yates from the front, stopped after `count` draws.
    var order = Array(0..<self.count)
    for place in 0..<count {
      order.swapAt(place, place + stream.next(below: self.count - place))
    }
    return picked(Array(order[..<count]))
  }

  /// Parts one after another, `fractions` of the whole, which sum to 1.
  ///
  /// Part i ends at the rounded sum of the first i fractions, so that every item is in one part.
  public func split(fractions: [Double]) throws -> [Dataset] {
    let sum = fractions.reduce(0, +)
    guard !fractions.isEmpty, fractions.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(sum - 1) < 1e-9
    else { throw Failure.badFractions(fractions) }
    var (parts, total, start): ([Dataset], Double, Int) = ([], 0, 0)
    for (number, fraction) in fractions.enumerated() {
      total += fraction
      let end = number == fractions.count - 1 ? count : Int((total * Double(count)).rounded())
      parts.append(slice(start..<max(start, min(end, count))))
      start = max(start, min(end, count))
    }
    return parts
  }

  /// Parts one after another of `counts` items, which sum to the number of items.
  public func split(counts: [Int]) throws -> [Dataset] {
    var sum = 0
    for part in counts {
      let (next, overflow) = sum.addingReportingOverflow(part)
      guard part >= 0, !overflow else { throw Failure.badCounts(counts, count: count) }
      sum = next
    }
    guard sum == count else { throw Failure.badCounts(counts, count: count) }
    var start = 0
    return counts.map { part in
      defer { start += part }
      return slice(start..<start + part)
    }
  }

  /// The items in `places`, which must exist.
  func slice(_ places: Range<Int>) -> Dataset {
    Dataset(loader: loader, sources: sources, entries: Array(entries[places]))
  }

  /// All items of this dataset, then all of `other`.
  ///
  /// Throws `E-shape` where channels, sizes or ranges differ, as far as they are known.
  public func joined(with other: Dataset) throws -> Dataset {
    if let channelNames, let others = other.channelNames, channelNames != others {
      throw Failure.cannotJoin(self, other, "channels \(channelNames) and \(others)")
    }
    if let shape, let otherShape = other.shape, shape != otherShape {
      throw Failure.cannotJoin(self, other, "shapes \(shape) and \(otherShape)")
    }
    guard range == other.range else {
      throw Failure.cannotJoin(self, other, "ranges \(range) and \(other.range)")
    }
    guard count + other.count <= Dataset.largestCount else {
      throw Failure.tooManyItems(count + other.count)
    }
    var all = sources
    let numbers = other.sources.map { source -> UInt32 in
      if let same = all.firstIndex(where: { $0.items === source.items }) { return UInt32(same) }
      all.append(source)
      return UInt32(all.count - 1)
    }
    let moved = other.entries.map { Entry(source: numbers[Int($0.source)], index: $0.index) }
    return Dataset(loader: loader, sources: all, entries: entries + moved)
  }
}
