// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that make tensors.
func creation(_ session: Session) -> [Builtin] {
  let backend = session.backend
  let shape = Parameter("shape", "Sizes of the axes, such as 3x64x64.")
  let type = Parameter("dtype", "Type of the elements.", default: ElementType.f32)
  return [
    Builtin(
      "tensor",
      "Makes a tensor from a number, a list of numbers, or nested lists of equal lengths.",
      Parameter("values", "The elements."),
      Parameter(
        "dtype", "Type of the elements; by default bool for bools and f32 for numbers.",
        default: ElementType?.none),
      examples: [Example("tensor([[1, 2], [3, 4]]).shape", gives: "2x2")],
      seeAlso: ["zeros", "stack"],
      errors: ["E-shape", "E-type"]
    ) { (values: TensorLike, type: ElementType?) in
      try Failure.renaming([nil: "values"]) { try values.tensor(type, on: backend) }
    },
    Builtin(
      "zeros", "Makes a tensor filled with zeros.", shape, type,
      examples: [Example("zeros(2x3).shape", gives: "2x3")], seeAlso: ["ones", "full"]
    ) { (shape: Shape, type: ElementType) in try Tensor.zeros(shape, type, on: backend) },
    Builtin(
      "ones", "Makes a tensor filled with ones.", shape, type,
      examples: [Example("ones(2x3).sum().item()", gives: "6.0")], seeAlso: ["zeros", "full"]
    ) { (shape: Shape, type: ElementType) in try Tensor.ones(shape, type, on: backend) },
    Builtin(
      "full", "Makes a tensor filled with one value.", shape,
      Parameter("value", "Value of all elements."),
      type, examples: [Example("full(2x2, 7).max().item()", gives: "7.0")],
      seeAlso: ["zeros", "ones"]
    ) { (shape: Shape, value: Operand, type: ElementType) in
      guard case .scalar(let scalar) = value else {
        throw Failure("E-type", "`value` must be a single number", parameter: "value")
      }
      return try Tensor.full(shape, scalar, type, on: backend)
    },
    Builtin(
      "arange", "Makes a vector of the numbers from `start` up to, but not including, `stop`.",
      Parameter("start", "First number. With one argument, arange(n) counts from 0 to n - 1."),
      Parameter("stop", "End of the range, not included.", default: Number?.none),
      Parameter("step", "Difference between neighbors.", default: 1), type,
      examples: [Example("print(arange(3))", prints: "tensor([0, 1, 2])")], seeAlso: ["linspace"],
      errors: ["E-range"]
    ) { (start: Number, stop: Number?, step: Number, type: ElementType) in
      let (first, end) = stop.map { (start, $0) } ?? (.int(0), start)
      return try Tensor.arange(first.scalar, end.scalar, step: step.scalar, type, on: backend)
    },
    Builtin(
      "linspace",
      "Makes a vector of `count` evenly spaced numbers from `start` to `stop`, both included.",
      Parameter("start", "First number."), Parameter("stop", "Last number."),
      Parameter("count", "Number of elements.", default: 50), type,
      examples: [Example("print(linspace(0, 1, 3))", prints: "tensor([0, 0.5, 1])")],
      seeAlso: ["arange"], errors: ["E-range"]
    ) { (start: Double, stop: Double, count: Int, type: ElementType) in
      guard count >= 0 else {
        throw Failure("E-range", "`count` must be 0 or more, not \(count)", parameter: "count")
      }
      return try Tensor.linspace(start, stop, count: count, type, on: backend)
    },
    Builtin(
      "eye", "Makes an identity matrix.", Parameter("rows", "Number of rows."),
      Parameter("columns", "Number of columns; by default the number of rows.", default: Int?.none),
      type,
      examples: [Example("eye(3).sum().item()", gives: "3.0")]
    ) { (rows: Int, columns: Int?, type: ElementType) in
      try Tensor.eye(rows, columns: columns, type, on: backend)
    }.alsoCalled("identity matrix")
      .inPlaceOf(
        "one-hot", "onehot", "one-hot encoding",
        advice: "eye(10)[[3, 1]] has a row for each class"),
    random("rand", "uniform in [0, 1)", session) { try Tensor.rand($0, from: &$1, on: backend) }
      .alsoCalled("random numbers", "uniform distribution")
      .inPlaceOf("randint", advice: "floor(rand(shape(3)) * 10) draws whole numbers"),
    random("randn", "normal with mean 0 and standard deviation 1", session) {
      try Tensor.randn($0, from: &$1, on: backend)
    }.alsoCalled("noise", "gaussian noise", "normal distribution"),
  ] + ElementType.allCases.map { cast($0, on: backend) }
}

extension Number {
  /// The number as tensors take it.
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
    name,
    "Draws random numbers, \(what), from the random stream `\(name)` or from a stream of your own.",
    Parameter("shape", "Sizes of the axes, such as 3x64x64.", default: [Int]()),
    Parameter("rng", "Random stream to draw from, made by rng(name).", default: RandomHandle?.none),
    examples: [Example("\(name)(2x3).shape", gives: "2x3")], seeAlso: ["seed", "rng"]
  ) { (shape: Shape, handle: RandomHandle?) in
    if let handle { return try make(shape, &handle.stream) }
    return try session.streams.draw(from: name) { try make(shape, &$0) }
  }
}

private func cast(_ type: ElementType, on backend: any Backend) -> Builtin {
  let name = type.rawValue
  let rounding =
    type == .u8
    ? " Values are rounded to the nearest integer and clipped to 0..255; NaN becomes 0." : ""
  return Builtin(
    name, "Converts `x` to elements of type \(name).\(rounding)",
    Parameter("x", "A tensor, a number, or a list of numbers."),
    Parameter(
      "round", "How fractions become integers: rounded to the nearest, or toward zero.",
      default: CastRounding.nearest, isKeywordOnly: true),
    examples: [Example("\(name)(zeros(2x2)).dtype", gives: "\"\(name)\"")],
    seeAlso: ElementType.allCases.map(\.rawValue).filter { $0 != name }
  ) { (x: TensorLike, rounding: CastRounding) in
    try Failure.renaming([nil: "x"]) { try x.exactTensor(on: backend) }
      .cast(to: type, rounding: rounding == .down ? .down : .nearest)
  }
}

/// How fractions become whole numbers.
enum CastRounding: String, Choice {
  case nearest
  case down
}
