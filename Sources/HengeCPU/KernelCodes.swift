// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

// The kernels' names of the operations.

extension UnaryOperation {
  var kernelCode: hk_unary {
    switch self {
    case .negate: HK_NEGATE
    case .abs: HK_ABS
    case .exp: HK_EXP
    case .log: HK_LOG
    case .sqrt: HK_SQRT
    case .sin: HK_SIN
    case .cos: HK_COS
    case .tanh: HK_TANH
    case .sigmoid: HK_SIGMOID
    case .relu: HK_RELU
    case .floor: HK_FLOOR
    case .ceil: HK_CEIL
    case .round: HK_ROUND
    case .square: HK_SQUARE
    }
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
