// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

// The same elements in other axes, repeated or with a border.

extension ONNXOperator {
  static let shaping: [ONNXOperator] = [
    plain("Identity") { call in try call(0) },
    ONNXOperator(
      "Dropout", ["x", "ratio", "training_mode"], required: 1, options: ["ratio", "seed"]
    ) { options in
      try options.refuseResults(after: 1, "a mask")
      return { call in
        if let training = call.optional(2), try training.bools().contains(true) {
          throw Failure(
            "E-file", "it drops elements, as in training",
            suggestion: "model.eval() before the export")
        }
        return [try call(0)]
      }
    },
    ONNXOperator("Reshape", ["x", "shape"], options: ["allowzero"]) { options in
      let allowsZero = try options.flag("allowzero")
      return { call in
        let x = try call(0)
        let sizes = try (call.ints(1) ?? []).enumerated().map { axis, size in
          // 0 keeps the size of the axis.
          guard size == 0, !allowsZero else { return size }
          guard axis < x.rank else {
            throw Failure("E-shape", "it keeps the size of axis \(axis), and \(x.shape) has none")
          }
          return x.shape[axis]
        }
        return [try x.reshaped(sizes)]
      }
    },
    ONNXOperator("Flatten", options: ["axis"]) { options in
      let axis = try options.int("axis", 1)
      return { call in
        let x = try call(0)
        guard axis >= -x.rank, axis <= x.rank else {
          throw Failure("E-index", "\(x.shape) has no axis \(axis)")
        }
        let place = axis < 0 ? axis + x.rank : axis
        let rows = x.shape.sizes[..<place].reduce(1, *)
        return [try x.reshaped([rows, x.shape.sizes[place...].reduce(1, *)])]
      }
    },
    ONNXOperator("Transpose", options: ["perm"]) { options in
      let order = try options.ints("perm")
      return { call in [try call(0).permuted(order ?? (0..<call(0).rank).reversed())] }
    },
    ONNXOperator("Squeeze", ["x", "axes"], required: 1, options: ["axes"]) { options in
      let own = try options.ints("axes")
      return { call in
        let x = try call(0)
        let given = try own ?? call.ints(1)
        let axes = try given?.map { try x.onnxAxis($0) } ?? (0..<x.rank).filter { x.shape[$0] == 1 }
        guard axes.allSatisfy({ x.shape[$0] == 1 }) else {
          throw Failure("E-shape", "the axes \(axes) of \(x.shape) are not all of size 1")
        }
        let rest = x.shape.sizes.enumerated().filter { !axes.contains($0.offset) }
        return [try x.reshaped(rest.map(\.element))]
      }
    },
    ONNXOperator("Unsqueeze", ["x", "axes"], required: 1, options: ["axes"]) { options in
      let own = try options.ints("axes")
      return { call in
        let x = try call(0)
        guard let given = try own ?? call.ints(1) else {
          throw Failure("E-file", "it does not say where axes are added")
        }
        let rank = x.rank + given.count
        guard given.allSatisfy({ $0 >= -rank && $0 < rank }) else {
          throw Failure("E-index", "axes \(given) cannot be added to \(x.shape)")
        }
        let axes = Set(given.map { $0 < 0 ? $0 + rank : $0 })
        guard axes.count == given.count else {
          throw Failure("E-index", "one of the axes \(given) is added twice")
        }
        var rest = x.shape.sizes.makeIterator()
        return [
          try x.reshaped((0..<rank).map { axes.contains($0) ? 1 : rest.next() ?? 1 })
        ]
      }
    },
    plain("Expand", ["x", "shape"]) { call in
      let x = try call(0)
      let wanted = try Shape(call.ints(1) ?? [])
      guard let shape = try x.shape.broadcast(with: wanted)?.shape else {
        throw Failure("E-shape", "\(x.shape) cannot be expanded to \(wanted)")
      }
      // Elements of their own: an operation over a view could take for ever without any memory.
      return try x.broadcast(to: shape).contiguous()
    },
    plain("Tile", ["x", "repeats"]) { call in
      let x = try call(0)
      let repeats = try call.ints(1) ?? []
      guard repeats.count == x.rank else {
        throw Failure("E-shape", "\(repeats.count) numbers of repeats are not for \(x.shape)")
      }
      let inner = x.shape.sizes.flatMap { [1, $0] }
      let all = zip(repeats, x.shape.sizes).flatMap { [$0, $1] }
      var sizes: [Int] = []
      for (times, size) in zip(repeats, x.shape.sizes) {
        let (length, isTooLong) = times.multipliedReportingOverflow(by: size)
        guard times >= 0, !isTooLong else {
          throw Failure("E-shape", "an axis of \(size) cannot be repeated \(times) times")
        }
        sizes.append(length)
      }
      return try x.reshaped(inner).broadcast(to: Shape(all)).reshaped(sizes)
    },
    ONNXOperator(
      "Pad", ["x", "pads", "value", "axes"], required: 1, options: ["mode", "pads", "value"]
    ) { options in
      let mode = try options.choice("mode", "constant", ["constant", "reflect", "edge"])
      let (own, number) = (try options.ints("pads"), try options.num("value", 0))
      return { call in
        let x = try call(0)
        guard let pads = try own ?? call.ints(1) else {
          throw Failure("E-file", "it lacks `pads`")
        }
        let axes = try call.ints(3)?.map { try x.onnxAxis($0) } ?? Array(0..<x.rank)
        let value = try call.optional(2)?.onnxScalar() ?? .num(number)
        return [try x.padded(pads, axes, mode, value)]
      }
    },
  ]
}

extension Tensor {
  /// The only element; throws `E-shape` where there is not exactly one.
  func onnxScalar() throws -> Scalar { try item() }

  /// Borders as the operator `Pad` lists them: those before each of `axes`, then those after; negative
  /// ones remove elements.
  fileprivate func padded(
    _ pads: [Int], _ axes: [Int], _ mode: String, _ value: Scalar
  ) throws -> Tensor {
    guard pads.count == 2 * axes.count else {
      throw Failure("E-shape", "\(pads.count) widths are not for \(axes.count) axes of \(shape)")
    }
    guard pads.allSatisfy({ abs($0.clamped) < 1 << 40 }) else {
      throw Failure("E-range", "its widths are \(pads)")
    }
    var widths = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
    for (index, axis) in axes.enumerated() {
      widths[axis] = (pads[index], pads[index + axes.count])
    }
    var result = self
    if widths.contains(where: { $0.before < 0 || $0.after < 0 }) {
      result = try result.selecting(
        zip(widths, shape.sizes).map { width, size in
          .slice(
            start: max(0, -width.before), stop: max(0, size + min(0, width.after)), step: nil)
        })
      widths = widths.map { (max(0, $0.before), max(0, $0.after)) }
    }
    guard widths.contains(where: { $0.before > 0 || $0.after > 0 }) else { return result }
    let padding: Padding =
      switch mode {
      case "reflect": .reflect
      case "edge": .edge
      default: .constant(value)
      }
    return try result.padded(widths, with: padding)
  }
}

extension Int {
  /// The number, or the nearest one that has a magnitude.
  fileprivate var clamped: Int { Swift.max(self, -Int.max) }
}
