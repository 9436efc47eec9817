// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Truth values.

extension ONNXOperator {
  static let comparing: [ONNXOperator] = [
    comparison("Equal", .equal), comparison("Greater", .greater),
    comparison("GreaterOrEqual", .greaterOrEqual), comparison("Less", .less),
    comparison("LessOrEqual", .lessOrEqual),
    logic("And", .and), logic("Or", .or), logic("Xor", .xor),
    plain("Not") { call in try Tensor.compare(.equal, .tensor(call(0).cast(to: .bool)), 0) },
  ]

  private static func comparison(_ name: String, _ comparison: Comparison) -> ONNXOperator {
    plain(name, ["a", "b"]) { call in
      try Tensor.compare(comparison, .tensor(call(0)), .tensor(call(1)))
    }
  }

  private static func logic(_ name: String, _ operation: BinaryOperation) -> ONNXOperator {
    plain(name, ["a", "b"]) { call in
      try Tensor.combine(
        operation, .tensor(call(0).cast(to: .bool)), .tensor(call(1).cast(to: .bool)))
    }
  }
}
