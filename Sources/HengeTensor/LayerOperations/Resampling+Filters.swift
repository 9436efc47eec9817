// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend

extension Resampling {
  /// Each input `factor` times.
  static func nearest(_ size: Int, factor: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    for output in 0..<size * factor { sums.append([(output / factor, 1)]) }
    return sums
  }

  /// Evenly spaced points between the centers of the inputs; outside, the outermost input is used.
  ///
  /// PyTorch's bilinear interpolation without aligned corners.
  static func linear(_ size: Int, to outputs: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    let step = Double(size) / Double(outputs)
    for output in 0..<outputs {
      let place = max(0, (Double(output) + 0.5) * step - 0.5)
      let before = min(Int(place), size - 1)
      let part = min(max(place - Double(before), 0), 1)
      sums.append([(before, 1 - part), (min(before + 1, size - 1), part)])
    }
    return sums
  }

  /// Triangles around evenly spaced points: the bilinear filter with antialiasing.
  ///
  /// Each is two steps wide, and at least two inputs. What is outside is left out, and the weights add
  /// up to 1.
  static func triangles(_ size: Int, to outputs: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    let step = Double(size) / Double(outputs)
    let half = max(step, 1)
    for output in 0..<outputs {
      let centre = (Double(output) + 0.5) * step - 0.5
      let first = max(0, Int((centre - half).rounded(.up)))
      let last = min(size - 1, Int((centre + half).rounded(.down)))
      let terms = (first...last).map { ($0, max(0, 1 - abs(Double($0) - centre) / half)) }
      let sum = terms.reduce(0) { $0 + $1.1 }
      sums.append(terms.map { ($0.0, $0.1 / sum) })
    }
    return sums
  }

  /// Gaussian weights around each input, out to four deviations.
  ///
  /// The axis is mirrored at its edges, which are not repeated, as by `gaussian_filter(mode="mirror")` of
  /// SciPy.
  static func gaussian(_ size: Int, deviation: Double) -> Resampling {
    var sums = Resampling(inputs: size)
    let radius = gaussianRadius(deviation)
    let weights = (-radius...radius).map { distance in
      let scaled = Double(distance) / deviation
      return distance == 0 ? 1 : exp(-0.5 * scaled * scaled)
    }
    let sum = weights.reduce(0, +)
    let period = max(1, 2 * (size - 1))
    for output in 0..<size {
      // What is mirrored falls on inputs that are read anyway.
      let first = max(0, output - radius)
      var row = [Double](repeating: 0, count: min(size - 1, output + radius) - first + 1)
      for (index, weight) in weights.enumerated() {
        let place = ((output + index - radius) % period + period) % period
        row[min(place, period - place) - first] += weight / sum
      }
      sums.append(row.enumerated().map { (first + $0.offset, $0.element) })
    }
    return sums
  }

  /// The inputs on each side that a Gaussian weights.
  static func gaussianRadius(_ deviation: Double) -> Int { Int(4 * deviation + 0.5) }

  /// Means of `kernel` inputs; padding counts as 0.
  static func mean(_ size: Int, kernel: Int, stride: Int, padding: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    for first in Swift.stride(from: -padding, through: size + padding - kernel, by: stride) {
      let inside = max(first, 0)..<max(max(first, 0), min(first + kernel, size))
      sums.append(inside.map { ($0, 1 / Double(kernel)) })
    }
    return sums
  }

  /// Means of `kernel` inputs that are `dilation` apart; padding counts as 0, or not at all, and what is
  /// beyond it not at all.
  static func mean(
    _ size: Int, outputs: Int, kernel: Int, stride: Int, _ edges: Convolution.Edges,
    dilation: Int, countsPadding: Bool
  ) -> Resampling {
    var sums = Resampling(inputs: size)
    for output in 0..<outputs {
      let first = output * stride - edges.before
      let places = (0..<kernel).map { first + $0 * dilation }
      let inside = places.filter { (0..<size).contains($0) }
      let counted =
        countsPadding
        ? places.count { $0 >= -edges.before && $0 < size + edges.after } : inside.count
      sums.append(inside.map { ($0, 1 / Double(max(1, counted))) })
    }
    return sums
  }

  /// Every second of the inputs blurred by [1, 2, 1] / 4, mirrored at the ends.
  static func blurredHalf(_ size: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    for centre in Swift.stride(from: 0, to: size, by: 2) {
      let after = centre + 1 < size ? centre + 1 : 2 * (size - 1) - (centre + 1)
      sums.append([(abs(centre - 1), 0.25), (centre, 0.5), (after, 0.25)])
    }
    return sums
  }

  /// Twice as many, between zeros and blurred by [1, 3, 3, 1] / 4, the ends repeated.
  static func blurredDouble(_ size: Int) -> Resampling {
    var sums = Resampling(inputs: size)
    for output in 0..<2 * size {
      let own = output / 2
      let beside = output % 2 == 0 ? max(0, own - 1) : min(size - 1, own + 1)
      sums.append([(own, 0.75), (beside, 0.25)])
    }
    return sums
  }
}
