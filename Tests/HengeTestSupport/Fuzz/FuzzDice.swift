// SPDX-License-Identifier: MIT

/// Reproducible random choices (splitmix64).
struct FuzzDice {
  private var state: UInt64

  /// Choices that depend on the two numbers alone.
  init(seed: UInt64, stream: UInt64) {
    state = seed &* 0xD134_2543_DE82_EF95 &+ stream &* 0x9E37_79B9_7F4A_7C15
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, not including, `count`.
  mutating func roll(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { roll(count) == 0 }

  /// One of them; none must not be empty.
  mutating func pick(_ texts: [String]) -> String {
    texts.isEmpty ? "none" : texts[roll(texts.count)]
  }

  mutating func element<Element>(of elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[roll(elements.count)]
  }
}
