// SPDX-License-Identifier: MIT

/// A function value: compiled code with what it captured, or a built-in by its name.
public final class Function {
  enum Body {
    case code(Code, captures: [Value], defaults: [Value], Module)
    case builtin(Overloads)
  }
  let body: Body
  /// The built-in's declarations, which its body keeps; none for code.
  let overloads: Unmanaged<Overloads>?
  /// One more than the deepest captured value's.
  let depth: Int

  init(_ code: Code, captures: [Value], defaults: [Value], _ module: Module) {
    body = .code(code, captures: captures, defaults: defaults, module)
    overloads = nil
    var deepest = 0
    for value in captures { deepest = max(deepest, value.depth) }
    for value in defaults { deepest = max(deepest, value.depth) }
    depth = deepest + 1
  }

  init(_ overloads: Overloads) {
    body = .builtin(overloads)
    self.overloads = Unmanaged.passUnretained(overloads)
    depth = 1
  }

  /// The name it was declared with; none for `x => …`.
  public var name: String? {
    switch body {
    case .code(let code, _, _, _): code.literal?.name
    case .builtin(let overloads): overloads.name
    }
  }

  /// The function as written, for `??name`; none for a built-in.
  public var literal: FunctionLiteral? {
    guard case .code(let code, _, _, _) = body else { return nil }
    return code.literal
  }

  /// The source that contains the function; `nil` for a built-in.
  public var source: Source? {
    guard case .code(let code, _, _, _) = body else { return nil }
    return code.source
  }

  /// The declarations of the built-in; none for a function of the program.
  public var builtins: [Builtin] {
    guard case .builtin(let overloads) = body else { return [] }
    return overloads.builtins
  }

  /// `fn name(a, b=…)`.
  public var brief: String {
    guard let literal else { return "fn \(name ?? "")" }
    var parts: [String] = []
    for parameter in literal.parameters {
      if parameter.isKeywordOnly && !parts.contains("*") { parts.append("*") }
      parts.append(parameter.name.text + (parameter.initial == nil ? "" : "=…"))
    }
    let name = literal.name.map { " \($0)" } ?? ""
    return "fn\(name)(\(parts.joined(separator: ", ")))"
  }
}
