// SPDX-License-Identifier: MIT

/// Dots in character cells, each cell of the series that drew in it last.
struct DotCanvas {
  /// Braille: 2 x 4 dots in a cell; a mark: one.
  let dotsAcross: Int
  let dotsDown: Int
  let columns: Int
  let rows: Int
  private var dots: [UInt8]
  private var owners: [Int?]
  /// The series whose band covers a cell in which nothing is drawn, where cells have one mark.
  private var shades: [Int?]

  /// An empty canvas; `isFine` for eight dots a cell.
  init(columns: Int, rows: Int, isFine: Bool) {
    self.columns = columns
    self.rows = rows
    dotsAcross = isFine ? 2 : 1
    dotsDown = isFine ? 4 : 1
    dots = [UInt8](repeating: 0, count: columns * rows)
    owners = [Int?](repeating: nil, count: columns * rows)
    shades = owners
  }

  /// The number of dots in a row.
  var width: Int { columns * dotsAcross }
  /// The number of dots in a column.
  var height: Int { rows * dotsDown }

  /// Sets the dot `x` from the left and `y` from the top.
  mutating func set(_ x: Int, _ y: Int, _ series: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let cell = y / dotsDown * columns + x / dotsAcross
    owners[cell] = series
    guard dotsDown == 4 else {
      dots[cell] = 1
      return
    }
    dots[cell] |= DotCanvas.bits[x % 2 * 4 + y % 4]
  }

  /// Shades the dots of a column between two, one in four of braille's.
  mutating func shade(_ x: Int, from top: Int, to bottom: Int, _ series: Int) {
    guard x >= 0, x < width, top <= bottom else { return }
    for y in max(0, top)...max(0, min(height - 1, bottom)) {
      if dotsDown == 4 {
        if (x + 2 * y) % 4 == 0 { set(x, y, series) }
      } else if y < height {
        shades[y * columns + x] = series
      }
    }
  }

  /// The dots of a braille cell, column by column.
  private static let bits: [UInt8] = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]

  /// Sets the dots of the straight line between two, by Bresenham.
  mutating func line(from: (x: Int, y: Int), to: (x: Int, y: Int), _ series: Int) {
    var (x, y) = from
    let (dx, dy) = (abs(to.x - x), -abs(to.y - y))
    let (sx, sy) = (x < to.x ? 1 : -1, y < to.y ? 1 : -1)
    var error = dx + dy
    while true {
      set(x, y, series)
      if x == to.x, y == to.y { return }
      let twice = 2 * error
      if twice >= dy {
        error += dy
        x += sx
      }
      if twice <= dx {
        error += dx
        y += sy
      }
    }
  }

  /// Row `row` as runs of one series each; series draw braille, or the marks of `marks` in turn.
  func runs(ofRow row: Int, marks: [Character]?) -> [(text: String, series: Int?)] {
    var runs: [(text: String, series: Int?)] = []
    for column in 0..<columns {
      let cell = row * columns + column
      let isEmpty = dots[cell] == 0
      let owner = isEmpty ? shades[cell] : owners[cell]
      let character: Character
      if let owner {
        if isEmpty {
          character = "."
        } else if let marks {
          character = marks[owner % marks.count]
        } else {
          character = Character(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ")
        }
      } else {
        character = " "
      }
      if let last = runs.last, last.series == owner || character == " " {
        runs[runs.count - 1].text.append(character)
      } else {
        runs.append((String(character), owner))
      }
    }
    return runs
  }
}
