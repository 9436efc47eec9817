// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeTensor

// Constants, sizes, and elements as another type.

extension ONNXOperator {
  static let constants: [ONNXOperator] = [
    ONNXOperator(
      "Constant", [],
      options: ["value", "value_float", "value_floats", "value_int", "value_ints"]
    ) { options in
      { call in
        let backend = call.backend
        if let array = try options.tensor("value") { return [try Tensor(array, on: backend)] }
        if let number = try options.num("value_float") {
          return [try Tensor([Float(number)], .scalar, on: backend)]
        }
        if let number = try options.int("value_int") {
          return [try Tensor([number], .scalar, on: backend)]
        }
        if let numbers = try options.floats("value_floats") {
          return [try Tensor(numbers, Shape([numbers.count]), on: backend)]
        }
        if let numbers = try options.ints("value_ints") {
          return [try Tensor(numbers, Shape([numbers.count]), on: backend)]
        }
        throw options.refused("it has no value")
      }
    },
    ONNXOperator("ConstantOfShape", ["shape"], options: ["value"]) { options in
      let value = try options.tensor("value")
      return { call in
        let shape = try Shape(call.ints(0) ?? [])
        guard let value else { return [try .zeros(shape, on: call.backend)] }
        let number = try Tensor(value, on: call.backend)
        return [try .full(shape, number.onnxScalar(), number.type, on: call.backend)]
      }
    },
    ONNXOperator("Shape", options: ["start", "end"]) { options in
      let (start, end) = (try options.int("start"), try options.int("end"))
      return { call in
        let sizes = try call(0).shape.sizes
        let all = try Tensor(sizes, Shape([sizes.count]), on: call.backend)
        return [try all.selecting([.slice(start: start, stop: end, step: nil)])]
      }
    },
    plain("Size") { call in try Tensor([call(0).count], .scalar, on: call.backend) },
    plain("Range", ["start", "limit", "step"]) { call in
      try Tensor.arange(
        call(0).onnxScalar(), call(1).onnxScalar(), step: call(2).onnxScalar(), call(0).type,
        on: call.backend)
    },
    ONNXOperator("Cast", options: ["round_mode", "saturate", "to"]) { options in
      guard let number = try options.int("to"), let type = ONNXGraph.elementType(number) else {
        throw options.refused(
          "it converts to \(ONNXGraph.typeName(try options.int("to", 0))), which henge does not compute with"
        )
      }
      return { call in [try call(0).onnxCast(to: type, call)] }
    },
    ONNXOperator("CastLike", ["x", "like"], options: ["round_mode", "saturate"]) { _ in
      { call in [try call(0).onnxCast(to: call(1).type, call)] }
    },
  ]
}

extension Tensor {
  /// The elements as another type; floats become integers towards 0.
  ///
  /// In a run in double precision it stays that where the file says single.
  fileprivate func onnxCast(to type: ElementType, _ call: ONNXCall) throws -> Tensor {
    call.isPrecise && self.type == .f64 && type == .f32 ? self : try cast(to: type, rounding: .down)
  }
}
