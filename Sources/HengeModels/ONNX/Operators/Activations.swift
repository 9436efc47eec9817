// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Functions of each element that networks have between their layers, and softmax.

extension ONNXOperator {
  static let activations: [ONNXOperator] = [
    plain("Relu") { call in try call(0).map(.relu) },
    plain("Sigmoid") { call in try call(0).map(.sigmoid) },
    plain("Tanh") { call in try call(0).map(.tanh) },
    plain("Erf") { call in try call(0).map(.erf) },
    plain("Softplus") { call in try call(0).map(.softplus) },
    plain("Softsign") { call in try call(0) / (call(0).map(.abs) + .int(1)) },
    plain("Mish") { call in try call(0) * call(0).map(.softplus).map(.tanh) },
    ONNXOperator("LeakyRelu", options: ["alpha"]) { options in
      let slope = try options.num("alpha", 0.01)
      return { call in [try call(0).below(0) { try $0 * .num(slope) }] }
    },
    plain("PRelu", ["x", "slope"]) { call in
      let slope = try call(1)
      return try call(0).below(0) { try $0 * slope }
    },
    ONNXOperator("Elu", options: ["alpha"]) { options in
      let alpha = try options.num("alpha", 1)
      return { call in [try call(0).below(0) { try $0.map(.expm1) * .num(alpha) }] }
    },
    ONNXOperator("Celu", options: ["alpha"]) { options in
      let alpha = try options.num("alpha", 1)
      return { call in
        [try call(0).below(0) { try ($0 / .num(alpha)).map(.expm1) * .num(alpha) }]
      }
    },
    ONNXOperator("Selu", options: ["alpha", "gamma"]) { options in
      let alpha = try options.num("alpha", 1.673_263_242_354_377)
      let gamma = try options.num("gamma", 1.050_700_987_355_480_5)
      return { call in
        [try call(0).below(0) { try $0.map(.expm1) * .num(alpha) } * .num(gamma)]
      }
    },
    ONNXOperator("ThresholdedRelu", options: ["alpha"]) { options in
      let alpha = try options.num("alpha", 1)
      return { call in
        let isMore = try Tensor.compare(.greater, .tensor(call(0)), .scalar(.num(alpha)))
        return [try Tensor.choose(isMore, .tensor(call(0)), 0)]
      }
    },
    ONNXOperator("Gelu", options: ["approximate"]) { options in
      let isTanh = try options.choice("approximate", "none", ["none", "tanh"]) == "tanh"
      return { call in
        let x = try call(0)
        if isTanh {
          let inner = try (x.map(.square) * .num(0.044715) + .int(1)) * x
          return [
            try (inner * .num((2 / Double.pi).squareRoot())).map(.tanh).added(1) * x * .num(0.5)
          ]
        }
        return [try (x * .num(0.5.squareRoot())).map(.erf).added(1) * x * .num(0.5)]
      }
    },
    ONNXOperator("HardSigmoid", options: ["alpha", "beta"]) { options in
      let (alpha, beta) = (try options.num("alpha", 0.2), try options.num("beta", 0.5))
      return { call in [try call(0).hardSigmoid(alpha, beta)] }
    },
    plain("HardSwish") { call in try call(0) * call(0).hardSigmoid(1.0 / 6, 0.5) },
    ONNXOperator("Clip", ["x", "min", "max"], required: 1, options: ["min", "max"]) { options in
      let (low, high) = (try options.num("min"), try options.num("max"))
      return { call in
        [
          try call(0).clip(
            low: call.optional(1).map(Operand.tensor) ?? low.map { .scalar(.num($0)) },
            high: call.optional(2).map(Operand.tensor) ?? high.map { .scalar(.num($0)) })
        ]
      }
    },
    softmax("Softmax") { try $0.softmax(axis: $1) },
    softmax("LogSoftmax") { try $0.logSoftmax(axis: $1) },
  ]

  private static func softmax(
    _ name: String, _ function: @escaping @Sendable (Tensor, Int) throws -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, options: ["axis"]) { options in
      // Until version 13, all axes from this one on count as one.
      let isFlat = options.opset < 13
      let axis = try options.int("axis", isFlat ? 1 : -1)
      return { call in
        let x = try call(0)
        let place = try x.onnxAxis(axis)
        guard isFlat else { return [try function(x, place)] }
        let rows = x.shape.sizes[..<place].reduce(1, *)
        let columns = x.shape.sizes[place...].reduce(1, *)
        return [try function(x.reshaped([rows, columns]), 1).reshaped(x.shape.sizes)]
      }
    }
  }
}

extension Tensor {
  /// The tensor, with the result of `function` where it is less than `bound`.
  fileprivate func below(_ bound: Double, _ function: (Tensor) throws -> Tensor) throws -> Tensor {
    let isLess = try Tensor.compare(.less, .tensor(self), .scalar(.num(bound)))
    return try Tensor.choose(isLess, .tensor(function(self)), .tensor(self))
  }

  fileprivate func added(_ number: Double) throws -> Tensor { try self + .num(number) }

  /// `max(0, min(1, alpha · x + beta))`.
  fileprivate func hardSigmoid(_ alpha: Double, _ beta: Double) throws -> Tensor {
    try (self * .num(alpha) + .num(beta)).clip(low: 0, high: 1)
  }
}
