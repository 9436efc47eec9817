// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeReports

/// A display in several formats, of which a client shows the best that it can.
struct MIMEBundle {
  private(set) var data: [JSON.Member] = []
  private(set) var metadata: [JSON.Member] = []

  /// A bundle that says `text` in words.
  init(text: String) { data = [.init("text/plain", .string(text))] }

  /// What it says in words.
  var text: String { data.first?.value.asText ?? "" }

  /// A part of a display.
  init(_ part: DisplayPart, columns: Int, budget: MemoryBudget) throws {
    switch part {
    case .text(let text): self.init(text: text)
    case .caption(let text):
      self.init(text: text)
      mark(as: "caption")
    case .table(let table):
      self.init(text: table.lines(width: columns).joined(separator: "\n"))
      data.append(.init("text/html", .string(tableHTML(table))))
    case .plot(let plot):
      let rows = try plot.rows(columns: columns, rows: PlotSize.rows, with: .marks)
      self.init(text: rows.map { $0.map(\.text).joined() }.joined(separator: "\n"))
      data.append(.init("image/svg+xml", .string(try plot.svg)))
      // For clients that show no SVG, or only that of notebooks they trust.
      let picture = try plot.picture(zoom: 2)
      try add(Pixels(picture), width: picture.width / 2, height: picture.height / 2, budget)
    case .picture(let picture, let isSmall):
      self.init(text: picture.words)
      let factor = picture.enlargement(isSmall: isSmall, room: 768)
      try add(
        Pixels(picture), width: picture.width * factor, height: picture.height * factor, budget)
      if isSmall { mark(as: "thumbnail") }
    }
  }

  /// Adds an image as PNG with the size in which it is shown.
  mutating func add(_ pixels: Pixels, width: Int, height: Int, _ budget: MemoryBudget) throws {
    data.append(.init("image/png", .string(base64(try encodePNG(pixels, budget: budget)))))
    metadata.append(
      .init("image/png", .of(["width": .integer(width), "height": .integer(height)])))
  }

  /// Says what it is besides an output of the program: a caption, a thumbnail, a remark, progress.
  mutating func mark(as role: String) { metadata.append(.init("henge", .string(role))) }

  /// What a message has of it.
  var members: [JSON.Member] {
    [.init("data", .object(data)), .init("metadata", .object(metadata))]
  }
}

extension Pixels {
  fileprivate init(_ picture: PixelDisplay) {
    self.init(
      height: picture.height, width: picture.width, channels: picture.channels,
      bytes: picture.bytes)
  }
}
