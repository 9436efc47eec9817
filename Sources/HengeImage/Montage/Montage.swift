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
    let common = each ? nil : colours.range(of: map.values)
    let pictures = (0..<map.channels).map { channel in
      let plane = map.plane(channel)
      return Pixels(
        height: map.height, width: map.width, channels: 3,
        bytes: colours.colours(plane, over: common ?? colours.range(of: plane)))
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
    if !left.isEmpty {
      for (index, text) in left.enumerated() { cells[index].insert(try label(text), at: 0) }
    }
    if !top.isEmpty {
      let corner = left.isEmpty ? [] : [blank(height: 1, width: 1)]
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

  /// Reserves the memory of all images of `rows` in RGB and at their final size; returns the bytes.
  private func reserve(_ rows: [[Pixels]]) throws -> Int {
    guard zoom >= 1 else { throw Failure.montageNumber("zoom", zoom, atLeast: 1) }
    var needed = 0
    for picture in rows.joined() {
      guard picture.height > 0, picture.width > 0 else {
        throw Failure.emptyPicture("put into a montage")
      }
      let (height, tooHigh) = picture.height.multipliedReportingOverflow(by: zoom)
      let (width, tooWide) = picture.width.multipliedReportingOverflow(by: zoom)
      guard !tooHigh, !tooWide else { throw Failure.montageTooLarge() }
      let (sum, over) = needed.addingReportingOverflow(try Montage.bytes(height, width))
      guard !over else { throw Failure.montageTooLarge() }
      needed = sum
    }
    try budget.reserve(needed, for: "the images of a montage, \(zoom) times as large")
    return needed
  }

  /// `cells`, RGB and at their final size, in columns and rows as large as their contents.
  private func joined(_ cells: [[Pixels]]) throws -> Pixels {
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
    var montage = blank(height: height, width: width)
    var y = 0
    for (row, pictures) in cells.enumerated() {
      var x = 0
      for (column, picture) in pictures.enumerated() {
        paste(
          picture, into: &montage, top: y + (heights[row] - picture.height) / 2,
          left: x + (widths[column] - picture.width) / 2)
        x += widths[column] + gap
      }
      y += heights[row] + gap
    }
    return montage
  }

  private func paste(_ picture: Pixels, into montage: inout Pixels, top: Int, left: Int) {
    let count = picture.width * 3
    for row in 0..<picture.height {
      let to = ((top + row) * montage.width + left) * 3
      montage.bytes.replaceSubrange(
        to..<to + count, with: picture.bytes[row * count..<(row + 1) * count])
    }
  }

  /// The picture in RGB over the background, `zoom` times as large.
  private func prepared(_ picture: Pixels) throws -> Pixels {
    let rgb = try blended(picture)
    guard zoom > 1 else { return rgb }
    let (height, width) = (picture.height * zoom, picture.width * zoom)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(height * width * 3)
    for row in 0..<picture.height {
      let start = bytes.count
      for column in 0..<picture.width {
        let at = (row * picture.width + column) * 3
        for _ in 0..<zoom { bytes += rgb.bytes[at..<at + 3] }
      }
      let line = bytes[start...]
      for _ in 1..<zoom { bytes += line }
    }
    return Pixels(height: height, width: width, channels: 3, bytes: bytes)
  }

  private func blended(_ picture: Pixels) throws -> Pixels {
    var rgb = try picture.converted(to: .rgb, budget: budget)
    guard picture.channels % 2 == 0 else { return rgb }
    let behind = backgroundBytes
    for index in rgb.bytes.indices {
      let alpha = Int(picture.bytes[index / 3 * picture.channels + picture.channels - 1])
      let mixture = Int(rgb.bytes[index]) * alpha + Int(behind[index % 3]) * (255 - alpha)
      rgb.bytes[index] = UInt8((mixture + 127) / 255)
    }
    return rgb
  }

  /// One line of text as a picture.
  private func label(_ text: String) throws -> Pixels {
    let extent = try Canvas(width: 1, height: 1, budget: budget).extent(of: text, size: textSize)
    let canvas = try Canvas(
      width: max(1, Int(extent.width.rounded(.up)) + 4),
      height: max(1, Int((extent.ascent + extent.descent).rounded(.up)) + 2), budget: budget)
    canvas.fill(.colour(background.with(alpha: 1)))
    let ink = background.luma > 0.5 ? Colour.black : Colour.white
    canvas.text(text, at: Point(2, extent.ascent.rounded() + 1), size: textSize, ink)
    return try canvas.pixels()
  }

  private var backgroundBytes: [UInt8] {
    [background.red, background.green, background.blue].map {
      UInt8((min(1, max(0, $0)) * 255).rounded())
    }
  }

  private func blank(height: Int, width: Int) -> Pixels {
    let colour = backgroundBytes
    let bytes = [UInt8](unsafeUninitializedCapacity: height * width * 3) { out, count in
      for index in 0..<height * width * 3 { out[index] = colour[index % 3] }
      count = height * width * 3
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
