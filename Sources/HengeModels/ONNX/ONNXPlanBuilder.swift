// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

/// Makes the steps of a plan from the nodes of a graph.
///
/// Nodes that no result depends on are left out, and those that depend on constants only are computed now.
struct ONNXPlanBuilder {
  /// What the network is given.
  let input: ONNXValue
  private(set) var slotCount = 1
  private let graph: ONNXGraph
  private let path: String
  private let backend: any Backend
  /// Where values are, by name: those that are known so far.
  private var values: [String: ONNXOperand] = [:]
  private var parameters: [String: ModelParameter] = [:]
  private var names: Set<String> = []
  /// The constants that others were computed from, or that are not floats.
  private var readNow: Set<String> = []

  /// The constants of the file that are weights and nothing else.
  var weights: Set<String> {
    Set(parameters.keys.filter { graph.initializers[$0] != nil && !readNow.contains($0) })
  }

  /// Begins with the inputs of a graph; throws `E-file` unless there is one.
  init(_ graph: ONNXGraph, path: String, on backend: any Backend) throws {
    self.graph = graph
    self.path = path
    self.backend = backend
    let live = ONNXPlanBuilder.live(graph)
    let read = Set(live.flatMap(\.inputs) + graph.outputs.map(\.name))
    let inputs = graph.inputs.filter { read.contains($0.name) }
    guard inputs.count == 1, let input = inputs.first else {
      throw Failure.file(
        path,
        inputs.isEmpty
          ? "its network reads no input"
          : "its network has \(inputs.count) inputs, \(inputs.prefix(4).map { "\($0)" }.joined(separator: ", ")), and henge runs networks with one",
        suggestion: inputs.isEmpty
          ? nil
          : "onnx.utils.extract_model(\"x.onnx\", \"y.onnx\", [input], [output]) takes a part out")
    }
    guard input.type?.elementType.isFloat ?? true else {
      throw Failure.file(
        path,
        "its input `\(shortened(input.name))` is \(input.type?.rawValue ?? ""), and henge runs networks on floats"
      )
    }
    self.input = input
    values[input.name] = .slot(0)
  }

  /// The nodes that a result depends on.
  private static func live(_ graph: ONNXGraph) -> [ONNXNode] {
    var wanted = Set(graph.outputs.map(\.name))
    var live: [ONNXNode] = []
    for node in graph.nodes.reversed() where node.outputs.contains(where: { wanted.contains($0) }) {
      wanted.formUnion(node.inputs)
      live.append(node)
    }
    return live.reversed()
  }

  /// The steps in order.
  mutating func steps() throws -> [ONNXPlan.Step] {
    var steps: [ONNXPlan.Step] = []
    for node in ONNXPlanBuilder.live(graph) {
      do {
        if let step = try step(node) { steps.append(step) }
      } catch let failure as Failure {
        throw placed(failure, node)
      }
      try backend.checkStop()
    }
    return steps
  }

  /// A failure with the node that it is about.
  private func placed(_ failure: Failure, _ node: ONNXNode) -> Failure {
    let name = "`\(shortened(node.name))` (\(shortened(node.operation)))"
    // Shapes and lists are as long as the file has them.
    let words = failure.message
    let message = words.count > 240 ? words.prefix(239) + "…" : words
    guard failure.code != "E-memory" else {
      return Failure(
        "E-memory", "\(message), in node \(name) of \(quotedPath(path))",
        notes: failure.notes, suggestion: failure.suggestion)
    }
    return Failure.file(
      path, "its node \(name): \(message)", notes: failure.notes,
      suggestion: failure.suggestion)
  }

  /// Where the value called `name` is.
  mutating func operand(_ name: String) throws -> ONNXOperand {
    if name.isEmpty { return .none }
    if let value = values[name] { return value }
    if let blank = graph.blanks[name] {
      let value = ONNXOperand.constant(try .zeros(blank.shape, blank.type, on: backend))
      values[name] = value
      return value
    }
    guard let array = graph.initializers[name] else {
      throw Failure("E-file", "nothing computes `\(shortened(name))`")
    }
    let value = ONNXOperand.constant(try Tensor(array, on: backend))
    values[name] = value
    return value
  }

  /// The step of a node; nil for one that is computed now.
  private mutating func step(_ node: ONNXNode) throws -> ONNXPlan.Step? {
    let declaration = try declaration(of: node)
    let function = try declaration.make(ONNXOptions(node: node, opset: graph.opset))
    var operands = try node.inputs.map { try operand($0) }
    let isConstant = operands.allSatisfy { if case .slot = $0 { false } else { true } }
    if isConstant {
      readNow.formUnion(node.inputs)
      let results = try function(ONNXCall(inputs: operands.map(\.tensor), backend: backend))
      for (name, result) in zip(node.outputs, results) where !name.isEmpty {
        // A view of a broadcast would be made anew by whoever reads it.
        values[name] = .constant(try result.contiguous())
      }
      return nil
    }
    let pads = try ONNXPlanBuilder.padding(node, operands)
    var own: [(name: String, parameter: ModelParameter)] = []
    for (index, operand) in operands.enumerated() {
      guard case .constant(let value) = operand, value.type.isFloat, value.rank > 0 else {
        continue
      }
      guard let role = declaration.role(of: index) else { continue }
      let parameter = parameters[node.inputs[index]] ?? weight(value, role)
      parameters[node.inputs[index]] = parameter
      operands[index] = .parameter(parameter)
      own.append((role, parameter))
    }
    let results = node.outputs.map { name -> Int? in
      guard !name.isEmpty else { return nil }
      defer { slotCount += 1 }
      values[name] = .slot(slotCount)
      return slotCount
    }
    let layer = ONNXLayer(
      node, operands: operands, results: results, parameters: own, function: function, on: backend)
    var step = ONNXPlan.Step(name: unique(node.name), layer: layer)
    step.pads = pads
    let options = ONNXOptions(node: node, opset: graph.opset)
    step.function = try ONNXPlanBuilder.activation(options)
    step.epsilon = try options.num("epsilon", 1e-5)
    return step
  }

  private func weight(_ value: Tensor, _ role: String) -> ModelParameter {
    ModelParameter(value, isTrained: false, isWeight: !["mean", "variance"].contains(role))
  }

  /// The name itself, or with a number where an earlier node has it.
  private mutating func unique(_ name: String) -> String {
    var (candidate, number) = (name, 2)
    while !names.insert(candidate).inserted {
      candidate = "\(name)_\(number)"
      number += 1
    }
    return candidate
  }

  // MARK: Operators

  private func declaration(of node: ONNXNode) throws -> ONNXOperator {
    guard let declaration = ONNXOperator.byName[node.operation] else {
      throw ONNXRefusal.failure(of: node.operation)
    }
    let given = node.inputs.count
    guard given <= declaration.inputs.count || declaration.isVariadic else {
      throw Failure(
        "E-file",
        "it has \(given) inputs, and the operator takes \(declaration.inputs.count) at most")
    }
    for index in 0..<declaration.required where index >= given || node.inputs[index].isEmpty {
      throw Failure("E-file", "its input `\(declaration.inputs[index])` is missing")
    }
    for attribute in node.attributes {
      if case .other(let words) = attribute.value {
        throw Failure("E-file", "its option `\(shortened(attribute.name))` is \(words)")
      }
      guard declaration.options.contains(attribute.name) else {
        throw Failure(
          "E-file", "henge does not know its option `\(shortened(attribute.name))`",
          notes: [
            declaration.options.isEmpty
              ? "the operator has no options"
              : "the operator's options are \(declaration.options.joined(separator: ", "))"
          ])
      }
    }
    return declaration
  }

  /// What a node is as an activation that other operations apply to their result.
  private static func activation(_ options: ONNXOptions) throws -> Activation {
    switch options.node.operation {
    case "Relu": return .relu
    case "Tanh": return .tanh
    case "Sigmoid": return .sigmoid
    case "LeakyRelu":
      let slope = try options.num("alpha", 0.01)
      return slope >= 0 ? .leakyReLU(slope: Float(slope)) : .none
    default: return .none
    }
  }

  /// What a node is as a padding of rows and columns; nil for another one.
  private static func padding(_ node: ONNXNode, _ operands: [ONNXOperand]) throws -> ONNXPadding? {
    let options = ONNXOptions(node: node, opset: 0)
    guard node.operation == "Pad", operands.count < 4 || operands[3].isNone,
      let pads = try options.ints("pads") ?? operands.dropFirst().first?.tensor?.ints(),
      pads.count == 8, pads.allSatisfy({ (0...65_536).contains($0) }),
      [0, 1, 4, 5].allSatisfy({ pads[$0] == 0 })
    else { return nil }
    let (vertical, horizontal) = (
      Convolution.Edges(pads[2], pads[6]), Convolution.Edges(pads[3], pads[7])
    )
    switch try options.text("mode", "constant") {
    case "reflect":
      return ONNXPadding(vertical: vertical, horizontal: horizontal, border: .reflection)
    case "constant":
      let value = operands.count > 2 ? operands[2] : ONNXOperand.none
      let number = try value.tensor?.floats().first ?? Float(try options.num("value", 0))
      guard number == 0, value.isKnown else { return nil }
      return ONNXPadding(vertical: vertical, horizontal: horizontal, border: .zero)
    default: return nil
    }
  }
}

extension ONNXOperand {
  /// The value of a constant.
  fileprivate var tensor: Tensor? {
    switch self {
    case .constant(let value): value
    case .parameter(let parameter): parameter.value
    case .none, .slot: nil
    }
  }

  fileprivate var isNone: Bool { if case .none = self { true } else { false } }

  /// Whether it is the same in each run.
  fileprivate var isKnown: Bool { if case .slot = self { false } else { true } }
}

extension ONNXOperator {
  /// Inputs that are numbers of the operation, no weights.
  private static let numbers: Set<String> = ["scales", "roi", "value", "min", "max"]

  /// The name of the weight at an input; nil for what is none.
  fileprivate func role(of index: Int) -> String? {
    let name = index < inputs.count ? inputs[index] : "\(inputs[inputs.count - 1])\(index + 1)"
    return ONNXOperator.numbers.contains(name) ? nil : name
  }
}
