// SPDX-License-Identifier: MIT
internal import HengeLanguage
internal import HengeLibrary

/// The `param`s of a script and their values from the command line.
struct ScriptParameters {
  private struct Declared {
    let name: String
    let initial: Expression
    let documentation: String?
  }

  private let program: Program
  private let declared: [Declared]

  init(_ program: Program) {
    self.program = program
    declared = program.block.statements.compactMap { statement in
      guard case .parameter(let name, let initial, let documentation) = statement.kind else {
        return nil
      }
      return Declared(name: name.text, initial: initial, documentation: documentation)
    }
  }

  /// What `henge run f.henge --help` prints.
  func help(_ path: String) -> String {
    var lines = program.documentation.map { [$0, ""] } ?? []
    lines.append("henge run \(path)\(declared.isEmpty ? "" : " [name=value …]")")
    if !declared.isEmpty { lines.append("") }
    let assignments = declared.map { "\($0.name)=\(program.source.text($0.initial.span))" }
    let width = assignments.map(\.count).max() ?? 0
    for (entry, assignment) in zip(declared, assignments) {
      let padding = String(repeating: " ", count: width - assignment.count)
      let documentation = entry.documentation.map { padding + "  " + $0 } ?? ""
      lines.append("  " + assignment + documentation)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Passes `given` to the `param` statements as they run; throws E-param for a name that the script
  /// does not declare.
  ///
  /// Relative values of `path(...)` params are relative to `folder`.
  func answer(
    _ given: [(name: String, value: String)], relativeTo folder: String,
    in interpreter: Interpreter, _ session: Session
  ) throws {
    let names = declared.map(\.name)
    for (name, _) in given where !names.contains(name) {
      let nearest = Suggestion.closest(to: name, among: names).map { "\($0)=…" }
      throw Diagnostic(
        "E-param", "the script has no param `\(name)`",
        notes: [
          names.isEmpty ? "it has no params" : "its params are \(names.joined(separator: ", "))"
        ],
        suggestion: nearest)
    }
    let values = Dictionary(given.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let pathNames = pathNames
    interpreter.answerParameters { name, initial in
      guard let text = values[name] else { return initial }
      if pathNames.contains(name) {
        if case .str(let unused) = initial { session.paths.forgetResolving(to: unused.string) }
        guard !text.isEmpty else { return Value("") }
        let file = Paths.absolute(text, from: folder)
        if !text.hasPrefix("/") { session.paths.resolved(to: file) }
        return Value(file)
      }
      if case .str = initial { return Value(text) }
      return try literal(text, for: name, like: initial, in: interpreter)
    }
  }

  /// `given`, whose relative paths are relative to the folder `from`, as they are written relative to
  /// the folder `to`.
  func moved(
    _ given: [(name: String, value: String)], from: String, to: String
  ) -> [(name: String, value: String)] {
    given.map { name, text in
      guard pathNames.contains(name), !text.isEmpty, !text.hasPrefix("/") else {
        return (name, text)
      }
      return (name, Paths.relative(Paths.absolute(text, from: from), to: to))
    }
  }

  private var pathNames: Set<String> {
    Set(declared.filter { isPath($0.initial) }.map(\.name))
  }

  /// Whether a default is `path("…")`: then a value from the command line is relative to the working
  /// directory.
  private func isPath(_ expression: Expression) -> Bool {
    guard case .call(let callee, _, _) = expression.node, case .name("path") = callee.node else {
      return false
    }
    return true
  }

  /// The value of the literal `text`, which must have the default's type.
  private func literal(
    _ text: String, for name: String, like initial: Value, in interpreter: Interpreter
  ) throws -> Value {
    let source = Source(name: "\(name)=", text: Array(text.utf8))
    guard let statements = try? Parser.parse(source).block.statements, statements.count == 1,
      case .expression(let expression, _) = statements[0].kind,
      let value = try? interpreter.evaluate(expression, in: source)
    else {
      throw Diagnostic(
        "E-param", "`\(name)` must be \(initial.kindWithArticle), but \(text) is not a literal",
        suggestion: "\(name)=\(initial.representation)")
    }
    let isNumber = initial.kind == "num" && value.kind == "int"
    guard isNumber || value.kind == initial.kind || initial.kind == "none" else {
      throw Diagnostic(
        "E-param",
        "`\(name)` must be \(initial.kindWithArticle), but \(text) is \(value.kindWithArticle)",
        suggestion: "\(name)=\(initial.representation)")
    }
    return value
  }
}
