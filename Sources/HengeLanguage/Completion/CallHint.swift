// SPDX-License-Identifier: MIT

extension Completer {
  /// The hint shown next to a text being typed: the signature of the call around the cursor with
  /// its current parameter in `<…>`, or a description of the name at the cursor.
  ///
  /// It is one line of at most `room` columns; `nil` if there is no hint or not enough room.
  public func hint(for text: String, at cursor: Int, room: Int) -> String? {
    guard room >= 8 else { return nil }
    let bytes = Array(text.utf8)
    let end = min(max(0, cursor), bytes.count)
    let before = TextBeforeCursor(Array(bytes[..<end]), linesAbove: linesAbove)
    let place = before.place()
    if case .nothing = place.kind, place.call == nil { return nil }
    let foresight = ValueInference(before, self)
    let name = named(at: place, bytes, end, foresight)
    let isInString = if case .string = place.kind { true } else { false }
    if let call = place.call,
      let hint = signature(of: call, foresight, room, takesString: isInString)
    {
      guard let name, TextWidth.of(hint) + TextWidth.of(name) + 3 <= room else { return hint }
      return hint + "   " + name
    }
    return name.flatMap { TextWidth.of($0) <= room ? $0 : nil }
  }

  /// What the name that ends at the cursor is: `x: f32 3x64x64`.
  private func named(
    at place: CursorPlace, _ bytes: [UInt8], _ end: Int, _ foresight: ValueInference
  ) -> String? {
    let length = place.typed.end - place.typed.start
    guard length > 0, end == bytes.count || !Lexer.isNamePart(bytes[end]) else { return nil }
    let name = String(decoding: bytes[(end - length)..<end], as: UTF8.self)
    switch place.kind {
    case .value, .behindValue:
      guard Word.bySpelling[name] == nil else { return nil }
      if let value = foresight.global(name) { return "\(name): \(TextWidth.visible(value.brief))" }
      return declared(library.builtins.first { $0.name == name && $0.naming != .property })
    case .member(let receiver?):
      let base = foresight.look(at: receiver)
      if case .value(let value) = base, case .record(let record) = value, let field = record[name] {
        // What is there only once the call was made has no value yet.
        if case .undefined = field { return nil }
        return "\(name): \(TextWidth.visible(field.brief))"
      }
      let all =
        (library.properties[name]?.builtins ?? []) + (library.functions[name]?.builtins ?? [])
      return declared(all.first { $0.parameters.first.map(base.fits) ?? false })
    default: return nil
    }
  }

  private func declared(_ builtin: Builtin?) -> String? { builtin?.signature }

  /// The signature of `call`; with `takesString`, of the built-in that takes one at the cursor.
  private func signature(
    of call: OpenCall, _ foresight: ValueInference, _ room: Int, takesString: Bool
  ) -> String? {
    switch foresight.target(of: call) {
    case .builtins(let builtins, let skipped):
      let fitting = builtins.filter { $0.index(at: call, skipped: skipped) != nil }
      let taking = fitting.first { builtin in
        builtin.index(at: call, skipped: skipped).map {
          builtin.parameters[$0].accepts(kind: "str")
        } ?? false
      }
      guard let builtin = (takesString ? taking : nil) ?? fitting.first ?? builtins.first
      else { return nil }
      let parts = builtin.parameters.dropFirst(skipped).map(CallHint.Part.init)
      let current = builtin.index(at: call, skipped: skipped).map { $0 - skipped }
      return CallHint(
        name: builtin.shownName, parts: parts, current: current, result: builtin.result
      )
      .fitted(to: room)
    case .function(let literal, let skipped):
      let parts = literal.parameters.dropFirst(skipped).map { parameter in
        CallHint.Part(
          name: parameter.name.text, kind: "", initial: parameter.initial == nil ? nil : "…")
      }
      let byName = call.name.map { name in
        literal.parameters.firstIndex { $0.name.text == name }.map { $0 - skipped }
      }
      let current = byName ?? call.position
      return CallHint(name: literal.name ?? "", parts: parts, current: current, result: "")
        .fitted(to: room)
    case .unknown: return nil
    }
  }
}

/// A signature that is fitted to the room there is.
private struct CallHint {
  struct Part {
    let name: String
    let kind: String
    let initial: String?

    init(name: String, kind: String, initial: String?) {
      self.name = name
      self.kind = kind
      self.initial = initial
    }

    init(_ parameter: Parameter) {
      let mark =
        switch parameter.role {
        case .single: ""
        case .rest: "*"
        case .keywords: "**"
        }
      self.init(
        name: mark + parameter.name, kind: parameter.kind,
        initial: parameter.initial?.representation)
    }

    var short: String { name + (initial == nil ? "" : "=…") }
    var typed: String { kind.isEmpty ? name : "\(name): \(kind)" }
    var full: String { typed + (initial.map { kind.isEmpty ? "=\($0)" : " = \($0)" } ?? "") }
  }

  let name: String
  let parts: [Part]
  let current: Int?
  let result: String

  /// The fullest form of at most `room` columns.
  func fitted(to room: Int) -> String? {
    let arrow = result.isEmpty || result == "any" ? "" : " -> \(result)"
    var forms = [
      list { part, isCurrent in isCurrent ? part.full : part.full } + arrow,
      list { part, isCurrent in isCurrent ? part.full : part.short } + arrow,
      list { part, isCurrent in isCurrent ? part.full : part.short },
      list { part, isCurrent in isCurrent ? part.full : part.name },
    ]
    if let current, parts.indices.contains(current) {
      let before = current > 0 ? "…, " : ""
      let after = current + 1 < parts.count ? ", …" : ""
      forms.append("\(name)(\(before)<\(parts[current].full)>\(after))")
      forms.append("\(name)(\(before)<\(parts[current].typed)>\(after))")
      forms.append("<\(parts[current].full)>")
      forms.append("<\(parts[current].typed)>")
      forms.append("<\(parts[current].name)>")
    } else {
      forms.append(parts.isEmpty ? "\(name)()" : "\(name)(…)")
    }
    return forms.map(TextWidth.visible).first { TextWidth.of($0) <= room }
  }

  private func list(_ text: (Part, Bool) -> String) -> String {
    let written = parts.enumerated().map { index, part in
      index == current ? "<\(text(part, true))>" : text(part, false)
    }
    return "\(name)(\(written.joined(separator: ", ")))"
  }
}
