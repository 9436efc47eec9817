// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeRanks

/// Sums that go together, as bytes, so that a thread may exchange them that computes nothing else.
///
/// A process is sent its slice of every node of the tree, adds them in the tree's order, and sends the sum
/// to all, so that each moves twice the size of the gradients, however many they are.
final class SumBucket {
  /// The entries, by their numbers.
  let entries: [Int]
  /// The number of elements of each.
  private let counts: [Int]
  private let type: ElementType
  /// Whether the sums of each are there.
  private(set) var has: [Bool]
  /// The sums of each, of the nodes of this process; nil where one is no tensor, and after they were sent.
  private(set) var own: [[[UInt8]]?]
  /// The totals; nil where some process has no tensor.
  private(set) var totals: [[UInt8]?]

  /// A bucket of entries with these numbers of elements.
  init(_ counts: [Int], _ type: ElementType, _ entries: [Int]) {
    (self.counts, self.type, self.entries) = (counts, type, entries)
    has = counts.map { _ in false }
    own = counts.map { _ in nil }
    totals = counts.map { _ in nil }
  }

  /// Whether all sums are there.
  var isFull: Bool { has.allSatisfy { $0 } }

  /// Takes the sums of an entry.
  func take(_ index: Int, _ sums: [[UInt8]]?) {
    has[index] = true
    own[index] = sums
  }

  /// Frees what it has.
  func end() { (own, totals) = ([], []) }

  /// Exchanges the sums; throws what ``Ranks`` throws.
  func exchange(_ parts: BatchParts, at place: String) throws {
    let ranks = parts.ranks
    let kinds = try ranks.gather(
      own.map { $0 == nil ? 0 : 1 }, at: "\(place), kinds of gradients")
    let plain = entries.indices.filter { index in kinds.allSatisfy { $0[index] == 1 } }
    guard !plain.isEmpty else { return }
    let count = plain.reduce(0) { $0 + counts[$1] }
    func slice(_ rank: Int) -> Range<Int> {
      let ends = [rank, rank + 1].map { $0 * count / ranks.count * type.size }
      return ends[0]..<ends[1]
    }
    var messages = (0..<ranks.count).map { rank -> [UInt8] in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(slice(rank).count * max(1, parts.nodes(sentBy: ranks.mine).count))
      return bytes
    }
    for node in parts.nodes(sentBy: ranks.mine).indices {
      let sums = plain.map { own[$0]?[node] ?? [] }
      for rank in messages.indices { Self.append(slice(rank), of: sums, to: &messages[rank]) }
    }
    for index in plain { own[index] = nil }
    let received = try ranks.exchange(messages, at: "\(place), gradients")
    messages = []
    let size = slice(ranks.mine).count
    var sums = PartTree.Sums<[UInt8]> { [type] left, right in
      var sum = left
      Self.add(right, to: &sum, type)
      return sum
    }
    for rank in 0..<ranks.count {
      for (position, node) in parts.nodes(sentBy: rank).enumerated() {
        let part = received[rank][(position * size)..<((position + 1) * size)]
        try sums.push(node, Array(part))
      }
    }
    let mine = try sums.finish(upTo: parts.count)
    precondition(mine.count == 1, "the nodes of all processes make the whole tree")
    let all = try ranks.gather(mine[0].value, at: "\(place), sums of gradients")
    var start = 0
    for index in plain {
      let end = start + counts[index] * type.size
      var bytes: [UInt8] = []
      bytes.reserveCapacity(end - start)
      Self.append(start..<end, of: all, to: &bytes)
      totals[index] = bytes
      start = end
    }
  }

  /// Appends a range of the elements of several arrays, in order.
  private static func append(_ range: Range<Int>, of arrays: [[UInt8]], to bytes: inout [UInt8]) {
    var start = 0
    for array in arrays {
      let own = range.clamped(to: start..<(start + array.count))
      if !own.isEmpty { bytes += array[(own.lowerBound - start)..<(own.upperBound - start)] }
      start += array.count
    }
  }

  /// Adds elements to others, each alone: the same bytes as when tensors are added.
  private static func add(_ right: [UInt8], to left: inout [UInt8], _ type: ElementType) {
    right.withUnsafeBytes { right in
      left.withUnsafeMutableBytes { left in
        if type == .f64 {
          add(right, to: left, Double.self)
        } else {
          add(right, to: left, Float.self)
        }
      }
    }
  }

  private static func add<Number: FloatingPoint & BitwiseCopyable>(
    _ right: UnsafeRawBufferPointer, to left: UnsafeMutableRawBufferPointer, _: Number.Type
  ) {
    // Elements begin at multiples of their size in arrays, which are aligned to more.
    let right = right.bindMemory(to: Number.self)
    let left = left.bindMemory(to: Number.self)
    for index in left.indices { left[index] += right[index] }
  }
}
