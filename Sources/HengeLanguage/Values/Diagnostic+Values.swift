// SPDX-License-Identifier: MIT

// The messages of errors about values and arguments.

extension Diagnostic {
  static func unknownChoice(_ given: String, among choices: [String]) -> Diagnostic {
    let list = choices.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      "E-arg", "\(given.quoted(limit: 40)) is not one of \(list)",
      suggestion: (Habits.hint(forWord: given, among: choices)
        ?? Suggestion.closest(to: given, among: choices)).map { "\"\($0)\"" })
  }

  /// E-arg for a named argument that the parameters `known` and the gathered `rest` do not take.
  static func unknownKeyword(
    _ name: String, of callee: String, known: [String], rest: String? = nil,
    at site: CallSite? = nil
  ) -> Diagnostic {
    let takes = known.isEmpty ? "no named arguments" : known.joined(separator: ", ")
    let meant = Habits.hint(forWord: name, among: known)
    let suggestion: String? =
      if name == rest {
        site?.passingInOrder(name)
      } else if let meant {
        site?.naming(name, meant) ?? "\(meant)="
      } else {
        Habits.hint(forArgument: name, of: callee)
          ?? Suggestion.closest(to: name, among: known).map { site?.naming(name, $0) ?? "\($0)=" }
      }
    return Diagnostic(
      "E-arg", "\(callee) has no parameter `\(name)`", notes: ["it takes \(takes)"],
      suggestion: suggestion)
  }

  static func wrongArgument(_ parameter: Parameter, _ value: Value) -> Diagnostic {
    Diagnostic(
      "E-type",
      "`\(parameter.name)` must be \(parameter.kind.inWords), not \(value.kindWithArticle)",
      notes: partAtFault(parameter, value),
      suggestion: parameter.advice ?? conversion(of: value, to: parameter.kind))
  }

  /// Which element of a list is wrong, when the parameter wants a list of one type.
  static func partAtFault(_ parameter: Parameter, _ value: Value) -> [String] {
    guard case .list(let list) = value else { return [] }
    if parameter.kind.split(separator: " ").contains("shape") { return sizeAtFault(list) }
    guard parameter.kind.hasPrefix("list of ") else { return [] }
    for (index, element) in list.elements.enumerated() where !parameter.accepts(Value([element])) {
      return ["element \(index) is \(element.brief)"]
    }
    return []
  }

  /// Why a list is no shape.
  private static func sizeAtFault(_ list: List) -> [String] {
    for (index, element) in list.elements.enumerated() {
      guard case .int(let size) = element.scalar, size >= 0 else {
        return ["a size is an int of 0 or more; element \(index) is \(element.brief)"]
      }
    }
    return ["the number of elements does not fit 64 bits"]
  }

  /// What would make `value` one of `kind`, when one call does.
  static func conversion(of value: Value, to kind: String) -> String? {
    switch (kind.split(separator: " ").first ?? "", value) {
    case ("int", .num): return "int(§)"
    case ("int", .str(let text)): return Int(text.string) == nil ? nil : "int(§)"
    case ("num", .str(let text)): return Double(text.string) == nil ? nil : "num(§)"
    case ("shape", .str(let text)):
      let sizes = text.string.split(separator: "x").map { Int($0) }
      return sizes.count > 1 && !sizes.contains(nil) ? text.string : nil
    case ("str", .int), ("str", .num): return "str(§)"
    case ("dataset", .str): return "images(§, size=64x64)"
    case ("fn", .object) where value.kind == "tensor": return "() => §"
    case ("str", .record(let record)) where kind.contains("list of record"):
      let isOfColumns = record.values.contains { if case .list = $0 { true } else { false } }
      return isOfColumns ? "**§" : "[§]"
    case ("fn", .int), ("fn", .num), ("fn", .bool): return "x => §"
    case ("list", .list) where kind == "list of str": return "[str(x) for x in §]"
    case ("tensor", .list(let list)): return list.isOfNumbers ? "tensor(§)" : nil
    case ("tensor", .object) where value.kind == "dataset": return "§.tensor()"
    case ("dataset", _) where value.isOfTensors: return "dataset(§)"
    case ("pairs", _) where value.isOfTensors:
      return kind.contains("dataset") ? "dataset(§)" : "pairs(dataset(§), …)"
    case ("pairs", .object) where value.kind == "dataset": return "pairs(§, …)"
    case ("list", .list), ("list", .none): return nil
    case ("list", _) where kind.hasPrefix("list of"):
      let element = kind.dropFirst("list of ".count).split(separator: " ").first
      return element.map { value.kind == $0 || $0 == "num" && value.kind == "int" } == true
        ? "[§, …]" : nil
    default: return nil
    }
  }
}

extension CallSite {
  /// The call with the argument `name` under the name `other`; that name alone for a long call.
  fileprivate func naming(_ name: String, _ other: String) -> String {
    guard let place = arguments.first(where: { $0.kind == .named(name) })?.nameSpan,
      span.start <= place.start, place.end <= span.end
    else { return "\(other)=" }
    let call =
      source.text(Span(span.start, place.start)) + other + source.text(Span(place.end, span.end))
    return call.utf8.count <= 72 && !call.contains("\n") ? call : "\(other)="
  }

  /// The call with the argument `name` first and without its name.
  fileprivate func passingInOrder(_ name: String) -> String? {
    guard isSimple || member == nil, !arguments.isEmpty else { return nil }
    let texts = arguments.map { argument in
      switch argument.kind {
      case .named(let other) where other != name: "\(other)=\(source.text(argument.span))"
      default: source.text(argument.span)
      }
    }
    guard let place = arguments.firstIndex(where: { $0.kind == .named(name) }) else { return nil }
    let order = [texts[place]] + texts[..<place] + texts[(place + 1)...]
    let call = "\(source.text(calleeSpan))(\(order.joined(separator: ", ")))"
    return call.utf8.count <= 72 && !call.contains("\n") ? call : nil
  }
}

extension Value {
  /// Whether it is a tensor, or a list of tensors.
  fileprivate var isOfTensors: Bool {
    switch self {
    case .object: return kind == "tensor"
    case .list(let list):
      return !list.elements.isEmpty && list.elements.allSatisfy { $0.kind == "tensor" }
    default: return false
    }
  }
}

extension List {
  /// Whether every element is a number, a bool, a tensor, or a list of those.
  fileprivate var isOfNumbers: Bool {
    elements.allSatisfy { element in
      switch element {
      case .int, .num, .bool: true
      case .list(let inner): inner.isOfNumbers
      default: element.kind == "tensor"
      }
    }
  }
}

extension String {
  /// A kind as messages say it: `an int, a list of ints or none` for `int | list of int | none`.
  var inWords: String {
    let kinds = split(separator: "|").map(String.init)
    let choices = kinds.prefix { $0.contains("\"") }.map { $0.filter { $0 != " " } }
    guard choices.count > 1 else { return kinds.alternatives }
    let others = kinds.dropFirst(choices.count)
    return "one of " + choices.joined(separator: ", ")
      + (others.isEmpty ? "" : ", or " + Array(others).alternatives)
  }

  /// One kind with its article, where it has one.
  fileprivate var kindInWords: String {
    let words = split(separator: " ").joined(separator: " ")
    let isInvariant = ["none", "any", "pairs", "batches"].contains(words) || hasPrefix("\"")
    if isInvariant { return words }
    let holds = words.hasPrefix("list of ") || words.hasPrefix("record of ")
    return withArticle(holds && !words.hasSuffix("y") ? words + "s" : words)
  }
}

extension [String] {
  /// The kinds as a message lists them: `a str, a list or a tensor`.
  var alternatives: String {
    let parts = flatMap { $0.split(separator: "|") }.map { String($0).kindInWords }
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "nothing" }
    return parts.dropLast().joined(separator: ", ") + " or " + last
  }
}
