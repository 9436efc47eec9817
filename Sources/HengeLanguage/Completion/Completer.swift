// SPDX-License-Identifier: MIT

/// Completes a text from the declarations and the current values.
///
/// Nothing is run: the value of a name, field or element is looked up, and of a call only the
/// declared result type is known.
public struct Completer {
  let library: Library
  let globals: [(name: String, value: Value)]
  let linesAbove: LinesAbove?

  /// A completer for a session with these globals, which reads only what `linesAbove` does not know.
  public init(
    _ library: Library, globals: [(name: String, value: Value)], linesAbove: LinesAbove? = nil
  ) {
    self.library = library
    self.globals = globals
    self.linesAbove = linesAbove
  }

  /// The possible continuations at `cursor`, an offset in the bytes of `text`.
  public func continuations(of text: String, at cursor: Int) -> Continuations {
    let bytes = Array(text.utf8)
    let cursor = min(max(0, cursor), bytes.count)
    let before = TextBeforeCursor(Array(bytes[..<cursor]), linesAbove: linesAbove)
    let place = before.place()
    // Carriage returns are not part of the typed text, so lengths after them are unchanged.
    let length = place.typed.end - place.typed.start
    let start = max(0, cursor - length)
    let next = cursor < bytes.count ? bytes[cursor] : 0
    let (candidates, file) = found(at: place, in: before, next: next, bytes[start..<cursor], start)
    return Continuations(
      start: start, typed: String(decoding: bytes[start..<cursor], as: UTF8.self),
      candidates: candidates, file: file)
  }

  private func found(
    at place: CursorPlace, in text: TextBeforeCursor, next: UInt8, _ typed: ArraySlice<UInt8>,
    _ start: Int
  ) -> ([Continuations.Candidate], OpenText?) {
    let foresight = ValueInference(text, self)
    switch place.kind {
    case .nothing: return ([], nil)
    case .behindValue: return (words([.and, .or, .in, .not, .by, .if, .else, .for]), nil)
    case .member(let receiver):
      guard let receiver else { return ([], nil) }
      return (members(of: foresight.look(at: receiver), next), nil)
    case .value(let beginsStatement):
      if typed.isEmpty, let call = place.call, call.name != nil {
        let choices = choices(in: call, foresight)
        if !choices.isEmpty { return (choices.map { .init($0.quoted()) }, nil) }
      }
      var found: [Continuations.Candidate] = []
      if place.beginsArgument, let call = place.call {
        found += keywords(of: call, foresight)
      }
      let isPlain = next == UInt8(ascii: "(") || place.call?.name != nil || text.endsInPipe
      // Where nothing is typed, what a call takes is not drowned in all that there is.
      let isOpen = typed.isEmpty && !found.isEmpty
      found += names(
        text, beginsStatement: beginsStatement, opens: !isPlain, areDeclaredLeftOut: isOpen)
      return (found, nil)
    case .string(let string, let receiver, let isIndex):
      guard !string.hasValues else { return ([], nil) }
      let open = OpenText(string, typed, next: next)
      if isIndex {
        let closing = open.closing.isEmpty ? "" : open.closing + "]"
        return (keys(of: receiver.map { foresight.look(at: $0) }, open, closing: closing), nil)
      }
      if let call = place.call {
        let choices = choices(in: call, foresight)
        if !choices.isEmpty {
          return (choices.map { .init($0, suffix: open.closing) }, nil)
        }
        if let names = fieldNames(of: call, foresight) {
          return (keys(names, open, closing: open.closing), nil)
        }
        if call.position > 0 || call.piped != nil || call.isMember {
          return (keys(of: foresight.first(of: call), open, closing: open.closing), open)
        }
      }
      return ([], open)
    }
  }

  // MARK: Names

  private func names(
    _ text: TextBeforeCursor, beginsStatement: Bool, opens: Bool, areDeclaredLeftOut: Bool
  ) -> [Continuations.Candidate] {
    var found: [String: Continuations.Candidate] = [:]
    if !areDeclaredLeftOut {
      for name in library.functions.keys { found[name] = .init(name, suffix: opens ? "(" : "") }
      for name in library.constants.keys { found[name] = .init(name) }
      for word in Word.allCases where beginsStatement || !Word.beginningStatements.contains(word) {
        found[word.rawValue] = .init(word.rawValue)
      }
    }
    for binding in text.bindings() { found[binding.name] = .init(binding.name) }
    for (name, value) in globals {
      var suffix = ""
      if case .function = value, opens { suffix = "(" }
      found[name] = .init(name, suffix: suffix)
    }
    return found.values.sorted { $0.text < $1.text }
  }

  private func words(_ words: [Word]) -> [Continuations.Candidate] {
    words.map(\.rawValue).sorted().map { .init($0) }
  }

  private func members(of base: InferredValue, _ next: UInt8) -> [Continuations.Candidate] {
    let members: [Member]
    switch base {
    case .value(let value): members = library.members(of: value)
    case .kind(let kind): members = library.members(ofKind: kind)
    case .unknown: return []
    }
    var found: [String: Continuations.Candidate] = [:]
    for member in members where found[member.name] == nil {
      let isCalled = member.builtin?.naming == .function && next != UInt8(ascii: "(")
      guard member.name.isIdentifier else { continue }
      found[member.name] = .init(member.name, suffix: isCalled ? "(" : "")
    }
    return found.values.sorted { $0.text < $1.text }
  }

  // MARK: Arguments

  /// The names of parameters not passed yet.
  private func keywords(of call: OpenCall, _ foresight: ValueInference) -> [Continuations.Candidate]
  {
    var names: [String] = []
    switch foresight.target(of: call) {
    case .builtins(let builtins, let skipped):
      for builtin in builtins {
        let taken = Set(
          builtin.parameters.prefix(skipped + call.position).map(\.name) + call.named)
        for parameter in builtin.parameters where !taken.contains(parameter.name) {
          if parameter.role == .single { names.append(parameter.name) }
          if parameter.role == .keywords { names += fields(of: call, foresight) }
        }
      }
    case .function(let literal, let skipped):
      let taken = Set(
        literal.parameters.prefix(skipped + call.position).map(\.name.text) + call.named)
      names += literal.parameters.map(\.name.text).filter { !taken.contains($0) }
    case .unknown: break
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }.map { .init($0 + "=") }
  }

  /// The fields of the record that is the first argument of a call: `set(r, lr=…)`.
  private func fields(of call: OpenCall, _ foresight: ValueInference) -> [String] {
    guard case .value(.record(let record)) = foresight.first(of: call) else { return [] }
    return record.names.filter { $0.isIdentifier && !call.named.contains($0) }
  }

  /// The strings that the argument at the cursor may be, where it may be only some.
  private func choices(in call: OpenCall, _ foresight: ValueInference) -> [String] {
    guard case .builtins(let builtins, let skipped) = foresight.target(of: call) else { return [] }
    var choices: [String] = []
    for builtin in builtins {
      guard let index = builtin.index(at: call, skipped: skipped) else { continue }
      choices += builtin.parameters[index].choices
    }
    var seen: Set<String> = []
    return choices.filter { seen.insert($0).inserted }
  }

  /// The field names of the result of `call`, if one of them can be requested after its first
  /// argument.
  private func fieldNames(of call: OpenCall, _ foresight: ValueInference) -> [String]? {
    guard case .builtins(let builtins, let skipped) = foresight.target(of: call),
      builtins.count == 1, let names = builtins[0].fields,
      builtins[0].index(at: call, skipped: skipped) == builtins[0].requiredCount,
      case .value(let value)? = foresight.first(of: call)
    else { return nil }
    return names(value)
  }

  /// The names that the brackets of a value take, and functions of it by name: `tap(m, x, "res.2")`.
  private func keys(
    of base: InferredValue?, _ open: OpenText, closing: String
  ) -> [Continuations.Candidate] {
    let keys: [String]
    switch base {
    case .value(.record(let record)): keys = record.names
    case .value(.object(let object)): keys = (object as? any HasKeys)?.keys ?? []
    default: return []
    }
    return self.keys(keys, open, closing: closing)
  }

  private func keys(
    _ names: [String], _ open: OpenText, closing: String
  ) -> [Continuations.Candidate] {
    names.compactMap { key in
      open.written(key).map { .init($0, label: TextWidth.visible(key), suffix: closing) }
    }
  }
}

extension Word {
  /// The keywords that only begin a statement or connect its parts.
  static let beginningStatements: Set<Word> = [
    .and, .or, .by, .in, .else, .catch, .as, .for, .while, .repeat, .break, .continue, .return,
    .try, .assert, .param, .import,
  ]
}

extension TextBeforeCursor {
  /// Whether what is typed follows a pipe, which hands over the first argument.
  fileprivate var endsInPipe: Bool {
    guard let last = tokens.last else { return false }
    let isTyped = last.kind == .name && last.span.end == source.bytes.count
    return (isTyped ? tokens.dropLast().last : last)?.kind == .symbol(.pipe)
  }
}

extension ValueInference {
  /// What can be known before the cursor of `text`.
  init(_ text: TextBeforeCursor, _ completer: Completer) {
    var spans: [String: Span?] = [:]
    for binding in text.bindings() { spans[binding.name] = .some(binding.value) }
    let globals = completer.globals
    self.init(
      library: completer.library,
      global: { name in globals.last { $0.name == name }?.value },
      assigned: { name in spans[name].flatMap { $0 }.flatMap(text.expression) })
  }

  /// What a call that is being typed means.
  func target(of call: OpenCall) -> Target {
    target(of: call.callee, first: first(of: call)) { look(at: $0) }
  }

  /// The first argument of a call: the piped value, or the first argument in the text.
  func first(of call: OpenCall) -> InferredValue? {
    if let piped = call.piped { return look(at: piped) }
    if case .member(let base, _, _) = call.callee.node { return look(at: base) }
    return call.first.map { look(at: $0) }
  }
}

extension Builtin {
  /// The parameter that the argument at the cursor of `call` is for.
  func index(at call: OpenCall, skipped: Int) -> Int? {
    if let name = call.name { return parameters.firstIndex { $0.name == name } }
    let position = skipped + call.position
    if position < positionalCount { return position }
    return restIndex
  }
}
