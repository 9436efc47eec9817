// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Products of matrices.

extension ONNXOperator {
  static let products: [ONNXOperator] = [
    ONNXOperator(
      "Gemm", ["x", "weight", "bias"], required: 2,
      options: ["alpha", "beta", "transA", "transB"]
    ) { options in
      let (alpha, beta) = (try options.num("alpha", 1), try options.num("beta", 1))
      let (turnsA, turnsB) = (try options.flag("transA"), try options.flag("transB"))
      return { call in
        guard try call(0).rank == 2, try call(1).rank == 2 else {
          throw Failure(
            "E-shape", "it multiplies matrices, not \(try call(0).shape) and \(try call(1).shape)")
        }
        let a = turnsA ? try call(0).transposed() : try call(0)
        let b = turnsB ? try call(1).transposed() : try call(1)
        var result = try a.multiplied(by: b)
        if alpha != 1 { result = try result * .num(alpha) }
        if let c = call.optional(2) { result = try result + (beta == 1 ? c : c * .num(beta)) }
        return [result]
      }
    },
    plain("MatMul", ["x", "weight"]) { call in try call(0).multiplied(by: call(1)) },
  ]
}
