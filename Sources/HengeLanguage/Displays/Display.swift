// SPDX-License-Identifier: MIT

/// A thing to look at, as data: what a terminal and a page make of it is decided in ``parts(at:)``.
public enum Display {
  /// Lines of text, without a newline at the end.
  case text(String)
  /// Columns under their names.
  case table(TableDisplay)
  /// A picture, 8 bits a channel; described in words where none can be drawn.
  case pixels(PixelDisplay)
  /// A small image of the value described by the preceding text; left out without color.
  case thumbnail(PixelDisplay)
  /// Curves or bars over axes.
  case plot(any PlotDisplay)
}

/// An image to show: rows from the top, channels interleaved.
public struct PixelDisplay: Equatable, Sendable {
  /// In pixels.
  public let height: Int
  /// In pixels.
  public let width: Int
  /// 1 is gray, 3 is red, green, blue.
  public let channels: Int
  /// `height * width * channels` bytes.
  public let bytes: [UInt8]
  /// A description in one line.
  public let caption: String?
  /// What is drawn of it in so few pixels that its letters could not be read.
  public var coarse: CoarsePicture?

  /// An image from its parts, whose sizes must match.
  public init(height: Int, width: Int, channels: Int, bytes: [UInt8], caption: String? = nil) {
    precondition(bytes.count == height * width * channels, "An image has as many bytes as pixels.")
    self.height = height
    self.width = width
    self.channels = channels
    self.bytes = bytes
    self.caption = caption
  }

  /// A description of the image, if it cannot be drawn: `image 64x64, 3 channels: a face`.
  public var words: String {
    "image \(height)x\(width), \(channels) \(channels == 1 ? "channel" : "channels")"
      + (caption.map { ": \($0)" } ?? "")
  }
}

/// An image without the letters that are drawn into the whole one.
public struct CoarsePicture: Equatable, Sendable {
  /// In pixels.
  public let height: Int
  /// In pixels.
  public let width: Int
  /// `3 * height * width` bytes.
  public let bytes: [UInt8]
  /// What the letters say, in lines.
  public let labels: [String]

  /// An image in RGB from its parts, whose sizes must match.
  public init(height: Int, width: Int, bytes: [UInt8], labels: [String]) {
    precondition(bytes.count == 3 * height * width, "An image has as many bytes as pixels.")
    (self.height, self.width, self.bytes, self.labels) = (height, width, bytes, labels)
  }

  /// It as any other image.
  public var picture: PixelDisplay {
    PixelDisplay(height: height, width: width, channels: 3, bytes: bytes)
  }
}

/// A plot to show, which draws itself for the place where it is shown.
public protocol PlotDisplay {
  /// The plot in characters, no row wider than `columns`, the canvas `rows` rows high.
  ///
  /// Throws when the user asks to stop while many points are drawn.
  func rows(columns: Int, rows: Int, with characters: PlotCharacters) throws -> [[TextRun]]
  /// The plot as a whole SVG document, the same bytes each time.
  var svg: String { get throws }
  /// The plot as an image, `zoom` pixels for each unit of the SVG.
  func picture(zoom: Int) throws -> PixelDisplay
}

/// The characters that a plot in text uses.
public enum PlotCharacters: Sendable {
  /// Braille dots, eight in each cell; colors distinguish the series.
  case braille
  /// Braille for one series, a separate mark for each of several.
  case marks
  /// ASCII alone.
  case ascii
}

/// Text of one color.
public struct TextRun: Equatable, Sendable {
  /// The text.
  public let text: String
  /// The series of a plot that it belongs to, from 0; `nil` is the default text color.
  public let series: Int?

  /// A run of text.
  public init(_ text: String, series: Int? = nil) {
    self.text = text
    self.series = series
  }
}
