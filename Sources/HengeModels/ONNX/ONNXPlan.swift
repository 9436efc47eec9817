// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

/// A padding of rows and columns that a convolution does on the way.
struct ONNXPadding {
  let vertical, horizontal: Convolution.Edges
  let border: Convolution.Border
}

/// A graph as it is run: its nodes in order, with what each reads and writes, and what is computed
/// together.
struct ONNXPlan {
  /// A node of the plan.
  struct Step {
    let name: String
    let layer: ONNXLayer
    /// The slots that no later step reads.
    var lastReads: [Int] = []
    /// The normalization after this convolution that is multiplied into it.
    var normalization: Int?
    /// The activation after this step that is computed with it.
    var activation: Int?
    /// The padding before this convolution that is computed with it.
    var padding: Int?
    /// Whether this is such a padding.
    var isPaddingOfNext = false
    /// What this step is as a padding.
    var pads: ONNXPadding?
    /// What this step is as an activation.
    var function = Activation.none
    /// The epsilon of a normalization.
    var epsilon = 1e-5
  }

  private(set) var steps: [Step] = []
  /// The number of slots.
  let slots: Int
  /// The slot of the network's input.
  let inputSlot: Int
  /// Where the network's result is.
  let result: ONNXOperand
  /// Whether a step reads a slot, or the network returns it.
  let isRead: [Bool]
  let input: ONNXValue
  let outputs: [ONNXValue]
  /// The names of the steps that compute what the network returns besides its result.
  let otherResults: [String]
  /// The constants of the file that are weights and nothing else.
  let weights: Set<String>

  /// Plans a graph; throws `E-file` for what henge cannot run, `E-memory`.
  init(_ graph: ONNXGraph, path: String, on backend: any Backend) throws {
    var builder = try ONNXPlanBuilder(graph, path: path, on: backend)
    steps = try builder.steps()
    input = builder.input
    outputs = graph.outputs
    weights = builder.weights
    inputSlot = 0
    slots = builder.slotCount
    guard let first = graph.outputs.first else {
      throw Failure.file(path, "its network returns nothing")
    }
    result = try builder.operand(first.name)
    var isRead = [Bool](repeating: false, count: slots)
    let kept = try graph.outputs.map { try builder.operand($0.name) }
    for case .slot(let slot) in steps.flatMap(\.layer.operands) + kept { isRead[slot] = true }
    self.isRead = isRead
    otherResults = steps.filter { step in
      kept.dropFirst().contains { operand in
        if case .slot(let slot) = operand { step.layer.results.contains(slot) } else { false }
      }
    }.map(\.name)
    let returned = kept.compactMap { if case .slot(let slot) = $0 { slot } else { nil } }
    join(Set(returned))
    release(keeping: result)
  }

  // MARK: The input

  /// The input as the network is given it: as it is, or image by image where its batch is always 1.
  func lanes(of x: Tensor) throws -> [Tensor] {
    guard let sizes = input.sizes else { return [x] }
    guard sizes.count == x.rank else { throw wrongShape(x.shape) }
    for (axis, size) in sizes.enumerated() where axis > 0 {
      if case .fixed(let size) = size, size != x.shape[axis] { throw wrongShape(x.shape) }
    }
    guard case .fixed(let batch)? = sizes.first, batch != x.shape[0] else { return [x] }
    guard x.shape[0] > 0, x.shape[0] % batch == 0 else { throw wrongShape(x.shape) }
    return try stride(from: 0, to: x.shape[0], by: batch).map {
      try x.selecting([.slice(start: $0, stop: $0 + batch, step: nil)])
    }
  }

  /// An input of other sizes than those that the file says.
  func wrongShape(_ shape: Shape) -> Failure {
    var suggestion: String?
    if let sizes = input.sizes, sizes.count == 4, shape.rank == 4,
      case .fixed(let height) = sizes[2], case .fixed(let width) = sizes[3],
      shape[2] != height || shape[3] != width
    {
      suggestion = "resize(x, \(height)x\(width))"
    }
    return Failure(
      "E-shape", "this network takes \(input), not \(shape)",
      notes: ["its file says these sizes; a name is any size"], suggestion: suggestion,
      parameter: "x")
  }

  // MARK: What is computed together

  /// Finds the neighbors that one operation computes: each the only reader of the step before.
  private mutating func join(_ returned: Set<Int>) {
    var readers: [Int: [Int]] = [:]
    for (index, step) in steps.enumerated() {
      for case .slot(let slot) in step.layer.operands { readers[slot, default: []].append(index) }
    }
    func next(_ index: Int) -> Int? {
      let results = steps[index].layer.results
      guard results.dropFirst().allSatisfy({ $0 == nil }), let slot = results.first ?? nil,
        !returned.contains(slot), let all = readers[slot], all.count == 1,
        case .slot(slot)? = steps[all[0]].layer.operands.first
      else { return nil }
      return all[0]
    }
    for index in steps.indices {
      let node = steps[index].layer.node
      if steps[index].pads != nil, let next = next(index),
        steps[next].layer.node.operation == "Conv", steps[next].layer.node.hasNoPadding
      {
        steps[index].isPaddingOfNext = true
        steps[next].padding = index
      }
      var last = index
      if ["Conv", "ConvTranspose"].contains(node.operation), node.isUngrouped,
        let next = next(index), steps[next].isFoldable
      {
        steps[index].normalization = next
        last = next
      }
      let takesActivation = [
        "Conv", "ConvTranspose", "BatchNormalization", "InstanceNormalization",
      ]
      if takesActivation.contains(node.operation), let next = next(last),
        steps[next].function != .none
      {
        steps[last].activation = next
        steps[index].activation = last == index ? next : nil
      }
    }
  }

  /// Finds after which step each slot is not read any more.
  private mutating func release(keeping result: ONNXOperand) {
    var last: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      var operands = step.layer.operands
      if let padding = step.padding { operands += steps[padding].layer.operands }
      for case .slot(let slot) in operands { last[slot] = index }
    }
    if case .slot(let slot) = result { last[slot] = nil }
    for (slot, index) in last { steps[index].lastReads.append(slot) }
  }
}

extension ONNXPlan.Step {
  /// Whether it is a batch normalization whose numbers are all weights or constants.
  fileprivate var isFoldable: Bool {
    layer.node.operation == "BatchNormalization"
      && layer.operands.dropFirst().allSatisfy {
        if case .slot = $0 { false } else { true }
      }
  }
}

extension ONNXNode {
  private func ints(_ name: String) -> [Int]? {
    for attribute in attributes where attribute.name == name {
      if case .ints(let values) = attribute.value { return values }
    }
    return nil
  }

  /// Whether it adds no rows and columns itself.
  fileprivate var hasNoPadding: Bool {
    !attributes.contains { $0.name == "auto_pad" } && (ints("pads") ?? []).allSatisfy { $0 == 0 }
  }

  /// Whether each result channel of a convolution is computed from all channels.
  fileprivate var isUngrouped: Bool {
    attributes.allSatisfy { attribute in
      guard attribute.name == "group", case .int(let count) = attribute.value else { return true }
      return count == 1
    }
  }
}
