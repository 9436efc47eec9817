// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage

/// What a dataset is made of, as a value of the language.
final class SummaryObject: Object, ObjectConvertible, HasMembers, Displayed {
  private let summary: DatasetSummary
  private let backend: any Backend

  init(_ summary: DatasetSummary, on backend: any Backend) {
    self.summary = summary
    self.backend = backend
  }

  override class var kind: String { "summary" }
  override var brief: String { text }

  private static let members: [(String, @Sendable (SummaryObject) throws -> Value)] = [
    ("count", { .int($0.summary.count) }),
    ("channels", { $0.summary.channelGroups?.description.value ?? .none }),
    ("range", { [$0.summary.range.low, $0.summary.range.high].value }),
    ("bytes", { $0.summary.bytes.value }),
    ("sources", { try $0.table("source", $0.summary.sources) }),
    ("shapes", { try $0.table("shape", $0.summary.shapes) }),
    ("files", { try $0.table("format", $0.summary.formats) }),
  ]

  private func table(_ name: String, _ tallies: [DatasetSummary.Tally]) throws -> Value {
    let table = try Table(columns: [
      CSVTable.Column(name, .texts(tallies.map(\.name))),
      CSVTable.Column("count", .integers(tallies.map(\.count))),
    ])
    return .object(TableObject(table, on: backend))
  }

  var memberNames: [String] { Self.members.map(\.0) }

  func member(_ name: String) throws -> Value? {
    try Self.members.first { $0.0 == name }.map { try $0.1(self) }
  }

  var text: String { "summary of \(summary.count) images" }

  func displays(width: Int) throws -> [Display] {
    [
      .text(
        summary.lines.map(TextWidth.visible).map {
          $0.count <= width ? $0 : $0.prefix(width - 1) + "…"
        }
        .joined(separator: "\n"))
    ]
  }
}
