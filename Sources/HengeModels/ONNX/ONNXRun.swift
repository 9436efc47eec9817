// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// One run of a network of another program.
///
/// A network with a fixed batch of 1 is given several images as lanes: each value is then one tensor for
/// each lane, or one for all of them. Node by node, so that whoever looks at a layer sees all images.
struct ONNXRun {
  private let plan: ONNXPlan
  private let pass: Pass
  private let lanes: Int
  private let x: Tensor
  /// The values of the slots; none where a value is not there yet or not needed any more.
  private var values: [[Tensor]]
  /// The steps that another one computes.
  private var done: Set<Int> = []
  /// Paddings that the convolution after them computes.
  private var passedOn: Set<Int> = []

  init(_ plan: ONNXPlan, _ input: [Tensor], _ pass: Pass) {
    self.plan = plan
    self.pass = pass
    lanes = input.count
    x = input[0]
    values = [[Tensor]](repeating: [], count: plan.slots)
    values[plan.inputSlot] = input
  }

  /// The network's result, `[N, …]`; throws what its operators throw.
  mutating func result() throws -> Tensor {
    for (index, step) in plan.steps.enumerated() {
      if !done.contains(index) { try run(step, index) }
      for slot in step.lastReads { values[slot] = [] }
    }
    return try joined(try lanes(of: plan.result, plan.steps.last?.layer))
  }

  private func lanes(of operand: ONNXOperand, _ layer: ONNXLayer?) throws -> [Tensor] {
    if case .slot(let slot) = operand { return values[slot] }
    return try layer?.constant(operand, pass).map { [$0] } ?? []
  }

  private mutating func run(_ step: ONNXPlan.Step, _ index: Int) throws {
    if step.isPaddingOfNext, !pass.isWatched(step.name) {
      passedOn.insert(index)
      return
    }
    let (taken, last) = neighbors(of: step)
    var computed: [[Tensor]] = []
    var operands = step.layer.operands
    var padding: ONNXPadding?
    if let before = step.padding, passedOn.contains(before) {
      operands[0] = plan.steps[before].layer.operands[0]
      padding = plan.steps[before].pads
    }
    let inputs = try operands.map { try lanes(of: $0, step.layer) }
    let isWatched = pass.isWatched(step.name)
    // Whoever looks on sees the lanes as one batch; others see the first.
    func shown(_ lanes: [Tensor]) throws -> Tensor { isWatched ? try joined(lanes) : lanes[0] }
    let first = try shown(inputs.first { !$0.isEmpty } ?? [x])
    let watched = try pass.run(step.layer, step.name, first) { _ in
      let count = inputs.map(\.count).max() ?? 1
      for lane in 0..<max(1, count) {
        var call = ONNXCall(
          inputs: inputs.map { $0.isEmpty ? nil : $0[min(lane, $0.count - 1)] },
          backend: x.backend)
        call.isPrecise = pass.isPrecise
        call.padding = padding
        let results = try compute(step, taken, &call)
        if computed.isEmpty { computed = results.map { _ in [] } }
        for (place, result) in results.enumerated() { computed[place].append(result) }
      }
      guard let result = computed.first else { preconditionFailure("an operator has a result") }
      return try shown(result)
    }
    if isWatched, !computed.isEmpty { computed[0] = try parted(watched, computed[0]) }
    let target = last.map { plan.steps[$0] } ?? step
    for (slot, result) in zip(target.layer.results, computed) {
      if let slot, plan.isRead[slot] { values[slot] = result }
    }
  }

  /// The steps after `step` that are computed with it, and the last of them.
  private mutating func neighbors(of step: ONNXPlan.Step) -> (
    (normalization: Int?, activation: Int?), last: Int?
  ) {
    var taken: (normalization: Int?, activation: Int?) = (nil, nil)
    guard !pass.isWatched(step.name) else { return (taken, nil) }
    var last: Int?
    if let next = step.normalization, !pass.isWatched(plan.steps[next].name) {
      taken.normalization = next
      last = next
    }
    let behind = last.map { plan.steps[$0] } ?? step
    if let next = behind.activation, !pass.isWatched(plan.steps[next].name) {
      taken.activation = next
      last = next
    }
    for one in [taken.normalization, taken.activation] {
      if let one { done.insert(one) }
    }
    return (taken, last)
  }

  private func compute(
    _ step: ONNXPlan.Step, _ taken: (normalization: Int?, activation: Int?), _ call: inout ONNXCall
  ) throws -> [Tensor] {
    if let activation = taken.activation { call.activation = plan.steps[activation].function }
    guard let next = taken.normalization, let affine = try affine(plan.steps[next]) else {
      return try step.layer.results(of: call)
    }
    let (weight, bias) = try step.layer.folding(call(1), call.optional(2), affine)
    var folded = ONNXCall(inputs: [try call(0), weight, bias], backend: call.backend)
    folded.activation = call.activation
    folded.padding = call.padding
    return try step.layer.results(of: folded)
  }

  /// The numbers of a normalization, all of which are constants or weights.
  private func affine(_ step: ONNXPlan.Step) throws -> ONNXAffine? {
    let numbers = try step.layer.operands.dropFirst().compactMap {
      try step.layer.constant($0, pass)
    }
    guard numbers.count == 4 else { return nil }
    return ONNXAffine(
      scale: numbers[0], shift: numbers[1], mean: numbers[2], variance: numbers[3],
      epsilon: step.epsilon)
  }

  /// The lanes as one batch.
  private func joined(_ lanes: [Tensor]) throws -> Tensor {
    if lanes.count == 1 { return lanes[0] }
    return lanes[0].rank == 0 ? try Tensor.stacked(lanes) : try Tensor.concatenated(lanes)
  }

  /// A batch as lanes of the sizes of `like`, which it was joined from.
  private func parted(_ batch: Tensor, _ like: [Tensor]) throws -> [Tensor] {
    if like.count == 1 { return [batch] }
    var start = 0
    return try like.map { lane in
      guard lane.rank > 0 else {
        defer { start += 1 }
        return try batch.selecting([.at(start)])
      }
      defer { start += lane.shape[0] }
      return try batch.selecting([.slice(start: start, stop: start + lane.shape[0], step: nil)])
    }
  }
}
