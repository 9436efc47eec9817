// SPDX-License-Identifier: MIT
public import HengeLanguage

/// A table as HTML: numbers have the class `n`.
public func tableHTML(_ table: TableDisplay) -> String {
  let columns = table.columns
  let head = columns.map {
    "<th\($0.isNumber ? " class=\"n\"" : "")>\(escapedHTML($0.name))</th>"
  }
  let rows = (columns.first?.cells ?? []).indices.map { row in
    let cells = columns.map {
      "<td\($0.isNumber ? " class=\"n\"" : "")>\(escapedHTML($0.cells[row] ?? "…"))</td>"
    }
    return "<tr>\(cells.joined())</tr>\n"
  }
  let note = table.note.isEmpty ? "" : "<p class=\"note\">\(escapedHTML(table.note))</p>\n"
  return
    "<div class=\"wide\"><table>\n<thead>\n<tr>\(head.joined())</tr>\n</thead>\n<tbody>\n\(rows.joined())</tbody>\n</table></div>\n\(note)"
}
