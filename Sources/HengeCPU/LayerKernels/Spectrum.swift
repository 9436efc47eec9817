// SPDX-License-Identifier: MIT
internal import CHengeKernels

/// The layout of channels in a workspace: in panels, the last one padded with zeros; if a stride
/// divides images into phases, all panels of one phase follow those of the other.
struct Panels {
  /// Of one phase.
  let channels: Int
  let phases: Int
  /// Channels of a panel.
  let width: Int
  /// Of all phases.
  let count: Int

  init(_ channels: Int, phases: Int = 1, width: Int) {
    self.channels = channels
    self.phases = phases
    self.width = width
    count = phases * ((channels + width - 1) / width)
  }

  /// How many channels of each panel a product sums over, zeros included.
  var length: Int { min(channels, width) }
  /// How many channels of one phase a product sums over.
  var phaseDepth: Int { count / phases * length }
  /// How many channels a product sums over.
  var depth: Int { count * length }
  /// The number of columns of a product.
  var columns: Int { phases == 1 ? channels : count * width }

  /// The panels of some phases.
  func panels(of phases: Range<Int>) -> Range<Int> {
    let perPhase = count / self.phases
    return phases.lowerBound * perPhase..<phases.upperBound * perPhase
  }
}

/// Rows of channels for each of Winograd's frequencies: tiles, or the filters of one channel.
struct Spectrum {
  let frequencies: Int
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
  static func count(_ frequencies: Int, _ panels: Panels, rows: Int) -> Int {
    frequencies * plane(panels.count * rows * panels.width)
  }

  func frequency(_ index: Int) -> UnsafeMutablePointer<Float> { start + index * plane }
}
