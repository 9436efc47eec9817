// SPDX-License-Identifier: MIT

/// A part of what is drawn of a display.
public enum DisplayPart {
  /// Lines of text, without a newline at the end.
  case text(String)
  /// A table, which text lays out in columns and a page as a table.
  case table(TableDisplay)
  /// A picture with at least one pixel; a small one accompanies the text before it.
  case picture(PixelDisplay, isSmall: Bool)
  /// What the picture above shows, in a line.
  case caption(String)
  /// A plot, which characters draw in ``PlotSize`` and a page as SVG.
  case plot(any PlotDisplay)
}

/// What can be drawn at a place: in a pipe, in a terminal, on a page.
public enum PictureDrawing: Sendable {
  /// No pictures: they are described in words.
  case words
  /// Images without color; small ones are left out, because nothing could be recognized.
  case shades
  /// Pictures.
  case colours
}

/// The size of a plot that is drawn in characters.
public enum PlotSize {
  /// The rows of its canvas.
  public static let rows = 15
}

extension Display {
  /// What is drawn of it, from the top: one rule for terminals, pipes and pages.
  public func parts(at pictures: PictureDrawing) -> [DisplayPart] {
    switch self {
    case .text(let text): return [.text(text)]
    case .table(let table): return [.table(table)]
    case .plot(let plot): return [.plot(plot)]
    case .pixels(let picture):
      guard pictures != .words, !picture.isEmpty else { return [.text(picture.words)] }
      return [.picture(picture, isSmall: false)]
        + (picture.caption.map { [.caption($0)] } ?? [])
    case .thumbnail(let picture):
      guard pictures == .colours, !picture.isEmpty else { return [] }
      return [.picture(picture, isSmall: true)]
    }
  }

  /// The text for an output without colors and images, without a newline at the end; `nil` for
  /// nothing.
  ///
  /// Throws as ``PlotDisplay/rows(columns:rows:with:)``.
  public func plainText(columns: Int) throws -> String? {
    let texts = try parts(at: .words).map { part in
      switch part {
      case .text(let text), .caption(let text): text
      case .table(let table): table.lines(width: columns).joined(separator: "\n")
      case .picture(let picture, _): picture.words
      case .plot(let plot):
        try plot.rows(columns: columns, rows: PlotSize.rows, with: .marks)
          .map { $0.map(\.text).joined() }.joined(separator: "\n")
      }
    }
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }
}

extension PixelDisplay {
  /// Whether it has no pixel.
  public var isEmpty: Bool { height == 0 || width == 0 }

  /// By which whole factor it is enlarged where it is drawn in pixels, in at most `room` of them
  /// across: until its longer side is 256 pixels, or 128 for a small one.
  public func enlargement(isSmall: Bool, room: Int) -> Int {
    let least = isSmall ? 128 : 256
    return max(1, min(least / max(height, width, 1), room / max(1, width)))
  }
}
