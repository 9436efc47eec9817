// SPDX-License-Identifier: MIT
internal import HengeLanguage
public import HengeThreads

/// Draws a live view: a line about the work, small curves in columns, the newest image below.
struct LivePanel {
  /// What the terminal can show.
  let colours: TerminalCapabilities.Colours
  let room: LiveView.Room

  /// A row of the panel, and the columns that it takes.
  struct Row: Equatable {
    var text: String
    var width: Int
  }

  /// The rows of a panel that has `view` below the line `title`; no more than there is room for.
  func rows(_ title: String, _ view: LiveView) -> [Row] {
    let line = TextWidth.cut(LivePanel.fitting(title, in: room.columns - 1), to: room.columns - 1)
    var rows = [Row(text: line, width: TextWidth.of(line))]
    let curves = curveRows(view.curves)
    rows += curves.prefix(max(0, room.rows - rows.count))
    if let image = view.image { rows += imageRows(image, height: room.rows - rows.count) }
    return rows
  }

  /// The parts of `title`, which two blanks separate, that fit whole; the first one always.
  static func fitting(_ title: String, in columns: Int) -> String {
    var line = ""
    for part in title.split(separator: "  ", omittingEmptySubsequences: true) {
      let longer = line.isEmpty ? String(part) : "\(line)  \(part)"
      if !line.isEmpty, TextWidth.of(longer) > columns { break }
      line = longer
    }
    return line
  }

  // MARK: Curves

  private func curveRows(_ curves: [LiveView.Curve]) -> [Row] {
    guard !curves.isEmpty else { return [] }
    let nameWidth = curves.map { TextWidth.of($0.name) }.max() ?? 0
    // The value and the blanks around it take ten columns.
    let across = max(1, (room.columns - 1) / (nameWidth + 1 + LiveView.points + 10))
    return stride(from: 0, to: curves.count, by: across).map { start in
      var text = ""
      var width = 0
      for curve in curves[start..<min(start + across, curves.count)] {
        let name = curve.name.padded(to: nameWidth)
        let line = LivePanel.line(of: curve.values).padded(to: LiveView.points)
        let cell = "\(name) \(line) \(curve.last.padded(to: 7))  "
        width += TextWidth.of(cell)
        text += cell
      }
      return Row(
        text: TextWidth.cut(text, to: room.columns - 1), width: min(width, room.columns - 1))
    }
  }

  private static let levels = Array("▁▂▃▄▅▆▇█")

  /// A curve in one row, each point one of eight heights between the smallest and the largest.
  static func line(of values: [Double]) -> String {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "" }
    let span = high - low
    return String(
      values.map { value in
        guard value.isFinite else { return " " }
        // A difference that overflows has heights of its halves.
        let part =
          span > 0
          ? (span.isFinite ? (value - low) / span : (value / 2 - low / 2) / (high / 2 - low / 2))
          : 0.5
        return levels[min(levels.count - 1, max(0, Int(part * Double(levels.count))))]
      })
  }

  // MARK: The image

  private func imageRows(_ image: LiveView.Image, height: Int) -> [Row] {
    guard height >= 4, image.width > 0, image.height > 0 else { return [] }
    let picture = PixelDisplay(
      height: image.height, width: image.width, channels: image.channels, bytes: image.bytes)
    // The names of the rows stand at their left where they leave most of the window to the image.
    let widest = image.rows.map { TextWidth.of($0) }.max() ?? 0
    let left = widest > 0 && widest <= room.columns / 4 ? widest + 1 : 0
    let raster = Raster(picture, fitting: 2 * height, columns: room.columns - 1 - left)
    let isColoured = colours >= .indexed
    let bytes =
      isColoured
      ? HalfBlocks(raster: raster, isDirect: colours == .direct).bytes
      : CharacterRamp(raster: raster).bytes
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).prefix((raster.height + 1) / 2)
    var names = Array(repeating: "", count: lines.count)
    for (index, name) in image.rows.enumerated() where left > 0 {
      // Halfway down its row.
      names[min(lines.count - 1, (2 * index + 1) * lines.count / (2 * image.rows.count))] = name
    }
    return zip(names, lines).map { name, line in
      // Rows of characters end at their last one that is not blank.
      Row(
        text: name.padded(to: left) + line,
        width: left + (isColoured ? raster.width : TextWidth.of(String(line))))
    }
  }
}

extension String {
  /// The text with blanks up to `width` columns.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - TextWidth.of(self)))
  }
}

extension LiveView.Curve {
  /// The curve in one row of characters, each point one of eight heights.
  public var line: String { LivePanel.line(of: values) }
}
