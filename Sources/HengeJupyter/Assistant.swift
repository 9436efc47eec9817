// SPDX-License-Identifier: MIT
internal import HengeFiles
internal import HengeLanguage
internal import HengeShell

/// Answers questions about code that is typed: nothing is run.
struct Assistant {
  private let interpreter: Interpreter
  private let completion: PromptCompletion
  private let help: Help
  /// How wide a page of help is.
  static let width = 80

  /// An assistant that knows the names of `interpreter`; its help shows values as far as `showsValues`.
  init(
    _ interpreter: Interpreter, commands: [Help.Entry], showsValues: Bool,
    workingFolder: @escaping () -> String
  ) {
    self.interpreter = interpreter
    completion = PromptCompletion(
      interpreter, workingFolder: workingFolder(),
      commands: commands.map { $0.name.dropFirst().prefix { $0 != " " } }.map(String.init))
    var help = Help(interpreter, commands: commands)
    help.showsValues = showsValues
    self.help = help
  }

  // MARK: Completion

  /// The answer to a `complete_request`.
  func complete(_ request: Request) -> JSON {
    let code = request.text("code")
    let place = request.content["cursor_pos"]?.asInteger ?? code.unicodeScalars.count
    let cursor = code.byteOffset(ofCodePoint: place)
    let found = completion.completions(of: code, at: cursor)
    let (start, end) = (code.codePoint(atByte: found.replaceFrom), code.codePoint(atByte: cursor))
    let before = String(decoding: code.utf8.prefix(found.replaceFrom), as: UTF8.self)
    // What stands for the rest of a large folder is no name.
    let candidates = found.candidates.filter { $0.label != "…" }
    let types = candidates.map { candidate in
      JSON.of([
        "text": .string(candidate.text), "type": .string(type(of: candidate, after: before)),
        "start": .integer(start), "end": .integer(end),
      ])
    }
    return .of([
      "status": .string("ok"), "matches": .array(candidates.map { .string($0.text) }),
      "cursor_start": .integer(start), "cursor_end": .integer(end),
      "metadata": .of(["_jupyter_types_experimental": .array(types)]),
    ])
  }

  /// What a candidate is, in the words that clients have icons for.
  private func type(of candidate: Completions.Candidate, after before: String) -> String {
    let name = candidate.text
    let isMember = before.last == "."
    if name.last == "=" { return "param" }
    if name.contains("/") || name.first == "\"" { return "path" }
    if !isMember, let value = interpreter.globals.last(where: { $0.name == name })?.value {
      return value.kind == "fn" ? "function" : value.kind
    }
    if candidate.suffix.hasPrefix("(") || interpreter.library.functions[name] != nil {
      return "function"
    }
    if isMember { return "property" }
    return interpreter.library.constants[name] == nil ? "keyword" : "constant"
  }

  // MARK: Inspection

  /// The answer to an `inspect_request`.
  func inspect(_ request: Request) -> JSON {
    let code = request.text("code")
    let place = request.content["cursor_pos"]?.asInteger ?? code.unicodeScalars.count
    let wantsSource = request.content["detail_level"]?.asInteger ?? 0 > 0
    let page = Assistant.subjects(in: code, at: code.byteOffset(ofCodePoint: place))
      .lazy.compactMap { subject in
        try? help.page(
          about: HelpRequest(subject, wantsSource: wantsSource), width: Assistant.width)
      }.first
    return .of([
      "status": .string("ok"), "found": .bool(page != nil),
      "data": page.map { .of(["text/plain": .string($0)]) } ?? .empty, "metadata": .empty,
    ])
  }

  /// What a place in a text may ask about: the name there, then the functions whose calls are around it,
  /// innermost first.
  static func subjects(in code: String, at cursor: Int) -> [String] {
    if let request = HelpRequest(entry: code), !request.subject.isEmpty { return [request.subject] }
    let bytes = Array(code.utf8)
    var subjects: [String] = []
    func add(from start: Int, to end: Int) {
      // After a call, the dot alone is before the member.
      let path = bytes[start..<end].drop { $0 == UInt8(ascii: ".") }
      let name = String(decoding: path, as: UTF8.self)
      if name.utf8.contains(where: { isLetter($0) }) { subjects.append(name) }
    }
    let cursor = min(max(0, cursor), bytes.count)
    var end = cursor
    while end < bytes.count, isNamePart(bytes[end]) { end += 1 }
    add(from: pathStart(bytes, cursor), to: end)
    // Brackets that are open at the cursor.
    var depth = 0
    for index in bytes[..<cursor].indices.reversed() {
      switch bytes[index] {
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth += 1
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth -= 1
      case UInt8(ascii: "("):
        if depth <= 0 {
          add(from: pathStart(bytes, index), to: index)
          depth = 0
        } else {
          depth -= 1
        }
      default: break
      }
    }
    return subjects
  }

  /// Where the name with members that ends at `end` begins; after a call, at its dot.
  private static func pathStart(_ bytes: [UInt8], _ end: Int) -> Int {
    var start = end
    while start > 0, isNamePart(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: ".") {
      start -= 1
    }
    return start
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    isLetter(byte) || (48...57).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
  }
}

/// The names of a session as they were before the cell that runs, for questions meanwhile.
///
/// Completion and help read it on their own thread, where the session's own values may be changing.
final class NamesBeforeCell {
  private let reader: Interpreter
  /// Answers from the names; handles that may be changing are described without their values.
  let assistant: Assistant
  private(set) var isSet = false

  init(_ library: Library, commands: [Help.Entry], workingFolder: @escaping () -> String) {
    reader = Interpreter(library: library, host: SilentHost())
    assistant = Assistant(
      reader, commands: commands, showsValues: false, workingFolder: workingFolder)
  }

  /// Takes the names of `interpreter`.
  func take(from interpreter: Interpreter) throws {
    for (name, value) in interpreter.globals { try reader.define(name, value) }
    isSet = true
  }

  /// Lets go of all values.
  func clear() throws {
    for (name, _) in reader.globals { try reader.define(name, .undefined) }
    isSet = false
  }
}

/// The world of an interpreter that runs nothing.
private final class SilentHost: Host {}
