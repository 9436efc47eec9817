// SPDX-License-Identifier: MIT
internal import HengeFiles
public import HengeLanguage
public import HengeSession

/// One output of a cell, by which two runs are compared: a hash of all of it, and what is shown of it.
public struct OutputRecord: Equatable, Sendable {
  /// What an output is.
  public enum Kind: String, Sendable {
    /// What `print` wrote.
    case text
    /// The value of a statement.
    case value
    /// An image.
    case picture
    /// A plot.
    case plot
    /// A table.
    case table
    /// The error that stopped the cell.
    case error
  }

  /// What it is.
  public let kind: Kind
  /// SHA-256 of the whole: of all elements of a tensor, of all pixels.
  public let hash: String
  /// What is shown of it, in words and characters.
  public let text: String
  /// The image, if it is one.
  public let picture: PixelDisplay?

  init(_ kind: Kind, hash: String, text: String, picture: PixelDisplay? = nil) {
    (self.kind, self.hash, self.text, self.picture) = (kind, hash, text, picture)
  }

  /// What an event produced; nothing for remarks and times.
  ///
  /// Throws as ``PlotDisplay/rows(columns:rows:with:)``.
  public static func records(of event: EntryEvent) throws -> [OutputRecord] {
    switch event {
    case .text(let text): return [try OutputRecord(.text, hashing: text)]
    case .display(let display): return try display.parts(at: .colours).compactMap(record)
    case .result(let displays, let value):
      let hash = try SHA256()
      try value.addContent { try hash.update($0) }
      // What has no content of its own counts by all that is shown of it.
      if case .object(let object) = value, !(object is any HasContent),
        let displayed = object as? any Displayed
      {
        for display in try displayed.displays(width: 80) {
          for part in try display.parts(at: .colours).compactMap(record) {
            try hash.update(Array(part.hash.utf8)[...])
          }
        }
      }
      let texts = try displays.compactMap { try $0.plainText(columns: 80) }
      return [
        OutputRecord(.value, hash: try hash.hexDigest(), text: texts.joined(separator: "\n"))
      ]
    case .error(let diagnostic):
      return [try OutputRecord(.error, hashing: "\(diagnostic.code): \(diagnostic.message)")]
    case .announcement, .supplement, .note, .lastError, .timing: return []
    }
  }

  private init(_ kind: Kind, hashing text: String) throws {
    self.init(kind, hash: try SHA256.hex(of: text.utf8), text: text)
  }

  private static func record(_ part: DisplayPart) throws -> OutputRecord? {
    switch part {
    case .text(let text): return try OutputRecord(.text, hashing: text)
    case .table(let table):
      return try OutputRecord(.table, hashing: table.lines(width: 200).joined(separator: "\n"))
    case .plot(let plot):
      let rows = try plot.rows(columns: 80, rows: PlotSize.rows, with: .marks)
      return OutputRecord(
        .plot, hash: try SHA256.hex(of: plot.svg.utf8),
        text: rows.map { $0.map(\.text).joined() }.joined(separator: "\n"))
    case .picture(let picture, _):
      let head = "\(picture.height) \(picture.width) \(picture.channels) "
      return OutputRecord(
        .picture, hash: try SHA256.hex(of: Array(head.utf8) + picture.bytes), text: picture.words,
        picture: picture)
    case .caption: return nil
    }
  }
}
