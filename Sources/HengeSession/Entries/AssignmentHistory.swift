// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Where the session's names got their values, for errors that show them.
struct AssignmentHistory {
  private struct Origin {
    let number: Int
    let text: String
  }

  private var byName: [String: Origin] = [:]
  private static let longest = 32

  /// Notes what an entry that ran assigned.
  mutating func note(_ entry: Entry) {
    guard let program = entry.program else { return }
    for statement in program.block.statements.prefix(entry.endedStatements) {
      if case .assign(let places, let values) = statement.kind, places.count == values.count {
        for (place, value) in zip(places, values) {
          let text = place.steps.isEmpty ? program.source.text(value.span) : ""
          byName[place.name.text] = Origin(
            number: entry.number, text: AssignmentHistory.short(text))
        }
      } else {
        for name in statement.assignedNames {
          byName[name] = Origin(number: entry.number, text: "")
        }
      }
    }
  }

  /// Adds to the names that an error marks where they were assigned.
  func explain(_ diagnostic: inout Diagnostic) {
    diagnostic.labels = diagnostic.labels.map { label in
      guard !label.text.isEmpty, let origin = byName[label.source.text(label.span)],
        label.source.name != "[\(origin.number)]"
      else { return label }
      let by = origin.text.isEmpty ? "" : " by \(origin.text)"
      return Diagnostic.Label(
        label.source, label.span, "\(label.text), made at [\(origin.number)]\(by)")
    }
  }

  /// An expression on one line, the end of a long call left out.
  private static func short(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard line.count > longest else { return line }
    guard let open = line.prefix(longest).lastIndex(where: { $0 == "," || $0 == "(" }) else {
      return line.prefix(longest - 1) + "…"
    }
    let separator = line[open] == "," ? ", …" : "(…"
    return line[..<open] + separator + (line.hasSuffix(")") ? ")" : "")
  }
}
