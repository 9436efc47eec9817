// SPDX-License-Identifier: MIT
internal import HengeLanguage

extension HelpPage {
  /// Adds a description of `name`: its type, its value in one line, its members and functions.
  mutating func add(
    _ name: String, _ value: Value, in interpreter: Interpreter, showsValue: Bool = true
  ) throws {
    if case .function(let function) = value { return add(name, function) }
    line("\(name) is \(sentence(of: value))")
    if showsValue, let echo = try echo(of: value, in: interpreter) { line("  " + echo) }
    if case .record(let record) = value, record.count > 0 {
      gap()
      let shown = zip(record.names, record.values).prefix(20)
      entries(shown.map { (TextWidth.visible($0), TextWidth.visible($1.brief)) })
      if record.count > 20 { line("  … \(record.count - 20) more: keys(\(name))") }
    }
    let members = Completer(interpreter.library, globals: []).members(of: value)
    gap()
    if case .object(let object) = value {
      let settable = (object as? any HasSettableMembers)?.settableNames ?? []
      names("members", members.own.map { "." + $0 })
      names("settable", settable.map { ".\($0) = …" })
      if let call = interpreter.library.calling(value) {
        names("callable", [name + call.signature.drop { $0 != "(" }])
      }
    }
    names("properties", members.properties.map { "." + $0 })
    names("functions", members.functions.map { ".\($0)()" })
    if let first = members.functions.first ?? members.properties.first {
      names("", ["?\(name).\(first) describes this one"])
    }
  }

  /// `a tensor: f32 2x3`, `a list of 3`.
  private func sentence(of value: Value) -> String {
    let brief = TextWidth.visible(value.brief)
    let kind = value.kindWithArticle
    guard brief != value.kind else { return kind }
    return brief.hasPrefix(value.kind + " ")
      ? kind + brief.dropFirst(value.kind.count) : "\(kind): \(brief)"
  }

  /// The first line of the echo, if it adds to what was shown already.
  private func echo(of value: Value, in interpreter: Interpreter) throws -> String? {
    if case .record = value { return nil }
    let displays = try interpreter.displays(of: value, width: width - 2)
    let first = displays.first { display in
      switch display {
      case .text, .table: true
      case .pixels, .thumbnail, .plot: false
      }
    }
    guard let text = try first?.plainText(columns: width - 2) else { return nil }
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    let isNew = line != value.brief && !value.brief.hasSuffix(" " + line)
    return isNew ? TextWidth.visible(line) : nil
  }

  /// `fn area(height, width=2)`, with defaults as in the source.
  private static func signature(of literal: FunctionLiteral, in source: Source) -> String {
    var parts: [String] = []
    for parameter in literal.parameters {
      if parameter.isKeywordOnly && !parts.contains("*") { parts.append("*") }
      let initial = parameter.initial.map { "=" + TextWidth.visible(source.text($0.span)) }
      parts.append(parameter.name.text + (initial ?? ""))
    }
    return "fn \(literal.name ?? "")(\(parts.joined(separator: ", ")))"
  }

  private mutating func add(_ name: String, _ function: Function) {
    guard let literal = function.literal, let source = function.source else {
      return add(function.builtins)
    }
    line("\(name) is a function: \(HelpPage.signature(of: literal, in: source))")
    if let documentation = literal.documentation {
      gap()
      for paragraph in documentation.split(separator: "\n") { self.paragraph(String(paragraph)) }
    }
    gap()
    let place = source.position(of: literal.span.start).line
    let name = TextWidth.visible(source.name)
    names("defined at", [source.lineStarts.count > 1 ? "\(name):\(place)" : name])
    names("source", ["??\(function.name ?? "")"])
  }
}
