// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

// Tensors joined and cut into parts.

extension ONNXOperator {
  static let joining: [ONNXOperator] = [
    ONNXOperator("Concat", isVariadic: true, options: ["axis"]) { options in
      guard let axis = try options.int("axis") else { throw options.refused("it lacks `axis`") }
      return { call in [try Tensor.concatenated(call.all, axis: axis)] }
    },
    ONNXOperator(
      "Split", ["x", "split"], required: 1, options: ["axis", "num_outputs", "split"]
    ) { options in
      let axis = try options.int("axis", 0)
      let own = try options.ints("split")
      let count = options.node.outputs.count
      return { call in
        let x = try call(0)
        let place = try x.onnxAxis(axis)
        let size = x.shape[place]
        let lengths: [Int]
        if let given = try own ?? call.ints(1) {
          lengths = given
        } else {
          // Equal parts; the last one may be smaller.
          let length = max(1, (size + count - 1) / count)
          lengths = (0..<count).map { max(0, min(length, size - min(size, $0 * length))) }
        }
        guard lengths.count == count, lengths.allSatisfy({ $0 >= 0 && $0 <= size }),
          lengths.reduce(0, +) == size
        else {
          throw Failure(
            "E-shape", "axis \(axis) of \(x.shape) does not split into \(count) parts of \(lengths)"
          )
        }
        var start = 0
        return try lengths.map { length in
          defer { start += length }
          return try x.selecting(
            [TensorIndex](repeating: .all, count: place)
              + [.slice(start: start, stop: start + length, step: nil)])
        }
      }
    },
    ONNXOperator(
      "Slice", ["x", "starts", "ends", "axes", "steps"], required: 1,
      options: ["axes", "ends", "starts"]
    ) { options in
      let own = (try options.ints("starts"), try options.ints("ends"), try options.ints("axes"))
      return { call in
        let x = try call(0)
        guard let starts = try own.0 ?? call.ints(1), let ends = try own.1 ?? call.ints(2),
          starts.count == ends.count
        else { throw Failure("E-file", "it does not say where its slices begin and end") }
        let given = try own.2 ?? call.ints(3) ?? Array(0..<starts.count)
        let steps = try call.ints(4) ?? [Int](repeating: 1, count: starts.count)
        guard given.count == starts.count, steps.count == starts.count else {
          throw Failure("E-file", "it has \(starts.count) slices for \(given.count) axes")
        }
        var indices = [TensorIndex](repeating: .all, count: x.rank)
        for (index, axis) in given.enumerated() {
          indices[try x.onnxAxis(axis)] = .slice(
            start: starts[index], stop: ends[index], step: steps[index])
        }
        return [try x.selecting(indices)]
      }
    },
  ]
}
