// SPDX-License-Identifier: MIT

/// An instruction of register code, 16 bytes.
///
/// `a`, `b`, `c` are registers unless `Opcode` documents otherwise.
struct Instruction {
  var op: Opcode
  var a: UInt16 = 0
  var b: UInt16 = 0
  var c: UInt16 = 0
  /// A jump's target, an integer operand, or an index into a table of the code.
  var d: Int = 0

  /// A target and a small integer in one `d`.
  static func pack(target: Int, operand: Int32) -> Int {
    (Int(operand) << 32) | (target & 0xFFFF_FFFF)
  }
  var target: Int { d & 0xFFFF_FFFF }
  var operand: Int { d >> 32 }
}

/// The source position of a call, an index or an assignment target, with the names of its parts.
final class CallSite {
  /// A positional argument, a named one, or a spread one.
  struct Argument {
    enum Kind: Equatable {
      case positional
      case named(String)
      case spread
      case spreadNamed
    }
    let kind: Kind
    let span: Span
    /// The position of the name of a named argument.
    var nameSpan: Span?
  }
  let source: Source
  /// The whole expression.
  let span: Span
  /// What is called, or the value that is indexed.
  let calleeSpan: Span
  /// The member's name, for `x.name(…)`.
  let member: String?
  /// The built-ins of that name.
  let properties: Overloads?
  let functions: Overloads?
  /// In the order of their registers; a member call's receiver is the first.
  let arguments: [Argument]
  /// Whether every argument is positional, so that the registers are the arguments.
  let isSimple: Bool
  /// What the callee is called in the source, for messages.
  let calleeName: String?

  init(
    _ source: Source, _ span: Span, callee calleeSpan: Span, name calleeName: String? = nil,
    member: String? = nil, of library: Library? = nil, _ arguments: [Argument] = []
  ) {
    self.source = source
    self.span = span
    self.calleeSpan = calleeSpan
    self.calleeName = calleeName
    self.member = member
    properties = member.flatMap { library?.properties[$0] }
    functions = member.flatMap { library?.functions[$0] }
    self.arguments = arguments
    isSimple = arguments.allSatisfy { $0.kind == .positional }
  }
}

/// A subscript of a compiled index: the registers of its parts.
enum SubscriptCode {
  case value(UInt16, Span)
  case slice(start: UInt16?, stop: UInt16?, step: UInt16?, Span)
  case ellipsis
}

/// `x[…]` as compiled.
struct IndexCode {
  let subscripts: [SubscriptCode]
  let site: CallSite
}

/// `x[0].a = …` as compiled: the steps from the root to the place.
struct PlaceCode {
  enum Step {
    case index(IndexCode)
    case member(String, Span)
  }
  let steps: [Step]
  let rootName: String
  let span: Span
  /// For `+=` and its like.
  let operation: BinaryOperator?
  let valueSpan: Span
}

/// `x => …` as compiled: what to copy when it is evaluated.
struct ClosureCode {
  let code: Code
  /// The registers of the enclosing code that are captured, in the order of `code`'s.
  let captures: [UInt16]
  /// The registers of the default values, in the order of the parameters that have one.
  let defaults: [UInt16]
}

/// The range of a `try`: an error between `start` and `end` continues at `target`.
struct ErrorHandler {
  let start: Int
  let end: Int
  let target: Int
  /// Where the error's record goes.
  let register: UInt16
}

/// A function's, or a top-level statement's, register code with its tables.
final class Code {
  let source: Source
  let instructions: UnsafeMutablePointer<Instruction>
  let count: Int
  /// For each instruction the expression it belongs to.
  let spans: [Span]
  /// For binary operators, and wherever carets mark operands.
  let operandSpans: [Int: (Span, Span)]
  let constants: UnsafeMutablePointer<Value>
  private let constantCount: Int
  /// The places of calls, without a count at each use: they live as long as the code.
  let sites: UnsafeMutablePointer<Unmanaged<CallSite>>
  private let keptSites: [CallSite]
  let indices: [IndexCode]
  let places: [PlaceCode]
  let closures: [ClosureCode]
  let formats: [FormatSpecification]
  let handlers: [ErrorHandler]
  let checks: [Check]
  let registerCount: Int
  /// The names of registers that are variables; a statement's are the module's globals.
  let registerNames: [UInt16: String]
  /// The function, or none for a top-level statement.
  let literal: FunctionLiteral?
  /// Parameters come first in the registers, then captures, then the function itself.
  let parameterCount: Int
  let captureCount: Int
  let requiredCount: Int
  /// Where the function's own value goes, when its body names it.
  let selfRegister: UInt16?
  /// The number of parameters that may be passed by position.
  let positionalCount: Int
  /// For each parameter the index of its default, or -1.
  let defaultIndices: [Int]

  init(_ builder: CodeBuilder, source: Source, literal: FunctionLiteral?) {
    self.source = source
    self.literal = literal
    count = builder.instructions.count
    instructions = .allocate(capacity: max(1, count))
    instructions.initialize(from: builder.instructions, count: count)
    spans = builder.spans
    operandSpans = builder.operandSpans
    constantCount = builder.constants.count
    constants = .allocate(capacity: max(1, constantCount))
    constants.initialize(from: builder.constants, count: constantCount)
    keptSites = builder.sites
    sites = .allocate(capacity: max(1, keptSites.count))
    sites.initialize(from: keptSites.map(Unmanaged.passUnretained), count: keptSites.count)
    indices = builder.indices
    places = builder.places
    closures = builder.closures
    formats = builder.formats
    handlers = builder.handlers
    checks = builder.checks
    registerCount = builder.registerCount
    registerNames = builder.registerNames
    let parameters = literal?.parameters ?? []
    parameterCount = parameters.count
    captureCount = builder.captureCount
    selfRegister = builder.selfRegister
    positionalCount = parameters.prefix { !$0.isKeywordOnly }.count
    requiredCount = parameters.filter { $0.initial == nil }.count
    var next = 0
    defaultIndices = parameters.map { parameter in
      guard parameter.initial != nil else { return -1 }
      next += 1
      return next - 1
    }
  }

  deinit {
    instructions.deallocate()
    constants.deinitialize(count: constantCount)
    constants.deallocate()
    sites.deallocate()
  }
}

/// The parts of a `Code` while the compiler makes them.
struct CodeBuilder {
  var instructions: [Instruction] = []
  var spans: [Span] = []
  var operandSpans: [Int: (Span, Span)] = [:]
  var constants: [Value] = []
  var sites: [CallSite] = []
  var indices: [IndexCode] = []
  var places: [PlaceCode] = []
  var closures: [ClosureCode] = []
  var formats: [FormatSpecification] = []
  var handlers: [ErrorHandler] = []
  /// The checks inside blocks, when checks are run.
  var checks: [Check] = []
  var registerCount = 0
  var registerNames: [UInt16: String] = [:]
  var captureCount = 0
  var selfRegister: UInt16?
}
