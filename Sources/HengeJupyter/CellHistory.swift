// SPDX-License-Identifier: MIT
internal import HengeFiles
internal import HengeThreads

/// The cells that were run, for clients that recall them.
final class CellHistory: Sendable {
  private struct Cell {
    let number: Int
    let text: String
    var output: String?
  }

  private let cells = Guarded<[Cell]>([])
  /// Cells that are kept.
  private static let most = 10_000

  /// Adds a cell.
  func add(_ text: String, number: Int) {
    cells.use { cells in
      cells.append(Cell(number: number, text: text))
      if cells.count > CellHistory.most { cells.removeFirst(cells.count - CellHistory.most) }
    }
  }

  /// Keeps what the last cell showed as its result.
  func keep(output: String) {
    cells.use { cells in if !cells.isEmpty { cells[cells.count - 1].output = output } }
  }

  /// The answer to a `history_request`.
  func answer(_ request: Request) -> JSON {
    let content = request.content
    let withOutput = request.flag("output", default: false)
    let count = content["n"]?.asInteger
    var found = cells.use { $0 }
    switch request.text("hist_access_type") {
    case "range":
      // This session is the only one that is kept: 0 and 1 both name it.
      let session = content["session"]?.asInteger ?? 0
      let start = content["start"]?.asInteger ?? 0
      let stop = content["stop"]?.asInteger ?? .max
      found =
        [0, 1].contains(session) ? found.filter { $0.number >= start && $0.number < stop } : []
    case "search":
      let pattern = Array((content["pattern"]?.asText ?? "*").unicodeScalars)
      found = found.filter {
        CellHistory.matches(Array($0.text.unicodeScalars)[...], pattern[...])
      }
      if request.flag("unique", default: false) {
        var seen: Set<String> = []
        found = found.reversed().filter { seen.insert($0.text).inserted }.reversed()
      }
      found = found.suffix(max(0, count ?? .max))
    default: found = found.suffix(max(0, count ?? .max))
    }
    let rows = found.map { cell -> JSON in
      let text = JSON.string(cell.text)
      let output = cell.output.map(JSON.string) ?? .null
      return .array([
        .integer(1), .integer(cell.number), withOutput ? .array([text, output]) : text,
      ])
    }
    return .of(["status": .string("ok"), "history": .array(rows)])
  }

  /// Whether `text` is of the form `pattern`, in which `*` is any text and `?` any code point.
  static func matches(
    _ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    var (at, place) = (text.startIndex, pattern.startIndex)
    /// Behind the last star, and where the text after it began.
    var star: (pattern: Int, text: Int)?
    while at < text.endIndex {
      if place < pattern.endIndex, pattern[place] == "*" {
        place += 1
        star = (place, at)
      } else if place < pattern.endIndex, pattern[place] == "?" || pattern[place] == text[at] {
        (at, place) = (at + 1, place + 1)
      } else if let last = star {
        // The star takes one more.
        (at, place) = (last.text + 1, last.pattern)
        star = (last.pattern, last.text + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
