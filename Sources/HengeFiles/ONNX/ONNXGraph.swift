// SPDX-License-Identifier: MIT
public import HengeBackend

/// A network in the ONNX format [onnx.ai]: a graph of nodes, each an operator with inputs and outputs by
/// name.
///
/// It is as the file has it, checked as far as one can without knowing the operators: sizes agree with
/// the bytes, every name is defined once and before it is read.
public struct ONNXGraph: Sendable {
  /// The version of the operators' meaning, 9 to 23.
  public let opset: Int
  /// The program that wrote the file, such as `pytorch 2.9.0`; empty where it does not say.
  public let producer: String
  /// The operators in the order in which they run.
  public let nodes: [ONNXNode]
  /// The constants: weights, mostly.
  public private(set) var initializers: [String: ArrayData]
  /// The type and the shape of constants whose numbers are kept elsewhere.
  public private(set) var blanks: [String: Blank] = [:]
  /// What the network is given, without its constants.
  public let inputs: [ONNXValue]
  /// What it returns.
  public let outputs: [ONNXValue]
  /// What the file says besides, by key.
  public let metadata: [String: String]

  /// The versions of operators that are read.
  public static let opsets = 9...23
  /// The newest version of the format that is read.
  public static let newestIR = 13
  /// The most nodes of a network.
  public static let mostNodes = 100_000
}

extension ONNXGraph {
  /// A constant without its numbers.
  public struct Blank: Sendable {
    /// The type of the elements.
    public let type: ElementType
    /// The sizes of the axes.
    public let shape: Shape
  }

  /// The same graph without the numbers of the constants called `names`, and nothing of its file.
  ///
  /// Throws `E-memory`.
  public func without(_ names: Set<String>, budget: MemoryBudget) throws -> ONNXGraph {
    var graph = self
    graph.initializers = [:]
    for (name, array) in initializers {
      if names.contains(name) {
        graph.blanks[name] = Blank(type: array.elementType, shape: array.shape)
      } else {
        graph.initializers[name] = try array.copied(budget: budget)
      }
    }
    return graph
  }
}

extension ArrayData {
  /// The same array with bytes of its own, instead of a part of its file.
  func copied(budget: MemoryBudget) throws -> ArrayData {
    let owner = try Reservation(bytes.count, of: budget, for: "a constant of a network")
    return ArrayData(elementType, shape, bytes: Array(bytes)[...], reservation: owner)
  }
}

/// One operator of a graph.
public struct ONNXNode: Sendable {
  /// Its name in the graph; that of its first result where the file gives it none.
  public let name: String
  /// The operator: `Conv`.
  public let operation: String
  /// The names of its inputs; empty for an optional one that is left out.
  public let inputs: [String]
  /// The names of its results; empty for one that is not wanted.
  public let outputs: [String]
  /// Its options.
  public let attributes: [ONNXAttribute]

  /// An operator.
  public init(
    _ name: String, _ operation: String, inputs: [String], outputs: [String],
    attributes: [ONNXAttribute] = []
  ) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
  }
}

/// An option of an operator.
public struct ONNXAttribute: Sendable {
  /// What it is called.
  public let name: String
  /// What it is.
  public let value: Value

  /// The value of an option.
  public enum Value: Sendable {
    /// An integer.
    case int(Int)
    /// A number.
    case float(Float)
    /// A word.
    case text(String)
    /// Several integers.
    case ints([Int])
    /// Several numbers.
    case floats([Float])
    /// An array.
    case tensor(ArrayData)
    /// Something that no operator of this reader takes, in words: "a graph".
    case other(String)
  }

  /// An option.
  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }
}

/// An input or a result of a graph.
public struct ONNXValue: Sendable {
  /// Its name.
  public let name: String
  /// Its sizes, each a number, or the name that the file has for one that is open; nil where the file
  /// does not say them.
  public let sizes: [Size]?
  /// The elements' type; nil where the file does not say it.
  public let type: StoredType?

  /// The size of an axis.
  public enum Size: Sendable, Equatable {
    /// Always this one.
    case fixed(Int)
    /// Any size, by its name in the file.
    case open(String)
  }
}

extension ONNXValue: CustomStringConvertible {
  /// `input [N, 3, 224, 224]`.
  public var description: String {
    guard let sizes else { return name }
    let words = sizes.map { size in
      switch size {
      case .fixed(let size): "\(size)"
      case .open(let name): name.isEmpty ? "?" : shortened(name)
      }
    }
    return "\(shortened(name)) [\(words.joined(separator: ", "))]"
  }
}
