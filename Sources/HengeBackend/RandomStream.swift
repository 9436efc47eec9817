// SPDX-License-Identifier: MIT
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A stream of random numbers that is a function of (seed, name, position) and nothing else.
///
/// Philox4x32-10 [Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011]: draw
/// `i` can be had without the draws before it, so a stream is resumed by its position alone, may
/// be filled by many threads, and a draw added to one stream moves no other.
public struct RandomStream: Sendable, Hashable {
  /// The session's seed.
  public let seed: UInt64
  /// The purpose of the numbers, such as `weights` or `difference_vector`.
  public let name: String
  /// The number of 64-bit draws so far.
  public var position: UInt64
  /// The name as 64 bits, which keys the draws together with the seed.
  public let nameHash: UInt64

  /// The stream `name` under `seed`, at its `position`-th draw.
  public init(seed: UInt64, name: String, position: UInt64 = 0) {
    self.seed = seed
    self.name = name
    self.position = position
    // FNV-1a: stable across runs, builds and machines, as Swift's own hash is not.
    nameHash = name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// The 64-bit draw at `index`, whatever the position.
  public func draw(at index: UInt64) -> UInt64 {
    let block = RandomStream.philox(
      counter: (
        UInt32(truncatingIfNeeded: index >> 1), UInt32(truncatingIfNeeded: index >> 33),
        UInt32(truncatingIfNeeded: nameHash), UInt32(truncatingIfNeeded: nameHash >> 32)
      ),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    return index & 1 == 0
      ? UInt64(block.0) | UInt64(block.1) << 32 : UInt64(block.2) | UInt64(block.3) << 32
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    defer { position &+= 1 }
    return draw(at: position)
  }

  /// The next whole number in `0..<bound`, one draw each; the bias is below `bound`/2^64.
  public mutating func next(below bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
  }

  /// The next number in [0, 1), with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The next number of a normal distribution of mean 0 and deviation 1 (Box and Muller; two draws).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A random order of `0..<count` (Fisher and Yates; `count` draws).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<max(0, count))
    for index in order.indices.reversed() {
      order.swapAt(index, next(below: index + 1))
    }
    return order
  }

  typealias Block = (UInt32, UInt32, UInt32, UInt32)

  /// Ten rounds of Philox4x32; `internal` so that a test can compare it with the published vectors.
  static func philox(counter: Block, key: (UInt32, UInt32)) -> Block {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(c.0) &* 0xD251_1F53
      let b = UInt64(c.2) &* 0xCD9E_8D57
      c = (
        UInt32(truncatingIfNeeded: b >> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: a)
      )
      k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
    }
    return c
  }
}
