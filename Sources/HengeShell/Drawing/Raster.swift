// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// A picture in RGB at the size in which it is drawn, a pixel for each column.
struct Raster: Equatable {
  let height: Int
  let width: Int
  /// `height * width * 3` bytes.
  private(set) var bytes: [UInt8]

  /// The color at row `y`, column `x`.
  func colour(_ y: Int, _ x: Int) -> CellColour {
    let at = 3 * (y * width + x)
    return CellColour(red: bytes[at], green: bytes[at + 1], blue: bytes[at + 2])
  }

  /// The image for cells one pixel wide, no wider than `columns` pixels.
  ///
  /// An image whose longer side is at most 32 pixels is enlarged by the largest integer factor that
  /// fits 32 pixels. A larger one is halved, or reduced to 32 pixels or to the columns, each pixel
  /// the mean of those it covers; it takes at most `rows` rows of cells. If `isSmall`, neither side
  /// exceeds 32 pixels.
  init(_ picture: PixelDisplay, columns: Int, rows: Int? = nil, isSmall: Bool = false) {
    let longest = max(picture.height, picture.width, 1)
    let side = isSmall ? Raster.smallest : max(Raster.smallest, longest / 2)
    // A small row of pictures may be as wide as the screen.
    let room = Double(max(1, isSmall ? columns : min(columns, side)))
    let tallest = Double(min(side, rows.map { 2 * $0 } ?? Raster.tallest))
    let scale = min(room / Double(picture.width), tallest / Double(picture.height))
    guard scale < 1 else {
      self.init(enlarging: picture, by: Int(scale))
      return
    }
    self.init(
      reducing: picture, height: max(1, Int((Double(picture.height) * scale).rounded())),
      width: max(1, Int((Double(picture.width) * scale).rounded())))
  }

  /// The image within `height` rows and `columns` of pixels, as large as fits.
  init(_ picture: PixelDisplay, fitting height: Int, columns: Int) {
    let scale = min(
      Double(max(1, height)) / Double(picture.height),
      Double(max(1, columns)) / Double(picture.width))
    guard scale < 1 else {
      self.init(enlarging: picture, by: Int(scale))
      return
    }
    self.init(
      reducing: picture, height: max(1, Int(Double(picture.height) * scale)),
      width: max(1, Int(Double(picture.width) * scale)))
  }

  /// How long the longer side is at least, where a whole factor allows: 16 rows of half blocks.
  private static let smallest = 32
  /// The most rows of pixels where no screen limits them: two of half blocks.
  private static let tallest = 96

  /// Every pixel as a square of `factor` by `factor`.
  init(enlarging picture: PixelDisplay, by factor: Int) {
    height = picture.height * factor
    width = picture.width * factor
    bytes = []
    bytes.reserveCapacity(3 * height * width)
    let channels = picture.channels
    for y in 0..<picture.height {
      let start = bytes.count
      for x in 0..<picture.width {
        let at = (y * picture.width + x) * channels
        let green = channels < 3 ? at : at + 1
        let blue = channels < 3 ? at : at + 2
        for _ in 0..<factor {
          bytes.append(picture.bytes[at])
          bytes.append(picture.bytes[green])
          bytes.append(picture.bytes[blue])
        }
      }
      let end = bytes.count
      for _ in 1..<max(1, factor) { bytes.append(contentsOf: bytes[start..<end]) }
    }
  }

  /// The picture at a smaller size, each pixel the mean of the box it covers.
  ///
  /// At most eight rows and columns of a box are looked at, evenly spaced: more would not be seen.
  private init(reducing picture: PixelDisplay, height: Int, width: Int) {
    self.height = height
    self.width = width
    bytes = [UInt8](repeating: 0, count: 3 * height * width)
    let channels = picture.channels
    let rows = (0..<height).map { Raster.samples(of: $0, among: height, from: picture.height) }
    let columns = (0..<width).map { Raster.samples(of: $0, among: width, from: picture.width) }
    for y in 0..<height {
      for x in 0..<width {
        var sums = (0, 0, 0)
        for row in rows[y] {
          for column in columns[x] {
            let at = (row * picture.width + column) * channels
            sums.0 += Int(picture.bytes[at])
            sums.1 += Int(picture.bytes[channels < 3 ? at : at + 1])
            sums.2 += Int(picture.bytes[channels < 3 ? at : at + 2])
          }
        }
        let count = rows[y].count * columns[x].count
        let at = 3 * (y * width + x)
        bytes[at] = UInt8((sums.0 + count / 2) / count)
        bytes[at + 1] = UInt8((sums.1 + count / 2) / count)
        bytes[at + 2] = UInt8((sums.2 + count / 2) / count)
      }
    }
  }

  /// The positions that part `index` of `parts` covers in a side of `count`, at most eight.
  private static func samples(of index: Int, among parts: Int, from count: Int) -> [Int] {
    let low = index * count / parts
    let high = max(low + 1, (index + 1) * count / parts)
    let step = max(1, (high - low) / 8)
    return Array(stride(from: low, to: min(high, count), by: step))
  }
}

/// A color of a cell, 8 bits per channel.
struct CellColour: Equatable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  /// The largest difference of a channel.
  func distance(_ other: CellColour) -> Int {
    max(
      abs(Int(red) - Int(other.red)), abs(Int(green) - Int(other.green)),
      abs(Int(blue) - Int(other.blue)))
  }

  /// How light it looks, 0 to 255.
  var luma: Int { (299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000 }

  /// The nearest of the 256 indexed colors: the 6x6x6 cube, or the 24 grays.
  var index: Int {
    func step(_ channel: UInt8) -> Int {
      channel < 48 ? 0 : channel < 115 ? 1 : (Int(channel) - 35) / 40
    }
    let levels = [0, 95, 135, 175, 215, 255]
    let (r, g, b) = (step(red), step(green), step(blue))
    let grey = min(23, max(0, (luma - 3) / 10))
    func error(_ r: Int, _ g: Int, _ b: Int) -> Int {
      let (x, y, z) = (r - Int(red), g - Int(green), b - Int(blue))
      return x * x + y * y + z * z
    }
    let level = 8 + 10 * grey
    return error(level, level, level) < error(levels[r], levels[g], levels[b])
      ? 232 + grey : 16 + 36 * r + 6 * g + b
  }
}
