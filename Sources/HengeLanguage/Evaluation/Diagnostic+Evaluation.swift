// SPDX-License-Identifier: MIT

// The messages of errors that the compiler finds.

extension Diagnostic {
  static func tooLarge(_ what: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic("E-limit", "\(what) cannot be run", labels: [Label(source, span)])
  }

  static func refused(_ message: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic("E-syntax", message, labels: [Label(source, span)])
  }

  static func outer(_ name: String, _ source: Source, _ span: Span) -> Diagnostic {
    Diagnostic(
      "E-outer", "`\(name)` belongs to an outer scope and cannot be changed here",
      labels: [Label(source, span)],
      notes: ["functions and comprehensions can read outer names but not change them"],
      suggestion: "return the new value, and assign it outside: \(name) = f(\(name))")
  }

  static func unevenAssignment(
    _ places: Int, _ values: Int, _ source: Source, _ span: Span
  ) -> Diagnostic {
    let suggestion = places == 1 ? "a list is written in brackets: [1, 2]" : nil
    return Diagnostic(
      "E-assign",
      "\(values) values cannot be assigned to \(places) \(places == 1 ? "name" : "names")",
      labels: [Label(source, span)], suggestion: suggestion)
  }
}
