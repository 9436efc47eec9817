// SPDX-License-Identifier: MIT

extension Library {
  /// The equivalent of a name from a related language, and its built-ins; `plt.imshow` as well as
  /// `imshow`.
  public func counterpart(of name: String) -> (hint: String, builtins: [Builtin])? {
    let last = name.split(separator: ".").last.map(String.init) ?? name
    let known = [Habits.hint(forName: last), Habits.hint(forMember: last, of: "x")]
    let isMember = last != name && !Habits.modules.contains(String(name.prefix { $0 != "." }))
    guard let hint = (isMember ? known.reversed() : known).lazy.compactMap(usable).first else {
      return nil
    }
    let names = hint.parts.flatMap(\.calledNames)
    return (hint, names.first.map(builtins(named:)) ?? [])
  }

  /// What to write for the line around `span`, a name that nothing is called here but something of
  /// another language or of the system's shell.
  func elsewhere(_ source: Source, _ span: Span) -> String? {
    withoutModule(source, span) ?? Habits.program(in: source, at: span)
  }

  /// The line around `span`, a module of another language, without the module: `mean(x)` for
  /// `np.mean(x)`; or henge's equivalent of the name after the dot.
  func withoutModule(_ source: Source, _ span: Span) -> String? {
    guard Habits.modules.contains(source.text(span)) else { return nil }
    let bytes = source.bytes
    var end = span.end
    var start = span.start
    while end < bytes.count, bytes[end] == UInt8(ascii: ".") {
      start = end + 1
      end = start
      while end < bytes.count, Lexer.isNamePart(bytes[end]) { end += 1 }
    }
    guard start > span.start, start < end else { return nil }
    let name = source.text(Span(start, end))
    let whole = source.text(Span(span.start, end))
    if let close = source.closing(of: end),
      let call = Habits.call(
        whole, Habits.arguments(source.text(Span(end + 1, close))))
    {
      return source.line(replacing: Span(span.start, close + 1), with: call)
    }
    if let hint = usable(Habits.hint(forName: whole)) { return hint }
    guard functions[name] != nil || constants[name] != nil else {
      return usable(Habits.hint(forName: name))
    }
    return source.line(replacing: Span(span.start, end), with: name)
  }

  /// The parts of a hint that name only what is here; none when nothing is left.
  ///
  /// A hint has parts between commas, such as `plot(y), show(x)`, of which some may be of a
  /// later version.
  func usable(_ hint: String?) -> String? {
    guard let hint else { return nil }
    let parts = hint.parts.filter { isKnown($0, []) }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// Whether all that a part of a hint calls is here, or among `members`.
  private func isKnown(_ part: String, _ members: [String]) -> Bool {
    part.calledNames.allSatisfy { name in
      functions[name] != nil || properties[name] != nil || members.contains(name) || name == "f"
        || name == "m"
    }
  }

  /// As ``usable(_:)``, without the parts that name a member of `§` which is not among `members`, and
  /// those that pass `§` to a built-in which does not take `value`.
  func usable(_ hint: String?, members: [String], _ value: Value) -> String? {
    guard let hint else { return nil }
    let parts = hint.parts.filter { part in
      guard isKnown(part, members) else { return false }
      if let call = part.firstIndex(of: "("), part[part.index(after: call)...].hasPrefix("§"),
        let after = part[call...].dropFirst(2).first, ",)".contains(after),
        let function = functions[String(part[..<call])], function.accepting(value) == nil
      {
        return false
      }
      guard let mark = part.firstIndex(of: "§") else { return true }
      let behind = part[part.index(after: mark)...]
      guard behind.first == "." else { return true }
      return members.contains(
        String(behind.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }))
    }
    guard let first = parts.first else { return nil }
    // What followed a comma may be first now.
    let start = first.hasPrefix("or ") ? String(first.dropFirst(3)) : first
    return ([start] + parts.dropFirst()).joined(separator: ", ")
  }

  /// The call of `builtin` for each item of a collection, whose items it takes: `§.map(x => flip(x, …))`.
  func eachItem(_ builtin: Builtin, of value: Value) -> String? {
    guard case .object(let object) = value, builtin.naming == .function,
      let kind = (object as? any HasElementKinds)?.elementKind(isSlice: false),
      let first = builtin.parameters.first, first.kind == kind, !builtin.accepts(value),
      functions["map"]?.accepting(value) != nil
    else { return nil }
    return "§.map(x => \(builtin.name)(x\(builtin.parameters.count > 1 ? ", …" : "")))"
  }

  /// What `name`, which nothing is called, may be meant as: a choice without its quotes, a property
  /// without its dot.
  func meaning(ofName name: String) -> String? {
    // A letter is anything.
    guard name.utf8.count > 1 else { return nil }
    if builtins.contains(where: { $0.parameters.contains { $0.choices.contains(name) } }) {
      return name.quoted()
    }
    return properties[name] == nil ? nil : "x.\(name)"
  }
}

extension Source {
  /// Where the parenthesis that opens at `start` closes, on the same line; nil where none opens.
  fileprivate func closing(of start: Int) -> Int? {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "(") else { return nil }
    var depth = 0
    var quote: UInt8?
    for index in start..<bytes.count {
      let byte = bytes[index]
      if byte == 10 { return nil }
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
    }
    return nil
  }
}

extension String {
  /// The text between commas that are outside brackets and quotes.
  fileprivate var parts: [String] {
    var parts = [""]
    var depth = 0
    var isText = false
    for character in self {
      switch character {
      case "\"": isText.toggle()
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      default: break
      }
      if character == ",", depth == 0, !isText {
        parts.append("")
      } else if character != " " || parts[parts.count - 1] != "" {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  /// The names before a parenthesis and after a dot, outside quotes.
  fileprivate var calledNames: [String] {
    var names: [String] = []
    var word = ""
    var isMember = false
    var isText = false
    for character in self + " " {
      if character == "\"" { isText.toggle() }
      if !isText, character.isLetter || character == "_" || !word.isEmpty && character.isNumber {
        word.append(character)
        continue
      }
      if !word.isEmpty, isMember || character == "(" { names.append(word) }
      isMember = character == "." && !isText
      word = ""
    }
    return names
  }
}
