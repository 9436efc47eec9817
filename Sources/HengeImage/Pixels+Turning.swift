// SPDX-License-Identifier: MIT
import HengeBackend

extension Pixels {
  /// The image turned upright from EXIF's `orientation`, 1 to 8, as Pillow's `exif_transpose` does.
  ///
  /// Throws `E-memory`, and what the budget's owner stops by.
  func turned(from orientation: Int, budget: MemoryBudget) throws -> Pixels {
    guard (2...8).contains(orientation) else { return self }
    let size = bytes.count + (wide.map { 2 * $0.count } ?? 0)
    try budget.reserve(size, for: "turning an image")
    defer { budget.release(size) }
    let swaps = orientation >= 5
    let (tall, broad) = swaps ? (width, height) : (height, width)
    let (lastRow, lastColumn) = (height - 1, width - 1)
    /// Where the sample at a place of the result comes from.
    func source(_ row: Int, _ column: Int) -> (row: Int, column: Int) {
      switch orientation {
      case 2: (row, lastColumn - column)
      case 3: (lastRow - row, lastColumn - column)
      case 4: (lastRow - row, column)
      case 5: (column, row)
      case 6: (lastRow - column, row)
      case 7: (lastRow - column, lastColumn - row)
      default: (column, lastColumn - row)
      }
    }
    func moved<Sample: BitwiseCopyable>(_ samples: [Sample]) throws -> [Sample] {
      try samples.withUnsafeBufferPointer { samples in
        try budget.makeRows(tall, of: broad * channels) { row, to in
          for column in 0..<broad {
            let from = source(row, column)
            let start = (from.row * width + from.column) * channels
            for channel in 0..<channels {
              to[column * channels + channel] = samples[start + channel]
            }
          }
        }
      }
    }
    return Pixels(
      height: tall, width: broad, channels: channels, bytes: try moved(bytes),
      wide: try wide.map(moved))
  }
}
