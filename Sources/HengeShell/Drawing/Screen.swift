// SPDX-License-Identifier: MIT
public import HengeLanguage

/// Draws displays for a terminal of known capabilities, or for a pipe.
public struct Screen {
  /// A part of what is written.
  enum Part: Equatable {
    /// Text, which the console passes through its gate.
    case text(String)
    /// Bytes of this drawing, escape sequences among them.
    case drawn([UInt8])
  }

  /// The capabilities of the terminal; `:set images` and resizing the window change them.
  public var capabilities: TerminalCapabilities
  /// The bytes of a PNG file of a picture.
  private let png: (PixelDisplay) throws -> [UInt8]

  /// A screen that draws images encoded by `png`; without it, protocols that need files are not
  /// used.
  public init(
    _ capabilities: TerminalCapabilities = TerminalCapabilities(),
    png: @escaping (PixelDisplay) throws -> [UInt8] = { _ in [] }
  ) {
    self.capabilities = capabilities
    self.png = png
  }

  /// The columns that echoes are fitted to: 80, or on a terminal its width between 40 and 120.
  public var width: Int {
    capabilities.isTerminal ? min(120, max(40, capabilities.columns)) : 80
  }

  /// What the current style can draw of an image.
  private var pictures: PictureDrawing {
    switch capabilities.pictures {
    case .none: .words
    case .ascii: .shades
    case .half, .kitty, .iterm: .colours
    }
  }

  /// The parts of `display`, each line ended.
  func parts(of display: Display) throws -> [Part] {
    try display.parts(at: pictures).flatMap { part -> [Part] in
      switch part {
      case .text(let text), .caption(let text): [.text(text + "\n")]
      case .table(let table): [.text(table.lines(width: width).joined(separator: "\n") + "\n")]
      case .picture(let picture, let isSmall):
        [.drawn(try drawn(picture, isSmall: isSmall))] + labels(of: picture)
      case .plot(let plot): try parts(of: plot)
      }
    }
  }

  /// The rows that a picture may take, so that it is seen at once with the lines around it.
  private var rows: Int? { capabilities.rows.map { max(8, $0 - 4) } }

  /// What the letters say that the current style does not draw.
  private func labels(of picture: PixelDisplay) -> [Part] {
    guard let coarse = picture.coarse,
      capabilities.pictures == .half || capabilities.pictures == .ascii
    else { return [] }
    return coarse.labels.map { .text(TextWidth.cut($0, to: width) + "\n") }
  }

  /// The bytes of an image in the current style.
  private func drawn(_ picture: PixelDisplay, isSmall: Bool) throws -> [UInt8] {
    switch capabilities.pictures {
    case .none: return []
    case .ascii:
      return CharacterRamp(
        raster: Raster(picture.coarse?.picture ?? picture, columns: width, rows: rows)
      ).bytes
    case .half:
      let raster = Raster(
        picture.coarse?.picture ?? picture, columns: width, rows: rows, isSmall: isSmall)
      // A user who asks for half blocks in a pipe gets all colors.
      let isDirect = capabilities.colours == .direct || !capabilities.isTerminal
      return HalfBlocks(raster: raster, isDirect: isDirect).bytes
    case .kitty, .iterm:
      let image = try inlineImage(picture, isSmall: isSmall)
      let bytes = capabilities.pictures == .kitty ? image.kitty : image.iterm
      return capabilities.isInTmux ? InlineImage.throughTmux(bytes) : bytes
    }
  }

  /// The picture as a file, enlarged where it is small; one that is too wide is drawn in all columns.
  private func inlineImage(_ picture: PixelDisplay, isSmall: Bool) throws -> InlineImage {
    // The width of a character is not queried; it is at least 8 pixels.
    let room = width * 8
    let factor = picture.enlargement(isSmall: isSmall, room: room)
    let isWide = picture.width * factor > room
    guard factor > 1 else {
      return InlineImage(file: try png(picture), columns: isWide ? width : nil)
    }
    let raster = Raster(enlarging: picture, by: factor)
    let enlarged = PixelDisplay(
      height: raster.height, width: raster.width, channels: 3, bytes: raster.bytes)
    return InlineImage(file: try png(enlarged), columns: nil)
  }

  private func parts(of plot: any PlotDisplay) throws -> [Part] {
    let hasColour = capabilities.colours != .none
    let characters: PlotCharacters =
      !capabilities.isUnicode ? .ascii : hasColour ? .braille : .marks
    let rows = try plot.rows(columns: width, rows: PlotSize.rows, with: characters)
    return rows.flatMap { row -> [Part] in
      row.flatMap { run -> [Part] in
        guard hasColour, let series = run.series else { return [.text(run.text)] }
        return [
          .drawn(SeriesColour.start(series, capabilities.colours)), .text(run.text),
          .drawn(Array("\u{1B}[0m".utf8)),
        ]
      } + [.text("\n")]
    }
  }
}

/// The colors of series in a terminal: distinguishable for color-blind readers, on dark and light
/// backgrounds.
private enum SeriesColour {
  private static let direct: [CellColour] = [
    CellColour(red: 86, green: 180, blue: 233), CellColour(red: 230, green: 159, blue: 0),
    CellColour(red: 0, green: 158, blue: 115), CellColour(red: 204, green: 121, blue: 167),
    CellColour(red: 213, green: 94, blue: 0), CellColour(red: 150, green: 150, blue: 150),
    CellColour(red: 0, green: 114, blue: 178), CellColour(red: 240, green: 228, blue: 66),
  ]
  private static let basic = [36, 33, 32, 35, 31, 37, 34, 93]

  /// The escape sequence that starts the color of `series`.
  static func start(_ series: Int, _ colours: TerminalCapabilities.Colours) -> [UInt8] {
    let index = series % direct.count
    let colour = direct[index]
    let code =
      switch colours {
      case .direct: "38;2;\(colour.red);\(colour.green);\(colour.blue)"
      case .indexed: "38;5;\(colour.index)"
      case .basic, .none: "\(basic[index])"
      }
    return Array("\u{1B}[\(code)m".utf8)
  }
}
