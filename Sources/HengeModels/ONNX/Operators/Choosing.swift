// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

// Elements chosen by indices or by a condition.

extension ONNXOperator {
  static let choosing: [ONNXOperator] = [
    ONNXOperator("Gather", ["x", "indices"], options: ["axis"]) { options in
      let axis = try options.int("axis", 0)
      return { call in
        let (x, indices) = (try call(0), try call(1))
        let place = try x.onnxAxis(axis)
        let before = [TensorIndex](repeating: .all, count: place)
        let positions = try indices.ints()
        if indices.rank == 0 { return [try x.selecting(before + [.at(positions[0])])] }
        let taken = try x.selecting(before + [.list(positions)])
        let sizes = x.shape.sizes
        return [
          try taken.reshaped(sizes[..<place] + indices.shape.sizes + sizes[(place + 1)...])
        ]
      }
    },
    ONNXOperator("GatherElements", ["x", "indices"], options: ["axis"]) { options in
      let axis = try options.int("axis", 0)
      return { call in
        var x = try call(0)
        let indices = try call(1)
        let place = try x.onnxAxis(axis)
        guard indices.rank == x.rank else {
          throw Failure("E-shape", "\(x.shape) and its indices \(indices.shape) have other axes")
        }
        // Axes of which only the beginning is read.
        x = try x.selecting(
          (0..<x.rank).map { axis in
            axis == place ? .all : .slice(start: 0, stop: indices.shape[axis], step: nil)
          })
        return [try x.gathered(indices, axis: place)]
      }
    },
    plain("Where", ["condition", "x", "y"]) { call in
      try Tensor.choose(call(0).cast(to: .bool), .tensor(call(1)), .tensor(call(2)))
    },
    best("ArgMax") { try $0.argMaximum($1, keepingAxes: $2) },
    best("ArgMin") { try $0.argMinimum($1, keepingAxes: $2) },
  ]

  private static func best(
    _ name: String, _ function: @escaping @Sendable (Tensor, Int, Bool) throws -> Tensor
  ) -> ONNXOperator {
    ONNXOperator(name, options: ["axis", "keepdims", "select_last_index"]) { options in
      guard try !options.flag("select_last_index") else {
        throw options.refused("of equal elements it takes the last, and henge the first")
      }
      let (axis, keeps) = (try options.int("axis", 0), try options.flag("keepdims", true))
      return { call in [try function(call(0), axis, keeps)] }
    }
  }
}
