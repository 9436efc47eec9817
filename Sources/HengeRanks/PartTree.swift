// SPDX-License-Identifier: MIT

/// The fixed binary tree in which the parts of a batch are added.
///
/// A node is the sum of parts `first..<last`; its left child has the largest power of two of them that
/// is less than their number. So the sum of 7 parts is `((0+1) + (2+3)) + ((4+5) + 6)`, however many
/// processes compute them.
public struct PartTree: Sendable {
  /// The number of parts, 1 or more.
  public let count: Int

  /// The tree of `count` parts.
  public init(_ count: Int) {
    precondition(count > 0, "a tree has a part")
    self.count = count
  }

  /// The number of parts of the left child of a node with `count` parts, 2 or more.
  static func left(of count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }

  /// Adds parts that come one after another; at most one more sum is kept than the tree is deep.
  public struct Sums<Value> {
    private let add: (consuming Value, Value) throws -> Value
    private var waiting: [(node: Range<Int>, value: Value)] = []

    /// Sums by `add`, which is given the left child first.
    public init(_ add: @escaping (consuming Value, Value) throws -> Value) { self.add = add }

    /// The sums so far, from left to right.
    public var nodes: [(node: Range<Int>, value: Value)] { waiting }

    /// Takes the sum of the parts of a node, which begins where the last one ended.
    public mutating func push(_ node: Range<Int>, _ value: Value) throws {
      waiting.append((node, value))
      while waiting.count > 1 {
        let (left, right) = (waiting[waiting.count - 2].node, waiting[waiting.count - 1].node)
        // Both are full, and together a node: of twice as many parts, at a place that they divide.
        guard left.count == right.count, left.count & (left.count - 1) == 0,
          left.lowerBound % (2 * left.count) == 0
        else { break }
        try join()
      }
    }

    /// Adds what is left, from the last part on, and returns the nodes that are complete trees: one
    /// where all parts came.
    public mutating func finish(upTo count: Int) throws -> [(node: Range<Int>, value: Value)] {
      while waiting.count > 1, let last = waiting.last, last.node.upperBound == count {
        let left = waiting[waiting.count - 2].node
        guard PartTree.isNode(left.lowerBound..<count, of: count) else { break }
        try join()
      }
      defer { waiting = [] }
      return waiting
    }

    private mutating func join() throws {
      guard let right = waiting.popLast(), let left = waiting.popLast() else { return }
      let node = left.node.lowerBound..<right.node.upperBound
      waiting.append((node, try add(left.value, right.value)))
    }
  }

  /// Whether `range` is a node of the tree of `count` parts.
  static func isNode(_ range: Range<Int>, of count: Int) -> Bool {
    var node = 0..<count
    while node != range {
      guard node.count > 1 else { return false }
      let middle = node.lowerBound + left(of: node.count)
      if range.upperBound <= middle {
        node = node.lowerBound..<middle
      } else if range.lowerBound >= middle {
        node = middle..<node.upperBound
      } else {
        return false
      }
    }
    return true
  }

  /// The largest nodes within `range`, in order.
  public func nodes(in range: Range<Int>) -> [Range<Int>] {
    func nodes(_ node: Range<Int>) -> [Range<Int>] {
      guard node.overlaps(range) else { return [] }
      if range.lowerBound <= node.lowerBound, node.upperBound <= range.upperBound { return [node] }
      let middle = node.lowerBound + Self.left(of: node.count)
      return nodes(node.lowerBound..<middle) + nodes(middle..<node.upperBound)
    }
    return nodes(0..<count)
  }
}

/// Which parts of a batch each process computes.
///
/// Parts next to each other, as even as possible. Where there are more processes than parts, some have
/// none: they compute one all the same, so that they know what a step consists of, and send nothing.
public struct PartShares: Sendable {
  /// The number of parts.
  public let count: Int
  /// The number of processes.
  public let ranks: Int

  /// The shares of `ranks` processes.
  public init(_ count: Int, among ranks: Int) {
    self.count = count
    self.ranks = ranks
  }

  /// The parts of which a process sends the sums; none for some where processes are more.
  public func sent(by rank: Int) -> Range<Int> {
    guard count < ranks else { return rank * count / ranks..<(rank + 1) * count / ranks }
    return rank < count ? rank..<rank + 1 : count..<count
  }

  /// The parts that a process computes, one at least.
  public func computed(by rank: Int) -> Range<Int> {
    let own = sent(by: rank)
    return own.isEmpty ? rank % count..<rank % count + 1 : own
  }
}
