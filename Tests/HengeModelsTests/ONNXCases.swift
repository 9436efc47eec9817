// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// A small network in the ONNX format, an input and what onnxruntime returns for it.
struct ONNXCase: Sendable, CustomTestStringConvertible {
  /// The operator, what is particular, and the version of the operators: `Conv.groups-17`.
  let name: String
  let model: [UInt8]
  let x: (sizes: [Int], values: [Float])
  let y: (sizes: [Int], values: [Float])

  var testDescription: String { name }

  /// The graph of the file.
  func graph() throws -> ONNXGraph {
    try ONNXGraph(decoding: model[...], path: "\(name).onnx", budget: MemoryBudget(limit: 1 << 24))
  }

  /// The network on a device.
  func network(on backend: any Backend) throws -> ONNXNetwork {
    try ONNXNetwork.make(
      graph(), path: "\(name).onnx", on: backend, budget: MemoryBudget(limit: 1 << 24))
  }

  /// All of Golden/onnx_operators.npz, which onnx_operator_cases.py writes.
  static let all: [ONNXCase] = (try? read()) ?? []

  private static func read() throws -> [ONNXCase] {
    let array = try goldenArrays("onnx_operators")
    let names = String(decoding: try array("names").bytes(), as: UTF8.self).split(separator: "\n")
    var models = Array(try array("models").bytes())[...]
    let sizes = try array("sizes").ints()
    let inputs = try parts(array("x").floats(), array("x_shapes").ints())
    let results = try parts(array("y").floats(), array("y_shapes").ints())
    return names.indices.map { index in
      defer { models = models.dropFirst(sizes[index]) }
      return ONNXCase(
        name: String(names[index]), model: Array(models.prefix(sizes[index])), x: inputs[index],
        y: results[index])
    }
  }

  /// Arrays in a row, the sizes of each after the number of its axes.
  private static func parts(_ values: [Float], _ shapes: [Int]) -> [(sizes: [Int], values: [Float])]
  {
    var parts: [(sizes: [Int], values: [Float])] = []
    var (values, shapes) = (values[...], shapes[...])
    while let rank = shapes.popFirst() {
      let sizes = Array(shapes.prefix(rank))
      shapes = shapes.dropFirst(rank)
      let count = sizes.reduce(1, *)
      parts.append((sizes, Array(values.prefix(count))))
      values = values.dropFirst(count)
    }
    return parts
  }
}
