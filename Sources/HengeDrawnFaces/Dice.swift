// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage

/// The random choices of one face, each a draw or two of its stream.
struct Dice: Sendable {
  private var stream: RandomStream

  init(_ stream: RandomStream) { self.stream = stream }

  /// A number between `low` and `high`, all equally likely.
  mutating func between(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * stream.uniform()
  }

  /// A number about `mean` with deviation `spread`, never further than `limit` from it.
  mutating func about(_ mean: Double, _ spread: Double, limit: Double) -> Double {
    mean + min(limit, max(-limit, spread * stream.normal()))
  }

  /// True with `probability`.
  mutating func chance(_ probability: Double) -> Bool { stream.uniform() < probability }

  /// One of `choices`, with probabilities proportional to the weights.
  mutating func pick<T>(_ choices: [(T, weight: Double)]) -> T {
    var left = stream.uniform() * choices.reduce(0) { $0 + $1.weight }
    for (choice, weight) in choices {
      left -= weight
      if left < 0 { return choice }
    }
    return choices[choices.count - 1].0
  }

  /// One of all cases, equally likely.
  mutating func any<T: CaseIterable>(_: T.Type) -> T where T.AllCases == [T] {
    T.allCases[stream.next(below: T.allCases.count)]
  }

  /// A whole number in `range`.
  mutating func whole(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + stream.next(below: range.count)
  }

  /// The hue, saturation and value of a color, each drawn from its range.
  mutating func colour(
    _ hue: (Double, Double), _ saturation: (Double, Double), _ value: (Double, Double)
  ) -> Colour {
    Colour(
      hue: between(hue.0, hue.1), saturation: between(saturation.0, saturation.1),
      value: between(value.0, value.1))
  }

  /// The tilt of a head in degrees: mostly small, a third anywhere within ±40.
  mutating func tilt() -> Double {
    chance(0.35) ? between(-40, 40) : about(0, 11, limit: 40)
  }
}
