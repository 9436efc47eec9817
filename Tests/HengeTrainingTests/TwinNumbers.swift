// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor

/// Numbers that both sides of a comparison with PyTorch work out for themselves: twin_numbers.py has
/// the same formulas.
enum TwinNumbers {
  static let buckets = 256

  /// SplitMix64's output for state `x`.
  ///
  /// [Steele et al. 2014]
  static func mix(_ x: UInt64) -> UInt64 {
    var z = x &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  private static func draw(_ seed: UInt64, _ index: Int) -> UInt64 {
    mix(UInt64(index) &+ (seed << 32))
  }

  /// Even over ±`bound`; by itself a deviation of 0.02.
  static func weights(_ seed: UInt64, count: Int, bound: Double = 0.0346) -> [Float] {
    (0..<count).map {
      Float((Double(draw(seed, $0) >> 40) - 8_388_608) / 8_388_608 * bound)
    }
  }

  /// A picture of slanted waves with some noise, `[3, height, width]`, 0...255.
  static func pixels(_ seed: UInt64, _ height: Int, _ width: Int) -> [Float] {
    var result: [Float] = []
    for plane in 0..<3 {
      let (a, b, c) = (
        draw(seed + 1, 3 * plane), draw(seed + 1, 3 * plane + 1), draw(seed + 1, 3 * plane + 2)
      )
      for y in 0..<height {
        for x in 0..<width {
          let phase = (3 + Int(a % 16)) * x + (3 + Int(b % 16)) * y
          let wave = abs((phase + Int(c % 512)) % 512 - 256) * 200 / 256
          result.append(Float(wave + Int(draw(seed, result.count) % 56)))
        }
      }
    }
    return result
  }

  /// For each picture the place that it takes in a full pool of `size`, or nil.
  static func places(_ seed: UInt64, count: Int, size: Int) -> [Int?] {
    (0..<count).map { index in
      draw(seed, 2 * index) % 10 < 7 ? Int(draw(seed, 2 * index + 1) % UInt64(size)) : nil
    }
  }

  /// The `first` of the numbers below `count` in an order that is drawn.
  static func order(_ seed: UInt64, count: Int, first: Int) -> [Int] {
    let drawn = (0..<count).map { (draw: draw(seed, $0), place: $0) }
    return drawn.sorted { $0.draw < $1.draw }.prefix(first).map(\.place)
  }

  /// Sums of the elements with signs over 256 buckets, both drawn for each place.
  ///
  /// The length of the difference of two sketches is that of what they are of, to one part in 20.
  /// [Charikar et al. 2002] Up to 256 elements are their own sketch.
  static func sketch(_ values: [Float]) -> [Double] {
    guard values.count > buckets else { return values.map(Double.init) }
    var sums = [Double](repeating: 0, count: buckets)
    for (index, value) in values.enumerated() {
      let draw = draw(7, index)
      sums[Int(draw % UInt64(buckets))] += draw >> 8 & 1 == 1 ? Double(value) : -Double(value)
    }
    return sums
  }

  /// `count` pictures, each of its own seed from `seed` on, `[count, 3, H, W]` in -1...1.
  static func batch(
    _ seed: UInt64, count: Int, _ height: Int, _ width: Int, on backend: any Backend
  ) throws -> Tensor {
    let bytes = (0..<count).flatMap { pixels(seed + 2 * UInt64($0), height, width) }
    let tensor = try Tensor(bytes, try Shape([count, 3, height, width]), on: backend)
    return try (tensor / .num(127.5)) - .num(1)
  }
}
