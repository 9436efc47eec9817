// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeTensor
import HengeThreads
import Testing

@Test func `a first look`() throws {
  let cpu = CPUBackend(pool: Pool(threads: 2), budget: MemoryBudget(limit: 1 << 30))
  let a = try Tensor.arange(0, 12, on: cpu).reshaped([3, 4])
  #expect(try a.sum([0]).doubles() == [12, 15, 18, 21])
  #expect(try a.sum([1]).doubles() == [6, 22, 38])
  #expect(try a.transposed().maximum([0]).doubles() == [3, 7, 11])
  #expect(try (a + 1).standardDeviation().item() == .num(Double(Float(3.452052529534663))))
  var b = a
  try b.assign(7, at: [.at(1), .slice(start: nil, stop: nil, step: -2)])
  #expect(try b.doubles() == [0, 1, 2, 3, 4, 7, 6, 7, 8, 9, 10, 11])
  #expect(
    try a.selecting([.tensor(Tensor.compare(.greater, .tensor(a), 8))]).doubles() == [9, 10, 11])
  #expect(throws: Failure.self) {
    try a + b.selecting([.all, .slice(start: 1, stop: nil, step: nil)])
  }
}
