// SPDX-License-Identifier: MIT

// The general forms of E-syntax. Those for the habits of other languages are in `Habits`.

extension Diagnostic {
  /// An `E-syntax` at one place.
  static func syntax(
    _ message: String, _ source: Source, _ span: Span, label: String = "", notes: [String] = [],
    suggestion: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      "E-syntax", message, labels: [Label(source, span, label)], notes: notes,
      suggestion: suggestion)
  }
}
