// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

// The kernels' names of the operations.

extension UnaryOperation {
  /// The number of its loop in `unary.h`.
  var kernelCode: Int32 {
    let code = hk_unary_code(name)
    precondition(code >= 0, "unary.h has a loop for each function of one element; not for \(name)")
    return code
  }
}

extension BinaryOperation {
  var kernelCode: hk_binary {
    switch self {
    case .add: HK_ADD
    case .subtract: HK_SUBTRACT
    case .multiply: HK_MULTIPLY
    case .divide: HK_DIVIDE
    case .floorDivide: HK_FLOOR_DIVIDE
    case .modulo: HK_MODULO
    case .power: HK_POWER
    case .maximum: HK_MAXIMUM
    case .minimum: HK_MINIMUM
    case .arcTangent: HK_ARC_TANGENT
    case .and: HK_AND
    case .or: HK_OR
    case .xor: HK_XOR
    }
  }
}

extension Comparison {
  var kernelCode: hk_comparison {
    switch self {
    case .equal: HK_EQUAL
    case .notEqual: HK_NOT_EQUAL
    case .less: HK_LESS
    case .lessOrEqual: HK_LESS_OR_EQUAL
    case .greater: HK_GREATER
    case .greaterOrEqual: HK_GREATER_OR_EQUAL
    }
  }
}
