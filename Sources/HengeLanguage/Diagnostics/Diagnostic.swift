// SPDX-License-Identifier: MIT

/// An error as data: what happened, where, and what would work.
///
/// `Renderer` words and draws it.
public struct Diagnostic: Error, Sendable {
  /// A place in a source with what there is to say about it.
  public struct Label: Sendable {
    /// The text that is pointed into.
    public let source: Source
    /// The position in the source.
    public let span: Span
    /// The text next to the carets: `f32 1x32x32, made at [9] by full(…)`; may be empty.
    public let text: String
    /// Points at `span` of `source`.
    public init(_ source: Source, _ span: Span, _ text: String = "") {
      self.source = source
      self.span = span
      self.text = text
    }
  }
  /// Stable, such as `E-shape`; `henge explain` has a page for each.
  public var code: String
  /// One line with the actual values.
  public var message: String
  /// The marked positions; the first is the primary one.
  public var labels: [Label]
  /// Further lines.
  public var notes: [String]
  /// A fix: code or a sentence; shown after `try:`.
  public var suggestion: String?
  /// The calls on the way, innermost first: `in f, called at lib.henge:12:5`.
  public var trace: [Label]

  /// The code of the error after Ctrl-C stopped the program; no script can catch it.
  public static let interruptCode = "E-interrupt"
  /// The code of the error after the reader of the output has ended; no script can catch it.
  public static let closedCode = "E-closed"

  /// A diagnostic from its parts.
  public init(
    _ code: String, _ message: String, labels: [Label] = [], notes: [String] = [],
    suggestion: String? = nil, trace: [Label] = []
  ) {
    self.code = code
    self.message = message
    self.labels = labels
    self.notes = notes
    self.suggestion = suggestion
    self.trace = trace
  }
}
