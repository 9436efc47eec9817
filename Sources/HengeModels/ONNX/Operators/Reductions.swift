// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Functions of all elements along some axes.

extension ONNXOperator {
  static let reductions: [ONNXOperator] = [
    reduction("ReduceMax") { try $0.maximum($1, keepingAxes: $2) },
    reduction("ReduceMin") { try $0.minimum($1, keepingAxes: $2) },
    reduction("ReduceMean") { try $0.mean($1, keepingAxes: $2) },
    reduction("ReduceSum") { try $0.sum($1, keepingAxes: $2) },
    reduction("ReduceSumSquare") { try $0.map(.square).sum($1, keepingAxes: $2) },
    reduction("ReduceL1") { try $0.map(.abs).sum($1, keepingAxes: $2) },
    reduction("ReduceL2") { try $0.norm($1, keepingAxes: $2) },
  ]

  private static func reduction(
    _ name: String, _ function: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(
      name, ["x", "axes"], required: 1, options: ["axes", "keepdims", "noop_with_empty_axes"]
    ) { options in
      let own = try options.ints("axes")
      let keeps = try options.flag("keepdims", true)
      let isIdle = try options.flag("noop_with_empty_axes")
      return { call in
        let x = try call(0)
        let axes = try (own ?? call.ints(1) ?? []).map { try x.onnxAxis($0) }
        if axes.isEmpty, isIdle { return [x] }
        return [try function(x, axes.isEmpty ? nil : axes, keeps)]
      }
    }
  }
}
