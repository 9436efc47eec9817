// SPDX-License-Identifier: MIT

/// A call of a built-in under way: its arguments, its place in the source, and the machine.
///
/// It must not be kept after the body returns; keep a ``Callback`` instead.
public struct Call {
  // References that are not counted: all of them outlive the call, and counting them took more
  // time than most calls.
  /// The machine that runs the program.
  public unowned(unsafe) let machine: Machine
  /// The place of the call in the source, with the places of its arguments.
  unowned(unsafe) let site: CallSite
  /// The built-in called.
  unowned(unsafe) let builtin: Builtin
  /// One value per parameter of the built-in.
  let slots: UnsafePointer<Value>
  /// What the rest parameter gathers, where the program put it; its slot is then without a value.
  var gathered: UnsafeBufferPointer<Value>?

  /// The value bound to a parameter, with a list made of what it gathers.
  func value(at index: Int) -> Value {
    guard let gathered, index == builtin.restIndex else { return slots[index] }
    return Value(Array(gathered))
  }

  /// The values bound to all parameters.
  var values: [Value] { builtin.parameters.indices.map { value(at: $0) } }

  /// The source text that contains the call.
  public var source: Source { site.source }
  /// The call in that text.
  public var span: Span { site.span }
  /// The folder that relative paths in the calling text refer to; none at the prompt.
  public var folder: String? { site.source.folder }

  /// Writes to the session's output, as `print` does.
  public func print(_ text: String) throws { try machine.host.print(text) }
  /// Prints a note: something worth knowing that is not a result, such as an unexpected broadcast.
  public func note(_ text: String) { machine.host.note(text, site.source, site.span) }
  /// Prints a note as ``note(_:)`` does, the first time that this call says it: a loop says it once.
  public func noteOnce(_ text: String) {
    if machine.saysFirst(text, at: site.span, of: site.source) { note(text) }
  }
  /// Shows an image or a text as a result.
  public func show(_ display: Display) throws { try machine.host.show(display) }
  /// The columns that what is shown is fitted to.
  public var width: Int { machine.host.width }
  /// Throws when the user asked to stop; for bodies that run long in Swift.
  public func checkInterrupt() throws { try machine.host.checkInterrupt() }
  /// Throws E-memory when `bytes` more cannot be had.
  public func reserve(_ bytes: Int) throws { try machine.charge(bytes) }
  /// Calls a function, model or other callable value.
  public func call(
    _ callee: Value, _ positional: [Value], named: [(name: String, value: Value)] = []
  ) throws -> Value {
    try machine.call(callee, positional, named: named, from: site)
  }
  /// Runs a parsed file as a separate program and shows its echoes.
  ///
  /// Returns a module with the file's names as members.
  public func run(_ program: Program) throws -> Value {
    guard let runner = machine.programRunner else { return .none }
    return try runner(program)
  }

  /// The next argument, converted.
  @inlinable
  func argument<T: ValueConvertible>(_ index: inout Int, _ type: T.Type) throws -> T {
    defer { index += 1 }
    return try T.argument(index, of: self)
  }

  /// A conversion's refusal, which is of the parameter being converted unless it names another.
  func naming(_ refusal: Refusal, parameterAt index: Int) -> Refusal {
    Refusal(
      refusal.diagnostic, parameter: refusal.parameter ?? builtin.parameters[index].name)
  }

  /// The error for an argument of the wrong type.
  func mismatch(at index: Int, kind: String) -> any Error {
    let parameter = builtin.parameters[index]
    if parameter.role == .rest, let refusal = mismatch(ofRest: parameter, at: index) {
      return refusal
    }
    var diagnostic = Diagnostic.wrongArgument(parameter, value(at: index))
    let values = (0...index).map { value(at: $0) }
    let areInOrder = site.arguments.prefix(index + 1).allSatisfy { $0.kind == .positional }
    if areInOrder, let text = builtin.gathering(values, at: site) { diagnostic.suggestion = text }
    if index == 0, let text = machine.library.eachItem(builtin, of: values[0]) {
      diagnostic.suggestion = text
    }
    return Refusal(diagnostic, parameter: parameter.name)
  }
}

extension Call {
  /// The error for the first of several gathered arguments that is of the wrong type.
  private func mismatch(ofRest parameter: Parameter, at index: Int) -> Refusal? {
    guard case .list(let list) = value(at: index),
      let place = list.elements.indices.first(where: {
        !parameter.accepts(Value([list.elements[$0]]))
      })
    else { return nil }
    var refusal = Refusal(
      Diagnostic.wrongArgument(parameter, list.elements[place]), parameter: parameter.name)
    refusal.place = place
    if case .function = list.elements[place], parameter.kind.contains("model") {
      refusal.diagnostic.suggestion = "a function that calls the layers: x => 2 * m(x)"
    }
    return refusal
  }
}

/// An error of a built-in's body that names the parameter at fault, so that the carets mark its
/// argument.
public struct Refusal: Error {
  /// The error; the machine adds the places.
  public var diagnostic: Diagnostic
  /// The parameter at fault.
  public var parameter: String?
  /// Which of the arguments that the parameter gathers is at fault.
  var place: Int?

  /// A refusal.
  public init(_ diagnostic: Diagnostic, parameter: String? = nil) {
    self.diagnostic = diagnostic
    self.parameter = parameter
  }
}
