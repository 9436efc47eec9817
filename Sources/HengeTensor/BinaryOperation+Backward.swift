// SPDX-License-Identifier: MIT
internal import HengeBackend

extension BinaryOperation {
  /// The gradients at `a` and `b` from the one at `y`, the operation's result.
  ///
  /// The tensors kept for it depend on which operands are on the tape; a number never is. Each
  /// of two equal operands of `maximum` and `minimum` receives one half of the gradient, and the exponent
  /// of `0 ** p` none: both as in PyTorch.
  func backward(_ left: Operand, _ right: Operand, result y: Tensor) -> Node.Backward {
    let a = left.detached()
    let b = right.detached()
    switch self {
    case .add: return { g, wanted in [wanted[0] ? g : nil, wanted[1] ? g : nil] }
    case .subtract: return { g, wanted in [wanted[0] ? g : nil, wanted[1] ? try -g : nil] }
    case .multiply: return BinaryOperation.product(left, right)
    case .divide:
      let quotient = right.isOnTape ? y : nil
      return { g, wanted in
        let slope = try Tensor.combine(.divide, .tensor(g), b)
        return [
          wanted[0] ? slope : nil, wanted[1] ? try quotient.map { try -(slope * $0) } : nil,
        ]
      }
    case .floorDivide: return { _, _ in [nil, nil] }
    case .modulo:
      return { g, wanted in
        let quotient = wanted[1] ? try Tensor.combine(.floorDivide, a, b) : nil
        return [wanted[0] ? g : nil, try quotient.map { try -(g * $0) }]
      }
    case .power:
      return { g, wanted in
        [
          wanted[0] ? try BinaryOperation.slopeOfBase(g, a, b) : nil,
          wanted[1] ? try BinaryOperation.slopeOfExponent(g, a, y) : nil,
        ]
      }
    case .maximum, .minimum:
      let first: Comparison = self == .maximum ? .greater : .less
      return { g, wanted in
        let half = try g * .num(0.5)
        let shared = try Tensor.choose(Tensor.compare(.equal, a, b), .tensor(half), 0)
        func part(_ own: Operand, _ other: Operand) throws -> Tensor {
          let wins = try Tensor.compare(first, own, other)
          return try Tensor.choose(wins, .tensor(g), .tensor(shared))
        }
        return [wanted[0] ? try part(a, b) : nil, wanted[1] ? try part(b, a) : nil]
      }
    case .arcTangent:
      return { g, wanted in
        let (a, b) = (
          try a.tensor(g.type, on: g.backend), try b.tensor(g.type, on: g.backend)
        )
        let slope = try g / (a.map(.square) + b.map(.square))
        return [wanted[0] ? try slope * b : nil, wanted[1] ? try -(slope * a) : nil]
      }
    // For integers only, which have no gradient.
    case .and, .or, .xor: return { _, _ in [nil, nil] }
    }
  }

  private static func product(_ left: Operand, _ right: Operand) -> Node.Backward {
    let a = right.isOnTape ? left.detached() : nil
    let b = left.isOnTape ? right.detached() : nil
    return { g, wanted in
      [
        wanted[0] ? try b.map { try Tensor.combine(.multiply, .tensor(g), $0) } : nil,
        wanted[1] ? try a.map { try Tensor.combine(.multiply, .tensor(g), $0) } : nil,
      ]
    }
  }

  /// `g · b · a^(b - 1)`, and 0 where b is 0, whatever a is.
  private static func slopeOfBase(_ g: Tensor, _ a: Operand, _ b: Operand) throws -> Tensor {
    // For a base that is a number no slope is asked.
    guard case .tensor(let base) = a else {
      return try Tensor.zeros(g.shape, g.type, on: g.backend)
    }
    switch b {
    case .tensor(let exponent):
      let slope = try g * exponent * Tensor.combine(.power, a, .tensor(exponent - 1))
      return try Tensor.choose(Tensor.compare(.equal, b, 0), 0, .tensor(slope))
    case .scalar(let exponent):
      guard exponent.double != 0 else {
        return try Tensor.zeros(g.shape, g.type, on: g.backend)
      }
      let less = Operand.scalar(.num(exponent.double - 1))
      return try (g * exponent) * Tensor.combine(.power, .tensor(base), less)
    }
  }

  /// `g · a^b · log a`, and 0 where a is 0.
  private static func slopeOfExponent(_ g: Tensor, _ a: Operand, _ y: Tensor) throws -> Tensor {
    let a = try a.tensor(g.type, on: g.backend)
    let slope = try g * y * a.map(.log)
    return try Tensor.choose(Tensor.compare(.equal, .tensor(a), 0), 0, .tensor(slope))
  }
}

extension OpCheck {
  static let binary = BinaryOperation.allCases.filter { ![.and, .or, .xor].contains($0) }
    .map { operation in
      OpCheck(
        operation.rawValue, in: 0.3...3,
        sizes: { stream in
          let sizes = anySizes(&stream)
          return [sizes, sizes]
        }
      ) { try Tensor.combine(operation, .tensor($0[0]), .tensor($0[1])) }
    }
}
