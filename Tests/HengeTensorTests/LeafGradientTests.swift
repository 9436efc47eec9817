// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeThreads
import Testing

/// Gradients that are taken while a backward pass still computes others.
@Suite struct LeafGradientTests {
  private let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 28))

  private func random(_ sizes: [Int], _ seed: UInt64) throws -> Tensor {
    var stream = RandomStream(seed: seed, name: "leaves")
    return try Tensor.randn(try Shape(sizes), .f64, from: &stream, on: cpu)
  }

  /// Three layers of which the first leaf is used twice, one leaf not at all, and one through a number
  /// alone.
  private func loss(_ leaves: [Tensor], _ x: Tensor) throws -> Tensor {
    let first = try (x * leaves[0]).map(.tanh)
    let second = try (first * leaves[1] + leaves[3].sum()).map(.tanh)
    return try ((second * leaves[0]).map(.tanh) * leaves[4]).sum()
  }

  @Test func `each sum is given once, and is that of a pass without`() throws {
    let values = try (0..<5).map { try random([7], UInt64($0)) }
    let x = try random([7], 9)
    let before = try random([7], 10)
    func start() -> [GradientSum?] { [.tensor(before), nil, .tensor(before), nil, nil] }
    let leaves = values.map { $0.onTape() }
    var want = start()
    try loss(leaves, x).addGradients(at: leaves, to: &want)
    let again = values.map { $0.onTape() }
    var rest = start()
    var given: [Int: GradientSum?] = [:]
    var order: [Int] = []
    try loss(again, x).addGradients(at: again, to: &rest) { leaf, sum in
      #expect(given.updateValue(sum, forKey: leaf) == nil)
      order.append(leaf)
    }
    #expect(rest.allSatisfy { $0 == nil })
    #expect(order.sorted() == [0, 1, 2, 3, 4])
    for (leaf, want) in want.enumerated() {
      let sum = try #require(given[leaf])
      #expect(
        try sum?.tensor().contiguous().doubles() == want?.tensor().contiguous().doubles())
    }
    // What nothing adds to comes first, the last layer before those below it, and the first leaf,
    // which the first layer uses, last.
    #expect(order.first == 2)
    #expect(order.last == 0)
    let above = try #require(order.firstIndex(of: 4))
    let below = try #require(order.firstIndex(of: 1))
    #expect(above < below)
  }
}
