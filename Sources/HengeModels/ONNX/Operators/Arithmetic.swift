// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Functions of one, two and several elements.

extension ONNXOperator {
  static let arithmetic: [ONNXOperator] =
    [
      plain("Abs") { call in try call(0).map(.abs) },
      plain("Ceil") { call in try call(0).map(.ceil) },
      plain("Cos") { call in try call(0).map(.cos) },
      plain("Exp") { call in try call(0).map(.exp) },
      plain("Floor") { call in try call(0).map(.floor) },
      plain("Log") { call in try call(0).map(.log) },
      plain("Neg") { call in try call(0).map(.negate) },
      plain("Reciprocal") { call in
        try Tensor.combine(.divide, .scalar(.num(1)), .tensor(call(0)))
      },
      plain("Round") { call in try call(0).map(.round) },
      plain("Sin") { call in try call(0).map(.sin) },
      plain("Sqrt") { call in try call(0).map(.sqrt) },
      pair("Add", .add), pair("Sub", .subtract), pair("Mul", .multiply),
      plain("Div", ["a", "b"]) { call in try call(0).onnxQuotient(call(1)) },
      plain("Pow", ["a", "b"]) { call in
        // The result has the type of the base.
        let (base, exponent) = (try call(0), try call(1))
        let power =
          exponent.count == 1 ? Operand.scalar(try exponent.onnxScalar()) : .tensor(exponent)
        return try Tensor.combine(.power, .tensor(base), power).cast(to: base.type)
      },
      ONNXOperator("Mod", ["a", "b"], options: ["fmod"]) { options in
        guard try !options.flag("fmod") else {
          throw options.refused("its remainder has the sign of the first operand (fmod)")
        }
        return { call in [try Tensor.combine(.modulo, .tensor(call(0)), .tensor(call(1)))] }
      },
      several("Max", .maximum), several("Min", .minimum), several("Sum", .add),
      ONNXOperator("Mean", isVariadic: true) { _ in
        { call in [try combined(call.all, .add) / .num(Double(call.all.count))] }
      },
    ]

  private static func pair(_ name: String, _ operation: BinaryOperation) -> ONNXOperator {
    plain(name, ["a", "b"]) { call in
      try Tensor.combine(operation, .tensor(call(0)), .tensor(call(1)))
    }
  }

  private static func several(_ name: String, _ operation: BinaryOperation) -> ONNXOperator {
    ONNXOperator(name, isVariadic: true) { _ in { call in [try combined(call.all, operation)] } }
  }

  private static func combined(_ all: [Tensor], _ operation: BinaryOperation) throws -> Tensor {
    guard let first = all.first else { throw Failure("E-file", "it has no input") }
    return try all.dropFirst().reduce(first) {
      try Tensor.combine(operation, .tensor($0), .tensor($1))
    }
  }
}

extension Tensor {
  /// The quotient; that of integers is rounded towards 0.
  fileprivate func onnxQuotient(_ other: Tensor) throws -> Tensor {
    if type.isFloat || other.type.isFloat { return try self / other }
    func combine(_ operation: BinaryOperation, _ a: Tensor, _ b: Tensor) throws -> Tensor {
      try Tensor.combine(operation, .tensor(a), .tensor(b))
    }
    let down = try combine(.floorDivide, self, other)
    let rest = try combine(.modulo, self, other)
    // Rounded down, a negative quotient that is not whole is one too small.
    let isBelow = try Tensor.compare(.less, .tensor(down), 0)
    let isPart = try Tensor.compare(.notEqual, .tensor(rest), 0)
    return try down + combine(.and, isBelow, isPart).cast(to: .i64)
  }
}
