// SPDX-License-Identifier: MIT
public import HengeBackend

/// A montage: images joined into one, all RGB; smaller ones are centered in their cells.
public struct Montage: Sendable {
  /// The gap between images in pixels.
  public var gap = 2
  /// The color of the gaps and margins; alpha channels are blended with it.
  public var background = Colour.white
  /// The scale of each image, with square pixels.
  public var zoom = 1
  /// Whether labels and color bars are drawn.
  public var showsLabels = true
  /// The height of labels' letters, in pixels.
  public var textSize = 12.0
  /// The memory budget.
  public let budget: MemoryBudget

  /// A montage with the defaults above.
  public init(budget: MemoryBudget) { self.budget = budget }

  /// Pictures side by side.
  public func row(_ pictures: [Pixels]) throws -> Pixels {
    guard !pictures.isEmpty else { throw Failure.emptyMontage("a row") }
    return try arranged([pictures])
  }

  /// Pictures in rows of `columns`, the last one perhaps shorter.
  public func grid(_ pictures: [Pixels], columns: Int) throws -> Pixels {
    guard !pictures.isEmpty else { throw Failure.emptyMontage("a grid") }
    guard columns >= 1 else { throw Failure.montageNumber("cols", columns, atLeast: 1) }
    let rows = stride(from: 0, to: pictures.count, by: columns).map { start in
      Array(pictures[start..<min(pictures.count, start + columns)])
    }
    return try arranged(rows)
  }

  /// One tile for each channel of `map`, in rows of `columns`.
  ///
  /// With `each`, the colors of every channel span its own finite values; otherwise all share one
  /// range, so that tiles can be compared.
  public func tiles(
    _ map: Planes, columns: Int, each: Bool = true, colours: ColourMap = .gray
  ) throws -> Pixels {
    guard map.channels > 0 else { throw Failure.noMaps() }
    let needed = 3 * map.values.count
    try budget.reserve(needed, for: "\(map.channels) tiles")
    defer { budget.release(needed) }
    let common = each ? nil : try colours.range(of: map.values[...], budget: budget)
    let pictures = try (0..<map.channels).map { channel in
      let plane = map.plane(channel)
      let range = try common ?? colours.range(of: plane, budget: budget)
      return Pixels(
        height: map.height, width: map.width, channels: 3,
        bytes: try colours.colours(plane, over: range, budget: budget))
    }
    return try grid(pictures, columns: columns)
  }

  /// Rows of images with a label above each column and one before each row.
  ///
  /// `top` has one label for each column of the longest row, or none; `left` one for each row, or
  /// none. Columns are as wide as their widest image or label.
  public func sheet(
    _ rows: [[Pixels]], top: [String] = [], left: [String] = []
  ) throws -> Pixels {
    let columns = rows.map(\.count).max() ?? 0
    guard columns > 0 else { throw Failure.emptyMontage("a sheet") }
    guard top.isEmpty || top.count == columns else {
      throw Failure.montageLabels("top", top.count, columns)
    }
    guard left.isEmpty || left.count == rows.count else {
      throw Failure.montageLabels("left", left.count, rows.count)
    }
    let held = try reserve(rows)
    defer { budget.release(held) }
    var cells = try rows.map { try $0.map(prepared) }
    guard showsLabels else { return try joined(cells) }
    if !left.isEmpty {
      for (index, text) in left.enumerated() { cells[index].insert(try label(text), at: 0) }
    }
    if !top.isEmpty {
      let corner = left.isEmpty ? [] : [Cell(picture: try blank(height: 1, width: 1))]
      cells.insert(corner + (try top.map(label)), at: 0)
    }
    return try joined(cells)
  }

  // MARK: Parts

  private func arranged(_ rows: [[Pixels]]) throws -> Pixels {
    let held = try reserve(rows)
    defer { budget.release(held) }
    return try joined(rows.map { try $0.map(prepared) })
  }

  /// Reserves the memory of all images of `rows` in RGB; returns the bytes.
  func reserve(_ rows: [[Pixels]]) throws -> Int {
    guard zoom >= 1 else { throw Failure.montageNumber("zoom", zoom, atLeast: 1) }
    var (needed, drawn) = (0, 0)
    for picture in rows.joined() {
      guard picture.height > 0, picture.width > 0 else {
        throw Failure.emptyPicture("put into a montage")
      }
      let (height, tooHigh) = picture.height.multipliedReportingOverflow(by: zoom)
      let (width, tooWide) = picture.width.multipliedReportingOverflow(by: zoom)
      guard !tooHigh, !tooWide else { throw Failure.montageTooLarge() }
      let (sum, over) = drawn.addingReportingOverflow(try Montage.bytes(height, width))
      guard !over else { throw Failure.montageTooLarge() }
      drawn = sum
      needed += try Montage.bytes(picture.height, picture.width)
    }
    try budget.reserve(needed, for: "the images of a montage")
    return needed
  }

  /// An image in RGB, and how many times larger it is drawn.
  struct Cell {
    let picture: Pixels
    var zoom = 1
    var height: Int { picture.height * zoom }
    var width: Int { picture.width * zoom }
  }

  /// `cells` in columns and rows as large as their contents.
  func joined(_ cells: [[Cell]]) throws -> Pixels {
    guard gap >= 0 else { throw Failure.montageNumber("gap", gap, atLeast: 0) }
    let columns = cells.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      cells.reduce(0) { max($0, column < $1.count ? $1[column].width : 0) }
    }
    let heights = cells.map { $0.reduce(0) { max($0, $1.height) } }
    let height = heights.reduce(gap * (heights.count - 1), +)
    let width = widths.reduce(gap * (columns - 1), +)
    let needed = try Montage.bytes(height, width)
    try budget.reserve(needed, for: "a montage of \(height)x\(width) pixels")
    defer { budget.release(needed) }
    var montage = try blank(height: height, width: width)
    var y = 0
    for (row, line) in cells.enumerated() {
      var x = 0
      for (column, cell) in line.enumerated() {
        try paste(
          cell, into: &montage, top: y + (heights[row] - cell.height) / 2,
          left: x + (widths[column] - cell.width) / 2)
        x += widths[column] + gap
      }
      y += heights[row] + gap
    }
    return montage
  }

  private func paste(_ cell: Cell, into montage: inout Pixels, top: Int, left: Int) throws {
    let (picture, zoom) = (cell.picture, cell.zoom)
    let step = 3 * montage.width
    try montage.bytes.withUnsafeMutableBufferPointer { montage in
      try picture.bytes.withUnsafeBufferPointer { bytes in
        try budget.inStretches(cell.height, weighing: 3 * cell.width) { rows in
          for row in rows {
            var to = (top + row) * step + 3 * left
            let line = row / zoom * picture.width
            for column in line..<line + picture.width {
              let from = 3 * column
              for _ in 0..<zoom {
                for part in 0..<3 { montage[to + part] = bytes[from + part] }
                to += 3
              }
            }
          }
        }
      }
    }
  }

  /// The picture in RGB over the background, to be drawn `zoom` times as large.
  func prepared(_ picture: Pixels) throws -> Cell {
    Cell(picture: try blended(picture), zoom: zoom)
  }

  private func blended(_ picture: Pixels) throws -> Pixels {
    var rgb = try picture.converted(to: .rgb, budget: budget)
    guard picture.channels % 2 == 0 else { return rgb }
    let behind = backgroundBytes
    try rgb.bytes.withUnsafeMutableBufferPointer { bytes in
      try budget.inStretches(bytes.count) { stretch in
        for index in stretch {
          let alpha = Int(picture.bytes[index / 3 * picture.channels + picture.channels - 1])
          let mixture = Int(bytes[index]) * alpha + Int(behind[index % 3]) * (255 - alpha)
          bytes[index] = UInt8((mixture + 127) / 255)
        }
      }
    }
    return rgb
  }

  /// One line of text as a picture.
  func label(_ text: String) throws -> Cell {
    let extent = try Canvas(width: 1, height: 1, budget: budget).extent(of: text, size: textSize)
    let canvas = try Canvas(
      width: max(1, Int(extent.width.rounded(.up)) + 4),
      height: max(1, Int((extent.ascent + extent.descent).rounded(.up)) + 2), budget: budget)
    canvas.fill(.colour(background.with(alpha: 1)))
    let ink = background.luma > 0.5 ? Colour.black : Colour.white
    canvas.text(text, at: Point(2, extent.ascent.rounded() + 1), size: textSize, ink)
    return Cell(picture: try canvas.pixels())
  }

  private var backgroundBytes: [UInt8] {
    [background.red, background.green, background.blue].map {
      UInt8((min(1, max(0, $0)) * 255).rounded())
    }
  }

  func blank(height: Int, width: Int) throws -> Pixels {
    let colour = backgroundBytes
    let bytes: [UInt8] = try budget.makeRows(height, of: 3 * width) { _, to in
      for column in 0..<width {
        for part in 0..<3 { to[3 * column + part] = colour[part] }
      }
    }
    return Pixels(height: height, width: width, channels: 3, bytes: bytes)
  }

  private static func bytes(_ height: Int, _ width: Int) throws -> Int {
    let (area, tooMany) = height.multipliedReportingOverflow(by: width)
    let (bytes, over) = area.multipliedReportingOverflow(by: 3)
    guard !tooMany, !over else { throw Failure.montageTooLarge() }
    return bytes
  }
}
