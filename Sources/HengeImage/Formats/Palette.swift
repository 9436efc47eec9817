// SPDX-License-Identifier: MIT
import HengeBackend

/// At most 256 colors for an image, and the color of each of its pixels.
struct Palette {
  /// RGB triples, 1 to 256.
  let colours: [UInt8]
  /// The color of each pixel, rows from the top.
  var indices: [UInt8]
  /// The number of colors.
  var count: Int { colours.count / 3 }

  /// The most colors.
  static let most = 256

  /// The colors of `image`, RGB: its own where there are no more than 256, else those of 256 boxes
  /// into which its colors are divided, each time the box with the largest sum of squared deviations
  /// at the mean of the channel that is spread most.
  ///
  /// Each pixel has the nearest of them. Throws `E-memory`, and errors of the budget's interrupt.
  init(_ image: Pixels, budget: MemoryBudget) throws {
    precondition(image.channels == 3, "a palette is made of RGB")
    let pixels = image.height * image.width
    let needed = pixels + ColourCells.bytes
    try budget.reserve(needed, for: "a palette")
    defer { budget.release(needed) }
    if let exact = try Palette(exact: image, budget: budget) {
      self = exact
      return
    }
    let cells = try ColourCells(image, budget: budget)
    let boxes = cells.divided(into: Palette.most)
    colours = boxes.flatMap(\.mean)
    let nearest = try cells.nearest(in: colours, budget: budget)
    indices = try budget.makeRows(pixels, of: 1) { pixel, to in
      let at = 3 * pixel
      to[0] =
        nearest[
          ColourCells.place(image.bytes[at], image.bytes[at + 1], image.bytes[at + 2])]
    }
  }

  /// The image's own colors in the order in which they come; nil where there are more than 256.
  private init?(exact image: Pixels, budget: MemoryBudget) throws {
    var places: [UInt32: UInt8] = [:]
    var colours: [UInt8] = []
    var indices: [UInt8] = []
    indices.reserveCapacity(image.height * image.width)
    var (last, lastPlace): (UInt32, UInt8) = (.max, 0)
    for row in 0..<image.height {
      try budget.checkStop()
      for column in 0..<image.width {
        let at = 3 * (row * image.width + column)
        let (red, green, blue) = (image.bytes[at], image.bytes[at + 1], image.bytes[at + 2])
        let colour = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
        if colour != last {
          if let place = places[colour] {
            lastPlace = place
          } else {
            guard places.count < Palette.most else { return nil }
            lastPlace = UInt8(places.count)
            places[colour] = lastPlace
            colours += [red, green, blue]
          }
          last = colour
        }
        indices.append(lastPlace)
      }
    }
    (self.colours, self.indices) = (colours, indices)
  }
}

/// The colors of an image, counted in cells of 4 x 4 x 4 levels.
private struct ColourCells {
  /// An occupied cell: its place, how many pixels it has, and the sums of their channels.
  struct Cell {
    let place: Int
    let count: Double
    /// The mean of its pixels.
    let colour: (Double, Double, Double)

    func channel(_ axis: Int) -> Double {
      switch axis {
      case 0: colour.0
      case 1: colour.1
      default: colour.2
      }
    }
  }

  private static let count = 1 << 18
  /// What the counting needs.
  static let bytes = count * (4 * 8 + 1)
  private let cells: [Cell]

  /// The cell of a color.
  static func place(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    Int(red >> 2) << 12 | Int(green >> 2) << 6 | Int(blue >> 2)
  }

  init(_ image: Pixels, budget: MemoryBudget) throws {
    var sums = [Int](repeating: 0, count: 4 * ColourCells.count)
    try budget.inStretches(image.height * image.width, weighing: 8) { stretch in
      for pixel in stretch {
        let at = 3 * pixel
        let (red, green, blue) = (image.bytes[at], image.bytes[at + 1], image.bytes[at + 2])
        let cell = 4 * ColourCells.place(red, green, blue)
        sums[cell] += 1
        sums[cell + 1] += Int(red)
        sums[cell + 2] += Int(green)
        sums[cell + 3] += Int(blue)
      }
    }
    cells = (0..<ColourCells.count).compactMap { place in
      let count = Double(sums[4 * place])
      guard count > 0 else { return nil }
      let colour = (
        Double(sums[4 * place + 1]) / count, Double(sums[4 * place + 2]) / count,
        Double(sums[4 * place + 3]) / count
      )
      return Cell(place: place, count: count, colour: colour)
    }
  }

  /// Some of the cells, with the sum of squared deviations from their mean.
  struct Box {
    let cells: [Cell]
    /// The rounded mean of its pixels, RGB.
    let mean: [UInt8]
    /// The sum of squared deviations of the channel that is spread most, and where to cut it.
    let cut: (axis: Int, at: Double)
    let spread: Double

    init(_ cells: [Cell]) {
      self.cells = cells
      let count = cells.reduce(0) { $0 + $1.count }
      let means = (0..<3).map { axis in
        cells.reduce(0) { $0 + $1.count * $1.channel(axis) } / count
      }
      let deviations = (0..<3).map { axis in
        cells.reduce(0) {
          let far = $1.channel(axis) - means[axis]
          return $0 + $1.count * far * far
        }
      }
      let axis = (0..<3).max { deviations[$0] < deviations[$1] } ?? 0
      mean = means.map { UInt8(min(255, max(0, $0.rounded()))) }
      cut = (axis, means[axis])
      spread = deviations[axis]
    }
  }

  /// At most `most` boxes; fewer where no cell can be divided.
  func divided(into most: Int) -> [Box] {
    var boxes = [Box(cells)]
    while boxes.count < most {
      guard let place = boxes.indices.max(by: { boxes[$0].spread < boxes[$1].spread }),
        boxes[place].spread > 0
      else { break }
      let (axis, at) = boxes[place].cut
      let low = boxes[place].cells.filter { $0.channel(axis) <= at }
      let high = boxes[place].cells.filter { $0.channel(axis) > at }
      guard !low.isEmpty, !high.isEmpty else { break }
      boxes[place] = Box(low)
      boxes.append(Box(high))
    }
    return boxes
  }

  /// The nearest of `colours`, RGB triples, to the mean of each cell, by the cell's place.
  func nearest(in colours: [UInt8], budget: MemoryBudget) throws -> [UInt8] {
    let channels = colours.map(Double.init)
    var nearest = [UInt8](repeating: 0, count: ColourCells.count)
    try budget.inStretches(cells.count, weighing: colours.count) { stretch in
      for cell in cells[stretch] {
        var (best, least) = (0, Double.infinity)
        for colour in 0..<channels.count / 3 {
          let red = channels[3 * colour] - cell.colour.0
          let green = channels[3 * colour + 1] - cell.colour.1
          let blue = channels[3 * colour + 2] - cell.colour.2
          let distance = red * red + green * green + blue * blue
          if distance < least { (best, least) = (colour, distance) }
        }
        nearest[cell.place] = UInt8(best)
      }
    }
    return nearest
  }
}
