// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

// How a network is written for other programs. A layer says in `Layer.export` which operators of ONNX
// compute what it computes; `Layer.graph(for:)` collects those of a whole network.

/// A network as other programs run it: operators of ONNX in the order in which they run, and constants.
public final class Graph {
  /// A result of an operator, a constant, or the input.
  public struct Value: Hashable, Sendable {
    /// Its name, unique in the graph.
    public let name: String
  }

  /// One operator with its inputs.
  public struct Node {
    /// The operator: `Conv`.
    public let op: String
    /// Its name, unique in the graph: the path of its layer and the operator.
    public let name: String
    /// The inputs in their order; the name of one that is left out is empty.
    public fileprivate(set) var inputs: [Value]
    /// The result.
    public fileprivate(set) var output: Value
    /// The attributes by name.
    public let attributes: [(name: String, value: Attribute)]
  }

  /// A setting of an operator.
  public enum Attribute: Sendable {
    /// A whole number.
    case int(Int)
    /// Several whole numbers.
    case ints([Int])
    /// A number.
    case float(Double)
    /// A word.
    case text(String)
  }

  /// Numbers that operators read.
  public enum Constant {
    /// Floats of the tensor's shape.
    case tensor(Tensor)
    /// Whole numbers `[count]`.
    case ints([Int])
  }

  /// The operators, in order.
  public private(set) var nodes: [Node] = []
  /// The constants by name, in the order in which they were first used.
  public private(set) var constants: [(name: String, constant: Constant)] = []
  /// Results besides the network's own, with the names of side outputs.
  public private(set) var sides: [(name: String, value: Value)] = []
  /// The network's input.
  public let input = Value(name: "input")
  /// The network's output.
  public let output = Value(name: "output")
  /// Whether height and width may differ from those that the graph was made for.
  let isSizeOpen: Bool
  /// Inputs and outputs of the layers, by their paths.
  private let shapes: [String: (input: Shape, output: Shape)]
  /// Where constants are computed.
  public let backend: any Backend

  /// The layer that is exported: its path.
  private var path = ""
  private var names: Set<String>
  private var weights: [ObjectIdentifier: Value] = [:]
  private var replaced: [ObjectIdentifier: Tensor] = [:]
  /// The condition of each sample besides its maps, `[N, K]`; nil without one.
  private(set) var condition: Value?
  /// The scale and shift of each sample's channels, `[N, C]` each; nil without a style.
  private(set) var style: (scale: Value, shift: Value)?

  /// An empty graph of a network whose layers have these `shapes`.
  init(
    shapes: [String: (input: Shape, output: Shape)], isSizeOpen: Bool, on backend: any Backend
  ) {
    self.shapes = shapes
    self.isSizeOpen = isSizeOpen
    self.backend = backend
    names = ["", input.name, output.name]
  }

  // MARK: What layers add

  /// Exports `layer`, which is called `name` inside the layer that is exported, for an input `x`.
  ///
  /// Throws what ``Layer/export(_:to:)`` throws.
  public func run(_ layer: Layer, _ name: String, _ x: Value) throws -> Value {
    let outer = path
    defer { path = outer }
    path = place(name)
    return try layer.export(x, to: self)
  }

  /// The shape of the input of the layer that is exported; throws `E-internal` for one that does not run.
  public func inputShape() throws -> Shape { try shapes(of: path).input }

  /// The shape of the result of the layer that is called `name` inside the one that is exported.
  ///
  /// Throws `E-internal` for one that does not run.
  public func outputShape(of name: String) throws -> Shape { try shapes(of: place(name)).output }

  private func shapes(of path: String) throws -> (input: Shape, output: Shape) {
    guard let shapes = shapes[path] else {
      throw Failure("E-internal", "the layer `\(path)` is exported but does not run")
    }
    return shapes
  }

  /// Adds an operator and returns its result.
  public func add(
    _ op: String, _ inputs: [Value], _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) -> Value {
    let value = Value(name: unique(place(op)))
    nodes.append(
      Node(
        op: op, name: value.name, inputs: inputs, output: value,
        attributes: attributes.map { ($0.key, $0.value) }))
    return value
  }

  /// A parameter of the layer that is exported, which calls it `name`; once for all layers that share it.
  ///
  /// With `shaped`, its elements in another shape. Throws `E-memory`.
  public func weight(
    _ parameter: ModelParameter, _ name: String, shaped sizes: [Int]? = nil
  ) throws -> Value {
    let key = ObjectIdentifier(parameter)
    let value = replaced[key] ?? parameter.value
    if let sizes { return constant(try value.reshaped(sizes), name) }
    guard replaced[key] == nil else { return constant(value, name) }
    if let known = weights[key] { return known }
    let new = constant(value, name)
    weights[key] = new
    return new
  }

  /// A constant tensor of any shape.
  public func constant(_ tensor: Tensor, _ name: String) -> Value {
    let value = Value(name: unique(place(name)))
    constants.append((value.name, .tensor(tensor.detached())))
    return value
  }

  /// Constant numbers of a shape; throws `E-memory`.
  public func constant(_ numbers: [Double], _ sizes: [Int], _ name: String) throws -> Value {
    constant(try Tensor(numbers.map { Float($0) }, try Shape(sizes), on: backend), name)
  }

  /// One constant number; throws `E-memory`.
  public func constant(_ number: Double, _ name: String) throws -> Value {
    try constant([number], [], name)
  }

  /// Constant whole numbers.
  public func ints(_ numbers: [Int], _ name: String) -> Value {
    let value = Value(name: unique(place(name)))
    constants.append((value.name, .ints(numbers)))
    return value
  }

  /// An input that is left out.
  public static let none = Value(name: "")

  /// Makes `value` a side output of the layer that is exported, as `Pass.give` does.
  public func give(_ name: String, _ value: Value) {
    sides.append((place(name), value))
  }

  /// Exports with a condition that layers inside read, `[N, K]`.
  func conditioned(by condition: Value, _ body: () throws -> Value) rethrows -> Value {
    let outer = self.condition
    defer { self.condition = outer }
    self.condition = condition
    return try body()
  }

  /// Exports with a scale and shift that adaptive normalizations use, `[N, C]` each.
  public func styled(scale: Value, shift: Value, _ body: () throws -> Value) rethrows -> Value {
    let outer = style
    defer { style = outer }
    style = (scale, shift)
    return try body()
  }

  /// Exports with `value` in place of the parameter's own, of the same shape.
  func replacing(
    _ parameter: ModelParameter, by value: Tensor, _ body: () throws -> Value
  ) rethrows -> Value {
    let key = ObjectIdentifier(parameter)
    let outer = replaced[key]
    defer { replaced[key] = outer }
    replaced[key] = value
    return try body()
  }

  // MARK: The whole

  /// Renames the last result to the network's output.
  func finish(_ result: Value) {
    // A network may return its input, or a side output may be its result.
    guard let last = nodes.lastIndex(where: { $0.output == result }),
      !sides.contains(where: { $0.value == result })
    else {
      nodes.append(
        Node(
          op: "Identity", name: unique("Identity"), inputs: [result], output: output,
          attributes: []))
      return nameSides()
    }
    nodes[last].output = output
    for node in nodes.indices {
      nodes[node].inputs = nodes[node].inputs.map { $0 == result ? output : $0 }
    }
    nameSides()
  }

  /// Renames side outputs to their own names.
  private func nameSides() {
    for (name, value) in sides {
      let named = Value(name: unique(name))
      for node in nodes.indices {
        if nodes[node].output == value { nodes[node].output = named }
        nodes[node].inputs = nodes[node].inputs.map { $0 == value ? named : $0 }
      }
      if let place = sides.firstIndex(where: { $0.value == value }) { sides[place].value = named }
    }
  }

  private func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  private func unique(_ name: String) -> String {
    var (unique, number) = (name, 2)
    while !names.insert(unique).inserted {
      unique = "\(name)_\(number)"
      number += 1
    }
    return unique
  }
}
