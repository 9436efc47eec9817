// SPDX-License-Identifier: MIT

/// Planes made larger by cubic interpolation as OpenCV's `INTER_CUBIC`: a of -0.75, edges repeated.
struct Enlarging {
  private let side: Int
  private let rows: Int
  private let columns: Int
  private let across: [Taps]
  private let down: [Taps]

  /// The four samples that one position is made of, and their weights.
  private struct Taps {
    var places: (Int, Int, Int, Int)
    var weights: (Float, Float, Float, Float)
  }

  init(rows: Int, columns: Int, side: Int) {
    self.side = side
    self.rows = rows
    self.columns = columns
    across = Enlarging.taps(columns, to: side)
    down = Enlarging.taps(rows, to: side)
  }

  private static func taps(_ size: Int, to side: Int) -> [Taps] {
    let a: Float = -0.75
    return (0..<side).map { index in
      let place = Float((Double(index) + 0.5) * (Double(size) / Double(side)) - 0.5)
      let whole = place.rounded(.down)
      let x = place - whole
      let rest = 1 - x
      let first = ((a * (x + 1) - 5 * a) * (x + 1) + 8 * a) * (x + 1) - 4 * a
      let second = ((a + 2) * x - (a + 3)) * x * x + 1
      let third = ((a + 2) * rest - (a + 3)) * rest * rest + 1
      func inside(_ place: Int) -> Int { min(max(place, 0), size - 1) }
      let at = Int(whole)
      return Taps(
        places: (inside(at - 1), inside(at), inside(at + 1), inside(at + 2)),
        weights: (first, second, third, 1 - first - second - third))
    }
  }

  /// Where the enlarged plane is largest: the first such place, row by row.
  func peak(_ plane: ArraySlice<Float>) -> (row: Int, column: Int) {
    let start = plane.startIndex
    var wide: [Float] = []
    wide.reserveCapacity(rows * side)
    for row in 0..<rows {
      let line = start + row * columns
      for taps in across {
        let (p, w) = (taps.places, taps.weights)
        wide.append(
          plane[line + p.0] * w.0 + plane[line + p.1] * w.1 + plane[line + p.2] * w.2
            + plane[line + p.3] * w.3)
      }
    }
    var best = -Float.infinity
    var (bestRow, bestColumn) = (0, 0)
    for (row, taps) in down.enumerated() {
      let (p, w) = (taps.places, taps.weights)
      for column in 0..<side {
        let value =
          wide[p.0 * side + column] * w.0 + wide[p.1 * side + column] * w.1
          + wide[p.2 * side + column] * w.2 + wide[p.3 * side + column] * w.3
        if value > best { (best, bestRow, bestColumn) = (value, row, column) }
      }
    }
    return (bestRow, bestColumn)
  }
}
