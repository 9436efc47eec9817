// SPDX-License-Identifier: MIT

/// An image in cells of two pixels: the upper one is the color of `▀`, the lower one the
/// background.
///
/// A color that is already set is not set again. If a cell would need more than 23 bytes on
/// average, similar colors are treated as equal: a 64x64 image takes less than 12 kB.
struct HalfBlocks {
  let raster: Raster
  /// 24-bit colors, or the 256 indexed ones.
  let isDirect: Bool

  /// The maximum number of bytes of a cell with two indexed colors.
  private static let bytesPerCell = 23
  /// The allowed error of a channel, in the order tried; 16 steps of 255 are hardly visible.
  private static let tolerances = [0, 3, 6, 10, 16]

  /// Rows of cells, each ending with a reset of the colors and a newline.
  var bytes: [UInt8] {
    guard isDirect else { return encoded(tolerance: 0, isDirect: false) }
    let cells = (raster.height + 1) / 2 * raster.width
    for tolerance in HalfBlocks.tolerances {
      let bytes = encoded(tolerance: tolerance, isDirect: true)
      if bytes.count <= cells * HalfBlocks.bytesPerCell { return bytes }
    }
    return encoded(tolerance: 0, isDirect: false)
  }

  private func encoded(tolerance: Int, isDirect: Bool) -> [UInt8] {
    var pen = Pen(tolerance: tolerance, isDirect: isDirect)
    for y in stride(from: 0, to: raster.height, by: 2) {
      for x in 0..<raster.width {
        let lower = y + 1 < raster.height ? raster.colour(y + 1, x) : nil
        pen.draw(raster.colour(y, x), over: lower)
      }
      pen.endLine()
    }
    return pen.bytes
  }

  /// Writes cells and remembers the current colors.
  private struct Pen {
    let tolerance: Int
    let isDirect: Bool
    var bytes: [UInt8] = []
    private var front: CellColour?
    private var back: CellColour?

    init(tolerance: Int, isDirect: Bool) {
      self.tolerance = tolerance
      self.isDirect = isDirect
    }

    mutating func draw(_ upper: CellColour, over lower: CellColour?) {
      guard let lower else {
        // If the number of rows is odd, the half below the last row has the terminal's background.
        set(front: upper, back: nil)
        bytes += Array("▀".utf8)
        return
      }
      if same(upper, lower) {
        if same(front, upper), !same(back, upper) {
          bytes += Array("█".utf8)
        } else {
          set(front: front, back: upper)
          bytes.append(UInt8(ascii: " "))
        }
      } else if changes(front: lower, back: upper) < changes(front: upper, back: lower) {
        set(front: lower, back: upper)
        bytes += Array("▄".utf8)
      } else {
        set(front: upper, back: lower)
        bytes += Array("▀".utf8)
      }
    }

    mutating func endLine() {
      bytes += Array("\u{1B}[0m\n".utf8)
      front = nil
      back = nil
    }

    private func same(_ a: CellColour?, _ b: CellColour?) -> Bool {
      guard let a, let b else { return a == nil && b == nil }
      return isDirect ? a.distance(b) <= tolerance : a.index == b.index
    }

    private func changes(front: CellColour, back: CellColour) -> Int {
      (same(self.front, front) ? 0 : 1) + (same(self.back, back) ? 0 : 1)
    }

    private mutating func set(front newFront: CellColour?, back newBack: CellColour?) {
      var codes: [String] = []
      if !same(front, newFront), let newFront {
        codes.append(code(38, newFront))
        front = newFront
      }
      if !same(back, newBack) {
        codes.append(newBack.map { code(48, $0) } ?? "49")
        back = newBack
      }
      if !codes.isEmpty { bytes += Array("\u{1B}[\(codes.joined(separator: ";"))m".utf8) }
    }

    private func code(_ plane: Int, _ colour: CellColour) -> String {
      isDirect
        ? "\(plane);2;\(colour.red);\(colour.green);\(colour.blue)" : "\(plane);5;\(colour.index)"
    }
  }
}

/// A picture in characters from dark to light, a cell for two pixels one above the other.
struct CharacterRamp {
  let raster: Raster

  private static let ramp = Array(" .:-=+*#%@".utf8)

  /// Rows of characters, each ending in a newline.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for y in stride(from: 0, to: raster.height, by: 2) {
      for x in 0..<raster.width {
        let upper = raster.colour(y, x).luma
        let lower = y + 1 < raster.height ? raster.colour(y + 1, x).luma : upper
        let level = (upper + lower) * CharacterRamp.ramp.count / (2 * 256)
        bytes.append(CharacterRamp.ramp[level])
      }
      while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
