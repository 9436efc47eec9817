// SPDX-License-Identifier: MIT

/// Draws diagnostics as text.
///
/// ```
/// E-shape: cannot add 1x3x64x64 and 1x32x32
///   12 | y = t.g_ab(x) + plane
///      |     ^^^^^^^^^   ^^^^^ f32 1x32x32
///      |     f32 1x3x64x64
///   axis 2: 64 against 32;  axis 3: 64 against 32
///   try: plane |> resize(64x64)
/// ```
/// Text from outside is shown with its control codes written out.
public struct Renderer: Sendable {
  /// The columns into which the lines of the source are fitted, at least 40.
  public let width: Int
  /// Whether to use ANSI colors.
  public let isColoured: Bool
  /// Whether messages and notes end their lines between words.
  public let isWrapped: Bool

  /// A renderer for `width` columns; with `isWrapped`, lines break between words, for a terminal.
  public init(width: Int = 80, isColoured: Bool = false, isWrapped: Bool = false) {
    self.width = max(40, width)
    self.isColoured = isColoured
    self.isWrapped = isWrapped
  }

  /// The message alone: `E-shape: cannot add 1x3x64x64 and 1x32x32`.
  public static func line(_ diagnostic: Diagnostic) -> String {
    TextWidth.visible("\(diagnostic.code): \(diagnostic.message)")
  }

  /// Everything, over several lines, without a newline at the end.
  public func render(_ diagnostic: Diagnostic) -> String {
    var rows = [heading(diagnostic)]
    let home = diagnostic.labels.first?.source
    var sources: [Source] = []
    for label in diagnostic.labels where !sources.contains(where: { $0 === label.source }) {
      sources.append(label.source)
    }
    for source in sources {
      if source !== home { rows.append("  in \(TextWidth.visible(source.name)):") }
      rows += excerpt(source, diagnostic.labels.filter { $0.source === source })
    }
    for note in diagnostic.notes {
      rows += lines("  " + TextWidth.visible(note), indent: 4)
    }
    if let suggestion = diagnostic.suggestion {
      let margin = "  try: "
      let all = suggestion.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
        lines(margin + TextWidth.visible(String($0)), indent: margin.count)
      }
      for (index, line) in all.enumerated() {
        let text = line.dropFirst(margin.count)
        rows.append((index == 0 ? "  \(paint("try:", .green)) " : "       ") + text)
      }
    }
    rows += trace(diagnostic.trace)
    return rows.joined(separator: "\n")
  }

  private func heading(_ diagnostic: Diagnostic) -> String {
    let code = TextWidth.visible(diagnostic.code)
    var place = ""
    if let label = diagnostic.labels.first, label.source.entryNumber == nil {
      place = " in \(self.place(label))"
    }
    // The text is wrapped together with its prefix, and then colored.
    let before = "\(code)\(place): "
    var rows = lines(before + TextWidth.visible(diagnostic.message), indent: 2)
    guard rows[0].hasPrefix(before) else { return rows.joined(separator: "\n") }
    rows[0] = String(rows[0].dropFirst(before.count))
    return paint(code, .red) + "\(place): "
      + rows.map { paint($0, .bold) }.joined(separator: "\n")
  }

  /// `text` wrapped to the width if wrapping is on; further lines are indented by `indent` spaces.
  private func lines(_ text: String, indent: Int) -> [String] {
    guard isWrapped, TextWidth.of(text) > width else { return [text] }
    let margin = text.prefix { $0 == " " }
    return TextWidth.wrapped(text, width: width - margin.count, indent: indent - margin.count)
      .map { margin + $0 }
  }

  /// `f.henge:12:5`; the column counts characters.
  private func place(_ label: Diagnostic.Label) -> String {
    let (line, column) = label.source.position(of: label.span.start)
    let start = label.span.start - (column - 1)
    let before = label.source.text(Span(start, label.span.start)).unicodeScalars.count
    let name = TextWidth.visible(label.source.name)
    guard let entry = label.source.entryNumber else { return "\(name):\(line):\(before + 1)" }
    return label.source.lineStarts.count > 1 ? "[\(entry)]:\(line)" : "[\(entry)]"
  }

  // MARK: Calls on the way

  /// The innermost and outermost calls; those between are counted.
  private func trace(_ calls: [Diagnostic.Label]) -> [String] {
    func row(_ label: Diagnostic.Label) -> String {
      "  \(TextWidth.visible(label.text)), called at \(place(label))"
    }
    guard calls.count > 12 else { return calls.map(row) }
    return calls.prefix(8).map(row) + ["  … \(calls.count - 11) more calls …"]
      + calls.suffix(3).map(row)
  }

  // MARK: Source lines

  /// The lines of `source` on which `labels` begin, each with its carets.
  private func excerpt(_ source: Source, _ labels: [Diagnostic.Label]) -> [String] {
    var byLine: [Int: [Diagnostic.Label]] = [:]
    for label in labels {
      byLine[source.position(of: clamped(label.span, source).start).line, default: []].append(label)
    }
    let numbers = byLine.keys.sorted()
    let gutters = numbers.map { gutter(source, $0) }
    let gutterWidth = gutters.map(\.utf8.count).max() ?? 0
    var rows: [String] = []
    for (position, number) in numbers.enumerated() {
      if position > 0, number > numbers[position - 1] + 1 {
        rows.append("  " + paint(String(repeating: " ", count: gutterWidth) + " …", .dim))
      }
      let margin = String(repeating: " ", count: gutterWidth - gutters[position].utf8.count)
      let bar = paint("  " + margin + gutters[position] + " |", .dim)
      let blank = paint("  " + String(repeating: " ", count: gutterWidth) + " |", .dim)
      let drawing = LineDrawing(
        source, number: number, labels: byLine[number] ?? [], width: width - gutterWidth - 5)
      rows.append(drawing.text.isEmpty ? bar : "\(bar) \(drawing.text)")
      rows += drawing.rows.map { "\(blank) " + paint($0, .red) }
    }
    return rows
  }

  private func gutter(_ source: Source, _ number: Int) -> String {
    guard let entry = source.entryNumber else { return "\(number)" }
    return source.lineStarts.count > 1 ? "\(entry):\(number)" : "\(entry)"
  }

  private func clamped(_ span: Span, _ source: Source) -> Span {
    let start = min(max(0, span.start), source.bytes.count)
    return Span(start, max(start, min(span.end, source.bytes.count)))
  }

  // MARK: Color

  private enum Colour: String {
    case red = "31;1"
    case green = "32"
    case bold = "1"
    case dim = "2"
  }

  private func paint(_ text: String, _ colour: Colour) -> String {
    isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension Source {
  /// 12 for `[12]`, an entry at the prompt; none for a file.
  var entryNumber: Int? {
    guard name.first == "[", name.last == "]" else { return nil }
    return Int(name.dropFirst().dropLast())
  }
}
