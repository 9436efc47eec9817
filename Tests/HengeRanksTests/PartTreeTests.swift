// SPDX-License-Identifier: MIT
import Testing

@testable import HengeRanks

/// The tree in which parts are added is one and the same for any number of processes.
@Suite struct PartTreeTests {
  /// The sum of a node's parts as a text, by the definition.
  private func text(_ node: Range<Int>) -> String {
    guard node.count > 1 else { return "\(node.lowerBound)" }
    let middle = node.lowerBound + PartTree.left(of: node.count)
    return "(\(text(node.lowerBound..<middle))+\(text(middle..<node.upperBound)))"
  }

  private func sums() -> PartTree.Sums<String> { PartTree.Sums { "(\($0)+\($1))" } }

  @Test func theLeftChildHasTheLargestPowerOfTwo() {
    #expect((2...9).map { PartTree.left(of: $0) } == [1, 2, 2, 4, 4, 4, 4, 8])
    #expect(text(0..<7) == "(((0+1)+(2+3))+((4+5)+6))")
  }

  @Test(arguments: 1...33) func onePartAfterTheOtherMakesTheTree(count: Int) throws {
    var sums = sums()
    for part in 0..<count { try sums.push(part..<part + 1, "\(part)") }
    let nodes = try sums.finish(upTo: count)
    #expect(nodes.map(\.value) == [text(0..<count)])
  }

  @Test(arguments: 1...33, 1...9) func everyNumberOfProcessesMakesTheSameTree(
    count: Int, ranks: Int
  ) throws {
    let shares = PartShares(count, among: ranks)
    var total = sums()
    var sent: [Int] = []
    for rank in 0..<ranks {
      let own = shares.sent(by: rank)
      sent += own
      #expect(!shares.computed(by: rank).isEmpty)
      guard !own.isEmpty else { continue }
      var sums = sums()
      for part in own { try sums.push(part..<part + 1, "\(part)") }
      let nodes = try sums.finish(upTo: count)
      // The largest nodes that a process can make alone are those that it sends.
      #expect(nodes.map(\.node) == PartTree(count).nodes(in: own))
      for (node, value) in nodes { try total.push(node, value) }
    }
    #expect(sent == Array(0..<count))
    #expect(try total.finish(upTo: count).map(\.value) == [text(0..<count)])
  }

  @Test func aProcessThatHasAWholeSubtreeSendsOneSum() {
    let shares = PartShares(8, among: 4)
    let tree = PartTree(8)
    #expect(
      (0..<4).map { tree.nodes(in: shares.sent(by: $0)) } == [[0..<2], [2..<4], [4..<6], [6..<8]])
    #expect(tree.nodes(in: 2..<5) == [2..<4, 4..<5])
  }
}
