// SPDX-License-Identifier: MIT
import HengeImage

/// Many thin strands of hair, gathered by tone and filled together, dark ones first.
///
/// Each is a sliver, pointed at both ends: prettier than a stroked line, and several times cheaper.
struct Strands {
  private static let levels = 6
  private var paths = [Path](repeating: Path(), count: levels)

  /// Adds a strand along the curve from `root` by `bend` to `tip`, `width` thick in the middle, of
  /// `lightness` 0 (the darkest tone) to 1.
  mutating func add(
    _ root: Point, _ bend: Point, _ tip: Point, width: Double, lightness: Double
  ) {
    let level = Int(min(0.999, max(0, lightness)) * Double(Strands.levels))
    let along = tip - root
    let length = max(1e-6, (along.x * along.x + along.y * along.y).squareRoot())
    // Half the distance of a control point from the curve's middle is lost in the curve.
    let across = Point(-along.y, along.x) * (width / length)
    paths[level].move(to: root)
    paths[level].curve(to: tip, via: bend + across)
    paths[level].curve(to: root, via: bend - across)
  }

  /// Fills them in tones from `tone(0)` to `tone(1)`.
  func draw(on canvas: Canvas, tone: (Double) -> Colour) {
    for (level, path) in paths.enumerated() where !path.isEmpty {
      canvas.fill(path, tone(Double(level) / Double(Strands.levels - 1)))
    }
  }
}
