// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that make tensors.
func creation(_ session: Session) -> [Builtin] {
  let backend = session.backend
  let shape = Parameter("shape", "The sizes of the axes.")
  let type = Parameter("dtype", "What the elements are.", default: ElementType.f32)
  return [
    Builtin(
      "tensor", "Makes a tensor of a number, a list of numbers, or nested lists of equal lengths.",
      Parameter("values", "The elements; bools make a bool tensor."),
      Parameter(
        "dtype", "What the elements are; f32, or bool for bools.", default: ElementType?.none),
      examples: [Example("tensor([[1, 2], [3, 4]]).shape", gives: "2x2")],
      seeAlso: ["zeros", "stack"],
      errors: ["E-shape", "E-type"]
    ) { (values: TensorLike, type: ElementType?) in try values.tensor(type, on: backend) },
    Builtin(
      "zeros", "Makes a tensor of zeros.", shape, type,
      examples: [Example("zeros(2x3).shape", gives: "2x3")], seeAlso: ["ones", "full"]
    ) { (shape: Shape, type: ElementType) in try Tensor.zeros(shape, type, on: backend) },
    Builtin(
      "ones", "Makes a tensor of ones.", shape, type,
      examples: [Example("ones(2x3).sum().item()", gives: "6.0")], seeAlso: ["zeros", "full"]
    ) { (shape: Shape, type: ElementType) in try Tensor.ones(shape, type, on: backend) },
    Builtin(
      "full", "Makes a tensor of one value.", shape,
      Parameter("value", "The value of every element."),
      type, examples: [Example("full(2x2, 7).max().item()", gives: "7.0")],
      seeAlso: ["zeros", "ones"]
    ) { (shape: Shape, value: Operand, type: ElementType) in
      guard case .scalar(let scalar) = value else {
        throw Failure("E-type", "`value` must be one number", parameter: "value")
      }
      return try Tensor.full(shape, scalar, type, on: backend)
    },
    Builtin(
      "arange", "Makes the numbers from `start` up to, not including, `stop`, as one axis.",
      Parameter("start", "The first number, or the end when it is the only one."),
      Parameter("stop", "Where to end.", default: Number?.none),
      Parameter("step", "The difference of neighbours.", default: 1), type,
      examples: [Example("str(arange(3))", gives: "\"tensor([0, 1, 2])\"")], seeAlso: ["linspace"],
      errors: ["E-range"]
    ) { (start: Number, stop: Number?, step: Number, type: ElementType) in
      let (first, end) = stop.map { (start, $0) } ?? (.int(0), start)
      return try Tensor.arange(first.scalar, end.scalar, step: step.scalar, type, on: backend)
    },
    Builtin(
      "linspace", "Makes `count` evenly spaced numbers from `start` to `stop`, both included.",
      Parameter("start", "The first number."), Parameter("stop", "The last number."),
      Parameter("count", "How many.", default: 50), type,
      examples: [Example("str(linspace(0, 1, 3))", gives: "\"tensor([0, 0.5, 1])\"")],
      seeAlso: ["arange"], errors: ["E-range"]
    ) { (start: Double, stop: Double, count: Int, type: ElementType) in
      try Tensor.linspace(start, stop, count: count, type, on: backend)
    },
    Builtin(
      "eye", "Makes an identity matrix.", Parameter("rows", "Rows."),
      Parameter("columns", "Columns; as many as rows by default.", default: Int?.none), type,
      examples: [Example("eye(3).sum().item()", gives: "3.0")]
    ) { (rows: Int, columns: Int?, type: ElementType) in
      try Tensor.eye(rows, columns: columns, type, on: backend)
    },
    random("rand", "even over [0, 1)", session) { try Tensor.rand($0, from: &$1, on: backend) },
    random("randn", "normal with mean 0 and deviation 1", session) {
      try Tensor.randn($0, from: &$1, on: backend)
    },
  ] + ElementType.allCases.map { cast($0, on: backend) }
}

extension Number {
  /// The number as the learning house holds it.
  var scalar: Scalar {
    switch self {
    case .int(let int): .int(int)
    case .num(let num): .num(num)
    }
  }
}

private func random(
  _ name: String, _ what: String, _ session: Session,
  _ make: @escaping (Shape, inout RandomStream) throws -> Tensor
) -> Builtin {
  Builtin(
    name, "Makes random numbers, \(what), from the stream `\(name)` or from a handle.",
    Parameter("shape", "The sizes of the axes.", default: [Int]()),
    Parameter("rng", "A stream of its own, made by rng(name).", default: RandomHandle?.none),
    examples: [Example("\(name)(2x3).shape", gives: "2x3")], seeAlso: ["seed", "rng"]
  ) { (shape: Shape, handle: RandomHandle?) in
    if let handle { return try make(shape, &handle.stream) }
    return try session.streams.draw(from: name) { try make(shape, &$0) }
  }
}

private func cast(_ type: ElementType, on backend: any Backend) -> Builtin {
  let name = type.rawValue
  let rounding =
    type == .u8 ? " Rounds to the nearest and clamps to 0..255; NaN becomes 0." : ""
  return Builtin(
    name, "Gives `x` with elements of type \(name).\(rounding)",
    Parameter("x", "A tensor, a number, or a list of numbers."),
    Parameter(
      "round", "Where fractions go when they become whole: to the nearest, or towards zero.",
      default: CastRounding.nearest, isKeywordOnly: true),
    examples: [Example("\(name)(zeros(2x2)).dtype", gives: "\"\(name)\"")],
    seeAlso: ElementType.allCases.map(\.rawValue).filter { $0 != name }
  ) { (x: TensorLike, rounding: CastRounding) in
    try x.exactTensor(on: backend).cast(to: type, rounding: rounding == .down ? .down : .nearest)
  }
}

/// Where fractions go when they become whole numbers.
enum CastRounding: String, Choice {
  case nearest
  case down
}
