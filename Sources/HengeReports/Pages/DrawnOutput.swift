// SPDX-License-Identifier: MIT
internal import HengeFiles

/// A part of the output of a cell, as a page shows it.
enum PagePiece: Equatable {
  /// What was printed, in pieces of any length.
  case text([String])
  case html(String)
  case picture(html: String, label: String)
}

extension [PagePiece] {
  /// Adds a piece; printed text goes on where the last piece is printed text too.
  mutating func append(joining piece: PagePiece) {
    guard case .text(let more) = piece, case .text(var texts)? = last else { return append(piece) }
    // Not shared while it grows: many prints are many pieces of one text.
    removeLast()
    texts += more
    append(.text(texts))
  }
}

/// What a page shows of an output, and what stands for it when pages are compared.
struct DrawnOutput: Equatable {
  var pieces: [PagePiece] = []
  var records: [OutputRecord] = []

  init() {}

  mutating func append(_ other: DrawnOutput) {
    for piece in other.pieces { pieces.append(joining: piece) }
    records += other.records
  }

  // MARK: As text

  /// All that a page needs: of an image to compare only what is said of it.
  var json: JSON {
    .object([
      .init("pieces", .array(pieces.map(DrawnOutput.json))),
      .init(
        "records",
        .array(
          records.map {
            .array([.string($0.kind.rawValue), .string($0.hash), .string($0.text)])
          })),
    ])
  }

  private static func json(_ piece: PagePiece) -> JSON {
    switch piece {
    case .text(let texts): .array([.string("text"), .string(texts.joined())])
    case .html(let html): .array([.string("html"), .string(html)])
    case .picture(let html, let label):
      .array([.string("picture"), .string(html), .string(label)])
    }
  }

  /// What ``json`` says as text; nil for any other text.
  init?(_ text: String) {
    guard let members = (try? JSON(parsing: text.utf8))?.members,
      let pieces = DrawnOutput.rows(members["pieces"]),
      let records = DrawnOutput.rows(members["records"])
    else { return nil }
    for words in pieces {
      switch (words.first, words.count) {
      case ("text", 2): self.pieces.append(.text([words[1]]))
      case ("html", 2): self.pieces.append(.html(words[1]))
      case ("picture", 3): self.pieces.append(.picture(html: words[1], label: words[2]))
      default: return nil
      }
    }
    for words in records {
      guard words.count == 3, let kind = OutputRecord.Kind(rawValue: words[0]) else { return nil }
      self.records.append(OutputRecord(kind, hash: words[1], text: words[2]))
    }
  }

  /// Arrays of texts.
  private static func rows(_ json: JSON?) -> [[String]]? {
    guard case .array(let rows)? = json else { return nil }
    let texts = rows.compactMap { row -> [String]? in
      guard case .array(let words) = row else { return nil }
      return words.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
    return texts.count == rows.count ? texts : nil
  }
}
