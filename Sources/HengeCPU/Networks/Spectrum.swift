// SPDX-License-Identifier: MIT
internal import CHengeKernels

/// Channels as they lie in a workspace: in panels, the last one filled up with zeros.
struct Panels {
  let channels: Int
  let count: Int
  /// Channels of a panel.
  let width: Int
  /// How many channels a product sums over, the zeros included.
  let depth: Int

  init(_ channels: Int, width: Int) {
    self.channels = channels
    self.width = width
    count = (channels + width - 1) / width
    depth = channels <= width ? channels : count * width
  }

  /// How many channels of each panel a product sums over.
  var length: Int { min(depth, width) }
}

/// Rows of channels for each of Winograd's 36 frequencies: tiles, or the filters of one channel.
struct Spectrum {
  static let frequencies = 36

  let panels: Panels
  let rows: Int
  let start: UnsafeMutablePointer<Float>

  /// From one panel to the next.
  var panelStep: Int { rows * panels.width }
  /// From one frequency to the next.
  var plane: Int { Spectrum.plane(panels.count * panelStep) }
  /// Vectors of channels in a row.
  var vectors: Int { 2 * panels.count }

  /// An odd number of cache lines, so that the frequencies of one row fall into different sets.
  static func plane(_ floats: Int) -> Int { ((floats + 15) / 16 | 1) * 16 }

  /// How many floats `rows` rows take.
  static func count(_ panels: Panels, rows: Int) -> Int {
    frequencies * plane(panels.count * rows * panels.width)
  }

  func frequency(_ index: Int) -> UnsafeMutablePointer<Float> { start + index * plane }
}

extension Spectrum {
  /// How many frequencies are one block of work, at some 20 us, where each is `operations`.
  static func perBlock(operations: Int) -> Int {
    [36, 18, 12, 9, 6, 4, 3, 2].first { $0 * operations <= 4_000_000 } ?? 1
  }
}
