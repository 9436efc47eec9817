// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

/// How well a threshold on one number of the condition separates the images of A from those of B.
///
/// Discriminators see the condition. Where it alone reveals the dataset, they need not look at the
/// pictures. The numbers of an image are, for each channel of its condition, the mean, and the means
/// weighted by the column and by the row, from -1 to 1: with them, planes of one number, ramps and peaks
/// differ. The threshold is chosen with every other image; the rest are held out.
struct DomainProbe {
  /// What was found out.
  struct Finding: Equatable {
    /// The fraction of the held-out images that it assigns to the right dataset; those of A and of B count the
    /// same.
    let accuracy: Double
    /// The number of held-out images.
    let count: Int

    /// Whether it is more than chance by three and a half standard deviations, and two of three.
    var isTelling: Bool {
      count > 0 && accuracy >= max(0.66, 0.5 + 3.5 * 0.5 / Double(count).squareRoot())
    }
  }

  /// The most images of each dataset that are looked at.
  static let mostImages = 128

  /// The places of the images to look at, of `count`.
  static func places(of count: Int) -> [Int] {
    let chosen = min(count, mostImages)
    return (0..<chosen).map { $0 * count / chosen }
  }

  /// The numbers of each image of a batch of conditions `[N, K, H, W]`.
  static func numbers(of condition: Tensor) throws -> [[Double]] {
    let sizes = condition.shape.sizes
    func weights(_ count: Int) -> [Float] {
      (0..<count).map { Float(2 * Double($0) / Double(max(1, count - 1)) - 1) }
    }
    let backend = condition.backend
    let columns = try Tensor(weights(sizes[3]), try Shape([1, 1, 1, sizes[3]]), on: backend)
    let rows = try Tensor(weights(sizes[2]), try Shape([1, 1, sizes[2], 1]), on: backend)
    let means = try [condition, condition * columns, condition * rows].map {
      try $0.mean([2, 3]).doubles()
    }
    return (0..<sizes[0]).map { image in
      (0..<sizes[1]).flatMap { channel in means.map { $0[image * sizes[1] + channel] } }
    }
  }

  /// Chooses the number and the threshold, and counts.
  static func finding(_ a: [[Double]], _ b: [[Double]]) -> Finding {
    func part(_ images: [[Double]], _ isHeldOut: Bool) -> [[Double]] {
      images.enumerated().filter { ($0.offset % 2 == 1) == isHeldOut }.map(\.element)
    }
    let known = (part(a, false), part(b, false))
    let held = (part(a, true), part(b, true))
    guard let numbers = known.0.first?.count, !known.1.isEmpty, !held.0.isEmpty, !held.1.isEmpty
    else { return Finding(accuracy: 0.5, count: 0) }
    var best: (accuracy: Double, held: Double) = (0, 0.5)
    for number in 0..<numbers {
      let center = median((known.0 + known.1).map { $0[number] })
      // Its size, and its distance from the middle: one dataset may spread to both sides.
      for value in [{ $0[number] }, { abs($0[number] - center) }] as [([Double]) -> Double] {
        let threshold = Threshold(known.0.map(value), known.1.map(value))
        let accuracy = threshold.accuracy(known.0.map(value), known.1.map(value))
        if accuracy > best.accuracy {
          best = (accuracy, threshold.accuracy(held.0.map(value), held.1.map(value)))
        }
      }
    }
    return Finding(accuracy: best.held, count: held.0.count + held.1.count)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// A threshold between the numbers of A and of B.
private struct Threshold {
  private let value: Double
  private let isAAbove: Bool

  /// The one that assigns most of these right, the first of several; halfway between two of them.
  init(_ a: [Double], _ b: [Double]) {
    let sorted = Set(a + b).sorted()
    let candidates = zip(sorted, sorted.dropFirst()).map { ($0 + $1) / 2 }
    var best = (threshold: Threshold(value: sorted.first ?? 0, isAAbove: true), accuracy: 0.0)
    for candidate in candidates {
      for isAAbove in [false, true] {
        let threshold = Threshold(value: candidate, isAAbove: isAAbove)
        let accuracy = threshold.accuracy(a, b)
        if accuracy > best.accuracy { best = (threshold, accuracy) }
      }
    }
    self = best.threshold
  }

  private init(value: Double, isAAbove: Bool) {
    self.value = value
    self.isAAbove = isAAbove
  }

  /// The mean of the parts of A and of B that are on their sides.
  func accuracy(_ a: [Double], _ b: [Double]) -> Double {
    let (inA, inB) = (
      a.count { ($0 > value) == isAAbove }, b.count { ($0 > value) != isAAbove }
    )
    return (Double(inA) / Double(a.count) + Double(inB) / Double(b.count)) / 2
  }
}
