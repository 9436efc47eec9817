// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Lines of help, fitted to a width.
struct HelpPage {
  let width: Int
  private(set) var lines: [String] = []

  /// An empty page of at least 40 columns.
  init(width: Int) { self.width = max(40, width) }

  var text: String { lines.joined(separator: "\n") }

  /// Adds a line that fits as it is, or is cut.
  mutating func line(_ text: String) { lines.append(TextWidth.cut(text, to: width)) }

  /// Adds a line, however long it is.
  mutating func add(_ line: String) { lines.append(line) }

  /// Adds a paragraph.
  mutating func paragraph(_ text: String, indent: Int = 0) {
    lines += TextWidth.wrapped(text, width: width, indent: indent)
  }

  /// Adds an empty line, unless one stands there already.
  mutating func gap() { if let last = lines.last, !last.isEmpty { lines.append("") } }

  /// Adds names, each with what it is, in two columns.
  mutating func entries(_ entries: [(name: String, text: String)]) {
    let widest = entries.map { TextWidth.of($0.name) }.max() ?? 0
    let column = min(widest, width * 2 / 5) + 4
    for (name, text) in entries {
      let room = max(16, width - column)
      let parts = TextWidth.wrapped(text, width: room)
      let head = "  " + TextWidth.cut(name, to: column - 4)
      lines.append(head + String(repeating: " ", count: column - TextWidth.of(head)) + parts[0])
      for part in parts.dropFirst() { lines.append(String(repeating: " ", count: column) + part) }
    }
  }

  /// Adds names side by side behind a heading.
  mutating func names(_ heading: String, _ names: [String]) {
    guard !names.isEmpty else { return }
    let column = 14
    let head = "  " + heading + String(repeating: " ", count: max(1, column - 2 - heading.count))
    let parts = TextWidth.wrapped(names.joined(separator: " "), width: width - column)
    lines.append(head + parts[0])
    for part in parts.dropFirst() { lines.append(String(repeating: " ", count: column) + part) }
  }

  // MARK: Built-ins

  /// Adds the pages of `builtins`, which share a name, and what is related to them.
  mutating func add(_ builtins: [Builtin]) {
    for builtin in builtins {
      gap()
      signature(of: builtin)
      gap()
      paragraph(builtin.summary)
      if !builtin.parameters.isEmpty {
        gap()
        entries(builtin.parameters.map { ($0.name, $0.documentation) })
      }
      gap()
      for example in builtin.examples { self.example(example) }
    }
    gap()
    let errors = builtins.flatMap(\.errors).unique
    if !errors.isEmpty { names("errors", errors.map { "?" + $0 }) }
    let related = builtins.flatMap(\.seeAlso).unique.filter { $0 != builtins[0].name }
    if !related.isEmpty { names("see also", related.map { "?" + $0 }) }
    names("group", builtins.map(\.group).unique.map { "?" + $0 })
  }

  /// Adds the signature on one line, or on a line for each parameter.
  mutating func signature(of builtin: Builtin) {
    let whole = builtin.signature
    guard TextWidth.of(whole) > width, let open = whole.firstIndex(of: "(") else {
      lines.append(whole)
      return
    }
    lines.append(String(whole[...open]))
    var end = ") -> \(builtin.result)"
    if builtin.naming == .property { end = ")" }
    let inside = whole[whole.index(after: open)...].dropLast(end.count)
    for part in String(inside).parts(after: ",") {
      lines += TextWidth.wrapped("  " + part, width: width - 2, indent: 4).map {
        $0.hasPrefix(" ") ? $0 : "  " + $0
      }
    }
    lines.append(end)
  }

  // MARK: Examples

  /// Adds an example as it looks at the prompt, with what it gives.
  mutating func example(_ example: Example) {
    for line in example.code.split(separator: "\n") { statement(String(line)) }
    let output = example.prints ?? example.gives
    for line in output?.split(separator: "\n", omittingEmptySubsequences: false) ?? [] {
      lines.append("  " + line)
    }
  }

  private mutating func statement(_ code: String) {
    let prompt = "  henge> "
    let further = "      …> "
    guard prompt.count + TextWidth.of(code) > width else {
      lines.append(prompt + code)
      return
    }
    let statements = code.parts(after: ";")
    for whole in statements {
      // An assignment shows nothing; what else is muted has to stay so.
      let isPlain = whole.hasSuffix(";") && whole.holds(" = ")
      let statement = isPlain ? String(whole.dropLast()) : whole
      var head = prompt
      var line = ""
      for part in statement.parts(after: ",", isInBrackets: true) {
        if !line.isEmpty, prompt.count + TextWidth.of(line) + 1 + TextWidth.of(part) > width {
          lines.append(head + line)
          (head, line) = (further, "")
        }
        line += (line.isEmpty ? "" : " ") + part
      }
      lines.append(head + line)
    }
  }
}

extension [String] {
  /// Each once, in the order in which they first stand.
  var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension String {
  /// The parts that end with `mark` or with the text, without the space before them.
  ///
  /// A mark counts outside quotes only, and outside brackets unless `isInBrackets`.
  fileprivate func parts(after mark: Character, isInBrackets: Bool = false) -> [String] {
    var parts = [""]
    var depth = 0
    var quote: Character?
    for character in self {
      if parts[parts.count - 1].isEmpty, character == " ", parts.count > 1 { continue }
      parts[parts.count - 1].append(character)
      if let open = quote {
        if character == open { quote = nil }
        continue
      }
      switch character {
      case "\"", "'": quote = character
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case mark where isInBrackets ? depth > 0 : depth == 0: parts.append("")
      default: break
      }
    }
    return parts.filter { !$0.isEmpty }
  }
}
