// SPDX-License-Identifier: MIT
import Testing

@testable import HengeBackend

@Suite struct RandomStreamTests {
  /// Known answers of Random123's kat_vectors, philox4x32-10.
  @Test func `philox gives the published vectors`() {
    let zero = RandomStream.philox(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let all = UInt32.max
    let ones = RandomStream.philox(counter: (all, all, all, all), key: (all, all))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = RandomStream.philox(
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: (0xa409_3822, 0x299f_31d0))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func `a stream is resumed by its position`() {
    var whole = RandomStream(seed: 9, name: "pool")
    let draws = (0..<10).map { _ in whole.next() }
    var resumed = RandomStream(seed: 9, name: "pool", position: 4)
    #expect((4..<10).map { _ in resumed.next() } == Array(draws[4...]))
  }

  @Test func `other seeds and other names give other numbers`() {
    let draws = [(0, "a"), (1, "a"), (0, "b"), (1 << 40, "a")].map {
      RandomStream(seed: UInt64($0.0), name: $0.1).draw(at: 0)
    }
    #expect(Set(draws).count == 4)
  }

  @Test func `whole numbers, permutations and normals look as they should`() {
    var stream = RandomStream(seed: 1, name: "look")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[stream.next(below: 6)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(stream.permutation(1000).sorted() == Array(0..<1000))
    #expect(stream.permutation(-1) == [])
    let normals = (0..<20_000).map { _ in stream.normal() }
    #expect(abs(normals.reduce(0, +) / 20_000) < 0.03)
    #expect(abs(normals.map { $0 * $0 }.reduce(0, +) / 20_000 - 1) < 0.05)
  }
}
