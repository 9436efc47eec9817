// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// Lines of help, fitted to a width.
struct HelpPage {
  let width: Int
  private(set) var lines: [String] = []

  /// An empty page of at least 40 columns.
  init(width: Int) { self.width = max(40, width) }

  var text: String { lines.joined(separator: "\n") }

  /// Adds a line, cut to the width.
  mutating func line(_ text: String) { lines.append(TextWidth.cut(text, to: width)) }

  /// Adds a line, however long it is.
  mutating func add(_ line: String) { lines.append(line) }

  /// Adds a paragraph.
  mutating func paragraph(_ text: String, indent: Int = 0) {
    lines += TextWidth.wrapped(text, width: width, indent: indent)
  }

  /// Adds an empty line, unless the last line is empty.
  mutating func gap() { if let last = lines.last, !last.isEmpty { lines.append("") } }

  /// Adds names and their descriptions in two columns.
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

  /// Adds a heading followed by names.
  mutating func names(_ heading: String, _ names: [String]) {
    guard !names.isEmpty else { return }
    let column = 14
    let head = "  " + heading + String(repeating: " ", count: max(1, column - 2 - heading.count))
    let parts = TextWidth.wrapped(names.joined(separator: " "), width: width - column)
    lines.append(head + parts[0])
    for part in parts.dropFirst() { lines.append(String(repeating: " ", count: column) + part) }
  }

  // MARK: Built-ins

  /// Adds the pages of `builtins`, which share a name, and related names.
  mutating func add(_ builtins: [Builtin]) {
    for builtin in builtins {
      gap()
      signature(of: builtin)
      gap()
      paragraph(builtin.summary)
      if !builtin.parameters.isEmpty {
        gap()
        parameters(of: builtin)
      }
      gap()
      for (index, example) in builtin.examples.enumerated() {
        if index > 0, example.entries.count > 1 { gap() }
        self.example(example)
      }
    }
    gap()
    let errors = builtins.flatMap(\.errors).unique
    if !errors.isEmpty { names("errors", errors.map { "?" + $0 }) }
    let related = builtins.flatMap(\.seeAlso).unique.filter { $0 != builtins[0].name }
    if !related.isEmpty { names("see also", related.map { "?" + $0 }) }
    names("group", builtins.map(\.group).unique.map { "?" + $0 })
  }

  /// Adds the signature with its types where it fits on one line, else with defaults alone.
  private mutating func signature(of builtin: Builtin) {
    let whole = builtin.signature
    guard TextWidth.of(whole) > width else {
      lines.append(whole)
      return
    }
    let short = builtin.shortSignature
    guard let open = short.firstIndex(of: "(") else { return }
    let parts = String(short[short.index(after: open)...]).parts(after: ",")
    var line = String(short[...open])
    for (index, part) in parts.enumerated() {
      let isTight = index == 0
      if !isTight, TextWidth.of(line) + 1 + TextWidth.of(part) > width {
        lines.append(line)
        line = "   "
      }
      line += (isTight ? "" : " ") + part
    }
    lines.append(line)
  }

  /// Adds the signature with its types, on one line or on a line for each parameter.
  mutating func declaration(of builtin: Builtin) {
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

  /// Adds the parameters, with their choices where the signature does not have them.
  private mutating func parameters(of builtin: Builtin) {
    let isWhole = TextWidth.of(builtin.signature) <= width
    entries(
      builtin.parameters.map { parameter in
        let choices = isWhole ? "" : parameter.choiceSentence
        return (parameter.name, parameter.documentation + choices)
      })
  }

  // MARK: Examples

  /// Adds an example as it looks at the prompt, with what its entries show.
  mutating func example(_ example: Example) {
    for entry in example.entries {
      var head = "  henge> "
      for line in entry.code.split(separator: "\n") {
        code(String(line), head: head)
        head = "      …> "
      }
      for line in entry.output?.split(separator: "\n", omittingEmptySubsequences: false) ?? [] {
        lines.append("  " + line)
      }
    }
  }

  /// Adds a line of code, broken after commas in brackets where it does not fit.
  private mutating func code(_ code: String, head: String) {
    guard head.count + TextWidth.of(code) > width else {
      lines.append(head + code)
      return
    }
    var head = head
    var line = ""
    for part in code.parts(after: ",", isInBrackets: true) {
      if !line.isEmpty, head.count + TextWidth.of(line) + 1 + TextWidth.of(part) > width {
        lines.append(head + line)
        (head, line) = ("      …> ", "  ")
      }
      line += (line.isEmpty || line == "  " ? "" : " ") + part
    }
    lines.append(head + line)
  }
}

extension Parameter {
  /// The strings that it takes, as a sentence after its documentation; empty where the documentation
  /// names them all, or it takes other values.
  fileprivate var choiceSentence: String {
    guard kind.hasPrefix("\""), kind.contains(" | ") else { return "" }
    let choices = kind.split(separator: " ").filter { $0 != "|" }
    guard choices.contains(where: { $0.hasPrefix("\"") && !documentation.contains($0) }) else {
      return ""
    }
    return " One of \(choices.joined(separator: ", "))."
  }
}

extension [String] {
  /// The distinct elements, in the order of their first occurrence.
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
