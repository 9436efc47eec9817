// SPDX-License-Identifier: MIT
public import HengeBackend

/// The other operand of an operation with a tensor.
public enum Operand {
  /// A tensor, which broadcasts.
  case tensor(Tensor)
  /// A number or truth value without an element type.
  case scalar(Scalar)

  var shape: Shape {
    switch self {
    case .tensor(let tensor): tensor.shape
    case .scalar: .scalar
    }
  }

  /// Its contribution to the result's type, combined with `other`.
  func type(beside other: Operand) -> OperandType {
    switch (self, other) {
    case (.scalar(.bool), _): .weak(.bool)
    case (.scalar(.int), _): .weak(.int)
    case (.scalar(.num), _): .weak(.num)
    case (.tensor(let own), .tensor(let theirs)) where own.rank == 0 && theirs.rank > 0:
      .weak(own.type.kind)
    // An integer without axes combined with a number counts as an integer: 1.1 ** n overflows late,
    // as for ints.
    case (.tensor(let own), .scalar) where own.rank == 0 && own.type == .i64: .weak(.int)
    case (.tensor(let own), _): .elements(own.type)
    }
  }

  /// The operand with elements of `type`: a tensor cast, or a number converted.
  func cast(to type: ElementType) throws -> Operand {
    switch self {
    case .tensor(let tensor): .tensor(try tensor.cast(to: type))
    case .scalar(let value): .scalar(try Tensor.checked(value, as: type).converted(to: type))
    }
  }

  /// The operand as a tensor of `type` that broadcasts.
  func tensor(_ type: ElementType, on backend: any Backend) throws -> Tensor {
    switch self {
    case .tensor(let tensor): try tensor.cast(to: type)
    case .scalar(let value): try Tensor.full(.scalar, value, type, on: backend)
    }
  }

  /// The operand broadcast to `shape`, which a number is without a change; nil where it does not fit.
  func expanded(to shape: Shape) -> Operand? {
    switch self {
    case .tensor(let tensor): tensor.expanded(to: shape).map { .tensor($0) }
    case .scalar: self
    }
  }

  /// What a backend reads of it, its axes in `order`.
  func elements(inOrder order: [Int]) -> ElementOperand {
    switch self {
    case .tensor(let tensor): .elements(tensor.view.inOrder(order))
    case .scalar(let value): .number(value)
    }
  }

  /// The operand off the tape.
  func detached() -> Operand {
    switch self {
    case .tensor(let tensor): .tensor(tensor.detached())
    case .scalar: self
    }
  }

  /// Whether operations on it are recorded.
  var isOnTape: Bool { tensorOrNil?.isOnTape ?? false }

  var tensorOrNil: Tensor? {
    if case .tensor(let tensor) = self { tensor } else { nil }
  }
}

extension Operand: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// An integer.
  public init(integerLiteral value: Int) { self = .scalar(.int(value)) }
  /// A float.
  public init(floatLiteral value: Double) { self = .scalar(.num(value)) }
}

extension BinaryOperation {
  /// The word for messages, as in "cannot add 3 and 4".
  public var verb: String {
    switch self {
    case .add: "add"
    case .subtract: "subtract"
    case .multiply: "multiply"
    case .divide, .floorDivide: "divide"
    case .modulo: "take the remainder of"
    case .power: "raise to a power"
    case .maximum, .minimum: "take the \(rawValue) of"
    case .arcTangent: "take the angle of"
    case .and, .or, .xor: "combine bits of"
    }
  }
}

extension Tensor {
  /// `a op b`, elementwise with broadcasting; at least one must be a tensor.
  ///
  /// For the types see ``Tensor``. `floorDivide` and `modulo` round down, and the remainder has the
  /// divisor's sign; `and`, `or`, `xor` are logical on `bool` and bitwise on `u8` and `i64`;
  /// `maximum` and `minimum` keep the operands' type, and NaN wins. Throws `E-shape` for shapes
  /// that do not broadcast, `E-type` for bits of floats, `E-range` for integers without a result.
  public static func combine(_ operation: BinaryOperation, _ a: Operand, _ b: Operand) throws
    -> Tensor
  {
    let backend = Tensor.backend(of: a, b)
    // The commonest power by far: `x ** 2`.
    if operation == .power, case .tensor(let x) = a, case .scalar(.int(2)) = b, x.type.isFloat {
      return try x.map(.square)
    }
    let type = try resultType(operation, a, b)
    let (left, right, shape) = try aligned(a.cast(to: type), b.cast(to: type), operation.verb)
    let order = memoryOrder(of: [left, right], shape)
    let result = try empty(shape, type, inOrder: order, on: backend)
    let fault = try backend.combine(
      operation, left.elements(inOrder: order), right.elements(inOrder: order),
      into: result.storage)
    if let fault {
      throw Failure.arithmetic(
        fault, in: operation.rawValue, operands: [a.tensorOrNil, b.tensorOrNil].compactMap { $0 })
    }
    guard left.isOnTape || right.isOnTape else { return result.inPlace(of: a, b) }
    return record(
      operation.rawValue, from: [left.tensorOrNil, right.tensorOrNil], result,
      backward: operation.backward(left, right, result: result)
    ).inPlace(of: a, b)
  }

  /// Whether `a` and `b` are in the order `comparison`, element by element, broadcasting, as `bool`.
  ///
  /// At least one must be a tensor. NaN equals nothing. Throws `E-shape`.
  public static func compare(_ comparison: Comparison, _ a: Operand, _ b: Operand) throws -> Tensor
  {
    let backend = Tensor.backend(of: a, b)
    var type = Promotion.common(a.type(beside: b), b.type(beside: a))
    if type == .u8, !(a.fitsByte && b.fitsByte) { type = .i64 }
    let (left, right, shape) = try aligned(a.cast(to: type), b.cast(to: type), "compare")
    let order = memoryOrder(of: [left, right], shape)
    let result = try empty(shape, .bool, inOrder: order, on: backend)
    try backend.compare(
      comparison, left.elements(inOrder: order), right.elements(inOrder: order),
      into: result.storage)
    return result.inPlace(of: a, b)
  }

  /// `a` where `condition` is true, `b` elsewhere, with broadcasting of all three.
  ///
  /// The result has the type that can represent both; for two numbers without a type, `i64` or
  /// `f32`. Throws `E-shape`, and `E-type` if `condition` is not `bool`.
  public static func choose(_ condition: Tensor, _ a: Operand, _ b: Operand) throws -> Tensor {
    guard condition.type == .bool else {
      throw Failure.wrongType(
        "where", condition.type, wants: "a bool condition", try: "a comparison, such as x > 0")
    }
    let backend = condition.backend
    var type = Promotion.chosen(a.type(beside: b), b.type(beside: a))
    if type == .u8, !(a.fitsByte && b.fitsByte) { type = .i64 }
    let (left, right, between) = try aligned(a.cast(to: type), b.cast(to: type), "choose between")
    guard let shape = try condition.shape.broadcast(with: between)?.shape,
      let mask = condition.expanded(to: shape), let first = left.expanded(to: shape)
    else { throw Failure.cannotCombine("choose by", condition.shape, between) }
    guard let second = right.expanded(to: shape) else {
      throw Failure.cannotCombine("choose between", shape, right.shape)
    }
    let order = memoryOrder(of: [first, second, .tensor(mask)], shape)
    let result = try empty(shape, type, inOrder: order, on: backend)
    try backend.select(
      mask.view.inOrder(order), first.elements(inOrder: order), second.elements(inOrder: order),
      into: result.storage)
    return record("choose", from: [first.tensorOrNil, second.tensorOrNil], result) {
      gradient, wanted in
      [
        wanted[0] ? try choose(mask, .tensor(gradient), 0) : nil,
        wanted[1] ? try choose(mask, 0, .tensor(gradient)) : nil,
      ]
    }.inPlace(
      ofAll: [condition, a.tensorOrNil, b.tensorOrNil],
      isTraced: [condition.frame, a.tensorOrNil?.frame, b.tensorOrNil?.frame].contains { $0 != nil }
    )
  }

  /// The elements limited to low...high, either of which may be missing.
  ///
  /// The type is kept unless a fractional limit meets integers. NaN is kept. The gradient is 1
  /// where the element is within the limits or on one, and 0 outside; limits get none.
  public func clip(low: Operand?, high: Operand?) throws -> Tensor {
    for limit in [low, high] { try limit?.tensorOrNil?.refuseTape("a limit of clip") }
    var result = detached()
    if let low { result = try Tensor.combine(.maximum, .tensor(result), low) }
    if let high { result = try Tensor.combine(.minimum, .tensor(result), high) }
    guard isOnTape else { return result }
    let operand = try cast(to: result.type).broadcast(to: result.shape)
    let (x, y) = (operand.detached(), result)
    return Tensor.record("clip", from: [operand], result) { gradient, _ in
      let isWithin = try Tensor.compare(.equal, .tensor(x), .tensor(y))
      return [try Tensor.choose(isWithin, .tensor(gradient), 0)]
    }.inPlace(of: self)
  }

  private static func backend(of a: Operand, _ b: Operand) -> any Backend {
    guard let backend = a.tensorOrNil?.backend ?? b.tensorOrNil?.backend else {
      preconditionFailure("one operand of a tensor operation is a tensor")
    }
    return backend
  }

  /// Both operands broadcast to the shape that they have together.
  private static func aligned(
    _ a: Operand, _ b: Operand, _ verb: String
  ) throws -> (Operand, Operand, Shape) {
    guard let shape = try a.shape.broadcast(with: b.shape)?.shape,
      let x = a.expanded(to: shape), let y = b.expanded(to: shape)
    else { throw Failure.cannotCombine(verb, a.shape, b.shape) }
    return (x, y, shape)
  }

  private static func resultType(_ operation: BinaryOperation, _ a: Operand, _ b: Operand) throws
    -> ElementType
  {
    let (x, y) = (a.type(beside: b), b.type(beside: a))
    switch operation {
    case .add, .subtract, .multiply, .floorDivide, .modulo, .power:
      return Promotion.arithmetic(x, y)
    case .divide, .arcTangent:
      let type = Promotion.arithmetic(x, y)
      return type == .i64 ? .f32 : type
    case .maximum, .minimum:
      let type = Promotion.chosen(x, y)
      return type == .u8 && !(a.fitsByte && b.fitsByte) ? .i64 : type
    case .and, .or, .xor:
      let type = Promotion.common(x, y)
      guard !type.isFloat else {
        throw Failure.wrongType(
          "& | ^", type, wants: "bool, u8 and i64", try: "compare first: x > 0 & x < 1")
      }
      return type == .u8 && !(a.fitsByte && b.fitsByte) ? .i64 : type
    }
  }
}

extension Operand {
  /// Whether its value, if a scalar, is one of a byte's.
  var fitsByte: Bool {
    switch self {
    case .tensor: true
    case .scalar(.int(let value)): (0...255).contains(value)
    case .scalar: true
    }
  }
}

extension OpCheck {
  static let choose = OpCheck(
    "choose",
    sizes: { stream in
      let sizes = anySizes(&stream)
      return [sizes, sizes]
    },
    {
      try Tensor.choose(
        Tensor.compare(.less, .tensor($0[0]), .tensor($0[1])), .tensor($0[0]), .tensor($0[1]))
    })
  static let clip = OpCheck(
    "clip", avoiding: [-0.5, 1], { try $0[0].clip(low: -0.5, high: 1) },
    { try $0[0].clip(low: nil, high: 1) })
}
