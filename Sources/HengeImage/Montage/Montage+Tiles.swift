// SPDX-License-Identifier: MIT
import HengeBackend

/// An image of a montage with what stands around it.
public struct MontageTile: Sendable {
  /// The image.
  public let picture: Pixels
  /// The text below it, or none.
  public let label: String
  /// Its own color bar.
  public let bar: ColourBar?

  /// An image, by default alone.
  public init(_ picture: Pixels, label: String = "", bar: ColourBar? = nil) {
    (self.picture, self.label, self.bar) = (picture, label, bar)
  }
}

extension Montage {
  /// Tiles in rows of `columns`, the last one perhaps shorter, with labels below them and color bars at
  /// their right; `bar` is at the right of all of them.
  public func grid(
    _ tiles: [MontageTile], columns: Int, bar: ColourBar? = nil
  ) throws -> Pixels {
    guard !tiles.isEmpty else { throw Failure.emptyMontage("a grid") }
    guard columns >= 1 else { throw Failure.montageNumber("cols", columns, atLeast: 1) }
    let held = try reserve([tiles.map(\.picture)])
    defer { budget.release(held) }
    var rows: [[Cell]] = []
    for start in stride(from: 0, to: tiles.count, by: columns) {
      let part = tiles[start..<min(tiles.count, start + columns)]
      rows.append(
        try part.map { tile in
          let cell = try prepared(tile.picture)
          guard let bar = tile.bar, showsLabels else { return cell }
          return Cell(picture: try joined([[cell, try barCell(bar, beside: cell.height)]]))
        })
      guard showsLabels, part.contains(where: { !$0.label.isEmpty }) else { continue }
      rows.append(
        try part.map {
          try $0.label.isEmpty ? Cell(picture: blank(height: 1, width: 1)) : label($0.label)
        })
    }
    let whole = try joined(rows)
    guard let bar, showsLabels else { return whole }
    return try joined([[Cell(picture: whole), try barCell(bar, beside: whole.height)]])
  }

  /// The bar next to something `height` pixels high: no lower than its two numbers need, no higher
  /// than one looks at.
  private func barCell(_ bar: ColourBar, beside height: Int) throws -> Cell {
    let least = Int(2.5 * textSize)
    return Cell(
      picture: try bar.pixels(
        height: max(least, min(height, 240)), textSize: textSize, background: background,
        budget: budget))
  }
}
