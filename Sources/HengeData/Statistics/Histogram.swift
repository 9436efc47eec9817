// SPDX-License-Identifier: MIT

/// How many values are between the edges of bins, as numpy's histogram counts them: a bin contains its
/// lower edge, the last one also its upper edge, and values outside of all bins do not count.
public struct Histogram: Sendable, Equatable {
  /// The edges, ascending, one more than there are bins.
  public let edges: [Double]
  /// The number of values in each bin.
  public let counts: [Int]

  /// Counts `values`, none of which is NaN, in the bins between `edges`.
  public init(_ values: [Double], edges: [Double]) {
    self.edges = edges
    var counts = Array(repeating: 0, count: max(0, edges.count - 1))
    if let first = edges.first, let last = edges.last, !counts.isEmpty {
      for value in values where value >= first && value <= last {
        // The number of edges up to the value, by halving.
        var (low, high) = (0, edges.count)
        while low < high {
          let middle = (low + high) / 2
          if edges[middle] <= value { low = middle + 1 } else { high = middle }
        }
        counts[min(counts.count, low) - 1] += 1
      }
    }
    self.counts = counts
  }

  /// The edges of `count` bins of equal width from `low` to `high`; around one value they are 1 wide in all.
  public static func edges(_ count: Int, from low: Double, to high: Double) -> [Double] {
    let (first, last) = low < high ? (low, high) : (low - 0.5, high + 0.5)
    return (0...count).map { place in
      place == count ? last : first + (last - first) * Double(place) / Double(count)
    }
  }
}
