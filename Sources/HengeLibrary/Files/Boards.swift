// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeThreads

/// The built-in that writes tables for TensorBoard.
func boards(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "board",
      "Writes the numbers of a table to a folder for TensorBoard: each column is a curve, over the column `step`, or over the number of the row. Written again, the curves replace those before. Texts and missing numbers (NaN) are left out. For a trainer, t.step(100, board=\"runs/a\") writes while it trains.",
      Parameter("table", "A table, such as t.log."),
      Parameter("path", "Path of the folder. A relative path is inside the output folder."),
      examples: [
        Example(
          """
          board(table([(step=1, loss=0.5), (step=2, loss=0.25)]), "runs/a")
          exists("runs/a")
          #=> true
          """)
      ], seeAlso: ["step", "save", "plot"], errors: ["E-data", "E-file", "E-path"]
    ) { (call: Call, table: TableObject, path: String) in
      let curves = try BoardCurves(table.table)
      if !curves.leftOut.isEmpty { call.note("texts are left out: \(curves.leftOut.shortList)") }
      let folder = try session.boardFolder(path)
      let file = try EventFile(in: folder, from: curves.events.map(\.step).min() ?? 0)
      try session.interrupt.check()
      try file.append(curves.events)
      session.wrote(file.path, as: path, replaced: false)
      return Nothing.nothing
    }.alsoCalled("TensorBoard", "SummaryWriter", "add_scalar")
  ]
}

/// The numbers of a table as events.
private struct BoardCurves {
  /// One for each row that has numbers.
  let events: [BoardEvent]
  /// The columns that contain texts.
  let leftOut: [String]
  private static let steps = "step"

  /// Throws `E-data` for a table without columns of numbers.
  init(_ table: Table) throws {
    var steps = Array(0..<table.count)
    var curves: [(name: String, numbers: [Double])] = []
    var leftOut: [String] = []
    for column in table.columns {
      switch column.cells {
      case .integers(let cells) where column.name == BoardCurves.steps: steps = cells
      case .integers(let cells): curves.append((column.name, cells.map { Double($0) }))
      case .numbers(let cells): curves.append((column.name, cells))
      case .texts: leftOut.append(column.name)
      }
    }
    guard !curves.isEmpty else {
      throw Failure(
        "E-data", "the table has no column of numbers to draw",
        notes: [
          table.columns.isEmpty
            ? "it has no columns" : "its columns are \(table.names.joined(separator: ", "))"
        ],
        parameter: "table")
    }
    self.leftOut = leftOut
    events = steps.indices.map { row in
      BoardEvent(
        step: steps[row],
        .values(BoardEvent.scalars(curves.map { ($0.name, $0.numbers[row]) })))
    }
  }
}
