// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Normalizations, all with statistics as a network has them when it does not learn.

extension ONNXOperator {
  static let normalizations: [ONNXOperator] = [
    ONNXOperator(
      "BatchNormalization", ["x", "scale", "shift", "mean", "variance"],
      options: ["epsilon", "momentum", "training_mode", "spatial"]
    ) { options in
      guard try !options.flag("training_mode"), try options.flag("spatial", true) else {
        throw options.refused(
          "it normalizes by the statistics of the batch, as in training",
          suggestion: "model.eval() before the export")
      }
      try options.refuseResults(after: 1, "new statistics")
      let epsilon = try options.num("epsilon", 1e-5)
      return { call in
        [
          try call(0).normalized(
            mean: call(3), variance: call(4), epsilon: epsilon, scale: call(1), shift: call(2),
            activation: call.activation)
        ]
      }
    },
    ONNXOperator("InstanceNormalization", ["x", "scale", "shift"], options: ["epsilon"]) {
      options in
      let epsilon = try options.num("epsilon", 1e-5)
      return { call in
        let x = try call(0)
        // Over all axes of the pixels, however many.
        let maps = try x.rank == 4 ? x : x.reshaped(flat(x))
        let result = try maps.normalized(
          over: .sample, epsilon: epsilon, scale: call(1), shift: call(2),
          activation: call.activation)
        return [try result.reshaped(x.shape.sizes)]
      }
    },
    ONNXOperator(
      "LayerNormalization", ["x", "scale", "shift"], required: 2,
      options: ["axis", "epsilon", "stash_type"]
    ) { options in
      try options.refuseResults(after: 1, "its statistics")
      let (axis, epsilon) = (try options.int("axis", -1), try options.num("epsilon", 1e-5))
      return { call in
        let x = try call(0)
        let first = try x.onnxAxis(axis)
        return [
          try x.layerNormalized(
            over: Array(first..<x.rank), epsilon: epsilon, scale: call(1), shift: call.optional(2))
        ]
      }
    },
    ONNXOperator(
      "GroupNormalization", ["x", "scale", "shift"],
      options: ["epsilon", "num_groups", "stash_type"]
    ) { options in
      guard let groups = try options.int("num_groups"), groups > 0 else {
        throw options.refused("it lacks `num_groups`")
      }
      let epsilon = try options.num("epsilon", 1e-5)
      return { call in
        let x = try call(0)
        guard x.rank > 2, x.shape[1] % groups == 0 else {
          throw Failure("E-shape", "\(x.shape) does not have \(groups) groups of channels")
        }
        let normal = try x.reshaped([x.shape[0], groups, 1, x.count / max(1, x.shape[0] * groups)])
          .normalized(over: .sample, epsilon: epsilon).reshaped(x.shape.sizes)
        // Until version 21 there is a number for each group, since then one for each channel.
        func channels(_ numbers: Tensor) throws -> Tensor {
          var numbers = numbers
          if numbers.count == groups, groups != x.shape[1] {
            numbers = try numbers.expanded(at: 1).broadcast(
              to: Shape([groups, x.shape[1] / groups]))
          }
          return try numbers.reshaped([x.shape[1]] + [Int](repeating: 1, count: x.rank - 2))
        }
        return [try normal * channels(call(1)) + channels(call(2))]
      }
    },
    ONNXOperator("LRN", options: ["alpha", "beta", "bias", "size"]) { options in
      let (alpha, beta) = (try options.num("alpha", 1e-4), try options.num("beta", 0.75))
      let bias = try options.num("bias", 1)
      guard let size = try options.int("size"), (1...65_536).contains(size) else {
        throw options.refused("it lacks `size`, the number of channels")
      }
      return { call in
        let x = try call(0)
        guard x.rank > 1, x.shape[1] > 0, x.type.isFloat else {
          throw Failure("E-shape", "\(x.shape) has no channels", parameter: "x")
        }
        var sums = Resampling(inputs: x.shape[1])
        for channel in 0..<x.shape[1] {
          let first = max(0, channel - (size - 1) / 2)
          let last = min(x.shape[1] - 1, channel + size / 2)
          sums.append((first...last).map { ($0, alpha / Double(size)) })
        }
        let spread = try x.map(.square).resampled(1, sums) + .num(bias)
        return [try x / Tensor.combine(.power, .tensor(spread), .scalar(.num(beta)))]
      }
    },
  ]

  /// `[N, C, …]` as `[N, C, 1, L]`.
  private static func flat(_ x: Tensor) throws -> [Int] {
    guard x.rank > 2 else {
      throw Failure("E-shape", "\(x.shape) has no pixels to normalize over", parameter: "x")
    }
    return [x.shape[0], x.shape[1], 1, x.shape.sizes[2...].reduce(1, *)]
  }
}

extension Tensor {
  /// An axis that may count from the end; throws `E-index` for one that is not there.
  func onnxAxis(_ axis: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw Failure("E-index", "\(shape) has no axis \(axis)")
    }
    return axis < 0 ? axis + rank : axis
  }
}
