// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

/// A network in an ONNX file, for programs that run networks [onnx.ai, "Open Neural Network Exchange
/// Intermediate Representation"].
///
/// The fields are those of `ModelProto` and the messages inside, in the order of their numbers.
public struct ONNXFile {
  /// The version of the set of operators that ``Graph`` uses.
  public static let operators = 17
  /// The version of the format, that of the first programs with those operators.
  public static let format = 8

  private let network: ExportedNetwork
  private let name: String
  private let metadata: [(key: String, text: String)]

  /// A file of a network called `name`; `metadata` are texts by key.
  public init(_ network: ExportedNetwork, name: String, metadata: [(key: String, text: String)]) {
    self.network = network
    self.name = name
    self.metadata = metadata
  }

  /// The file.
  ///
  /// Throws `E-memory`, and the owner of `budget` may stop it.
  public func message(budget: MemoryBudget) throws -> ProtobufWriter {
    var model = ProtobufWriter()
    model.integer(1, ONNXFile.format)
    model.text(2, "henge")
    model.text(3, hengeVersion)
    try model.message(7) { try write(to: &$0, budget: budget) }
    model.message(8) { set in
      set.text(1, "")
      set.integer(2, ONNXFile.operators)
    }
    for (key, text) in metadata {
      model.message(14) { entry in
        entry.text(1, key)
        entry.text(2, text)
      }
    }
    return model
  }

  /// Adds the fields of a `GraphProto`.
  private func write(to message: inout ProtobufWriter, budget: MemoryBudget) throws {
    let graph = network.graph
    for node in graph.nodes { message.message(1) { node.write(to: &$0) } }
    message.text(2, name)
    for (name, constant) in graph.constants {
      try message.message(5) { try constant.write(as: name, to: &$0, budget: budget) }
    }
    ONNXFile.write(graph.input, network.input, 11, to: &message)
    ONNXFile.write(graph.output, network.output, 12, to: &message)
    for (side, sizes) in zip(graph.sides, network.sides) {
      ONNXFile.write(side.value, sizes, 12, to: &message)
    }
  }

  /// Adds a `ValueInfoProto`: a tensor of floats with its axes.
  private static func write(
    _ value: Graph.Value, _ axes: [ExportedNetwork.Size], _ field: Int,
    to message: inout ProtobufWriter
  ) {
    message.message(field) { info in
      info.text(1, value.name)
      info.message(2) { type in
        type.message(1) { tensor in
          tensor.integer(1, ElementCode.float)
          tensor.message(2) { shape in
            for axis in axes {
              shape.message(1) { size in
                switch axis {
                case .fixed(let count): size.integer(1, count)
                case .open(let name): size.text(2, name)
                }
              }
            }
          }
        }
      }
    }
  }
}

/// The numbers of element types in `TensorProto`.
private enum ElementCode {
  static let float = 1
  static let int64 = 7
}

/// The numbers of types in `AttributeProto`.
private enum AttributeCode {
  static let float = 1
  static let int = 2
  static let text = 3
  static let ints = 7
}

extension Graph.Node {
  /// Adds the fields of a `NodeProto`.
  fileprivate func write(to message: inout ProtobufWriter) {
    for input in inputs { message.text(1, input.name) }
    message.text(2, output.name)
    message.text(3, name)
    message.text(4, op)
    for (name, value) in attributes {
      message.message(5) { attribute in
        attribute.text(1, name)
        value.write(to: &attribute)
      }
    }
  }
}

extension Graph.Attribute {
  /// Adds the fields of an `AttributeProto` besides its name.
  fileprivate func write(to message: inout ProtobufWriter) {
    switch self {
    case .float(let number):
      message.float(2, Float(number))
      message.integer(20, AttributeCode.float)
    case .int(let number):
      message.integer(3, number)
      message.integer(20, AttributeCode.int)
    case .text(let text):
      message.text(4, text)
      message.integer(20, AttributeCode.text)
    case .ints(let numbers):
      // One field for each, as the format declares it.
      for number in numbers { message.integer(8, number) }
      message.integer(20, AttributeCode.ints)
    }
  }
}

extension Graph.Constant {
  /// Adds the fields of a `TensorProto`.
  fileprivate func write(
    as name: String, to message: inout ProtobufWriter, budget: MemoryBudget
  ) throws {
    switch self {
    case .tensor(let tensor):
      let array = try tensor.cast(to: .f32).arrayData(budget: budget)
      for size in array.shape.sizes { message.integer(1, size) }
      message.integer(2, ElementCode.float)
      message.text(8, name)
      message.bytes(9, of: array)
    case .ints(let numbers):
      message.integer(1, numbers.count)
      message.integer(2, ElementCode.int64)
      message.text(8, name)
      message.bytes(
        9,
        numbers.flatMap { number in withUnsafeBytes(of: Int64(number).littleEndian) { [UInt8]($0) }
        })
    }
  }
}
