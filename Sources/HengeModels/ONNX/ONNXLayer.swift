// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeFiles
public import HengeNN
public import HengeTensor

/// Where an input of a node comes from.
enum ONNXOperand {
  /// It is left out.
  case none
  /// The value of a slot, which an earlier node or the network's input fills.
  case slot(Int)
  /// Always the same.
  case constant(Tensor)
  /// A weight, which can be set.
  case parameter(ModelParameter)
}

/// One node of a network of another program.
public final class ONNXLayer: Layer {
  /// The node in the file.
  let node: ONNXNode
  /// Where its inputs come from.
  let operands: [ONNXOperand]
  /// The slots of its results; nil for one that is not wanted.
  let results: [Int?]
  private let function: ONNXOperator.Function
  private let own: [(name: String, parameter: ModelParameter)]
  private let backend: any Backend
  /// The weights with the next normalization multiplied in.
  private var folded: ONNXFolding?

  init(
    _ node: ONNXNode, operands: [ONNXOperand], results: [Int?],
    parameters: [(name: String, parameter: ModelParameter)],
    function: @escaping ONNXOperator.Function, on backend: any Backend
  ) {
    self.node = node
    self.operands = operands
    self.results = results
    self.function = function
    self.backend = backend
    own = parameters
  }

  /// The operator: `Conv`.
  public override var kind: String { node.operation }

  /// It is part of a network that does not learn.
  public override var isForInference: Bool { true }

  /// Its weights, by the names of the operator's inputs.
  public override var parameters: [(name: String, parameter: ModelParameter)] { own }

  /// Unknown: an operator may do anything with them.
  public override var channelEffect: ChannelEffect { .unknown }

  /// Whether it sets negative elements to 0.
  public override var isRectifier: Bool { node.operation == "Relu" }

  /// The weight of a convolution, `[out, in, …]`.
  public override var filters: Tensor? {
    guard node.operation == "Conv", case .parameter(let weight)? = operands.dropFirst().first else {
      return nil
    }
    return weight.value
  }

  /// Twice the elements of the weight for each position of the result: those of convolutions and products.
  public override func operations(input: Shape, output: Shape) -> Int {
    let weight = own.first { $0.name == "weight" }?.parameter.value.count ?? 0
    switch node.operation {
    case "Conv": return 2 * weight * output.count / max(1, output.rank > 1 ? output[1] : 1)
    case "ConvTranspose": return 2 * weight * input.count / max(1, input.rank > 1 ? input[1] : 1)
    case "Gemm", "MatMul": return 2 * weight * output.count / max(1, output.sizes.last ?? 1)
    default: return 0
    }
  }

  /// Runs a node that has one input besides its weights and constants on `x`.
  ///
  /// Throws `E-arg` for one that has several, and what the operator throws.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let slots = operands.filter { if case .slot = $0 { true } else { false } }
    guard slots.count == 1 else {
      throw Failure(
        "E-arg",
        "`\(shortened(node.name))` (\(node.operation)) computes from \(slots.count) results of other layers, so it does not run alone",
        suggestion: "tap(m, x, \"\(shortened(node.name))\")", parameter: "m")
    }
    let inputs = try operands.map { operand -> Tensor? in
      if case .slot = operand { return x }
      return try constant(operand, pass)
    }
    let all = try function(
      ONNXCall(inputs: inputs, backend: backend, isPrecise: pass.isPrecise))
    guard let first = all.first else { preconditionFailure("an operator has a result") }
    return first
  }

  /// A constant or a weight, in the precision of the run.
  func constant(_ operand: ONNXOperand, _ pass: Pass) throws -> Tensor? {
    switch operand {
    case .none, .slot: nil
    case .parameter(let parameter): try pass(parameter)
    case .constant(let value):
      pass.isPrecise && value.type == .f32 ? try value.cast(to: .f64) : value
    }
  }

  /// Computes the results, with what its neighbors take part in.
  func results(of call: ONNXCall) throws -> [Tensor] { try function(call) }

  /// The weight and the bias of a convolution with those of the next normalization multiplied in.
  ///
  /// They are kept until one of the two layers' weights is set.
  func folding(_ weight: Tensor, _ bias: Tensor?, _ normalization: ONNXAffine) throws -> (
    weight: Tensor, bias: Tensor
  ) {
    let sources = [weight] + [bias].compactMap(\.self) + normalization.sources
    if let folded, folded.isOf(sources) { return (folded.weight, folded.bias) }
    let made = try ONNXFolding(
      weight, bias, normalization, sources: sources, isTransposed: node.operation != "Conv")
    folded = weight.type == .f32 ? made : nil
    return (made.weight, made.bias)
  }
}

/// A batch normalization with known statistics: `x · scale + shift` of each channel.
struct ONNXAffine {
  /// `[C]` each.
  let scale, shift, mean, variance: Tensor
  let epsilon: Double

  var sources: [Tensor] { [scale, shift, mean, variance] }
}

/// A convolution's weights with a normalization's multiplied in.
struct ONNXFolding {
  let weight: Tensor
  let bias: Tensor
  private let sources: [Tensor]

  /// Multiplies them; `isTransposed` weights are `[in, out, R, S]`, others `[out, in, R, S]`.
  init(
    _ weight: Tensor, _ bias: Tensor?, _ affine: ONNXAffine, sources: [Tensor], isTransposed: Bool
  ) throws {
    self.sources = sources
    // In double precision: the quotient of a small variance is then rounded once.
    let type = weight.type
    let deviation = try (affine.variance.cast(to: .f64) + .num(affine.epsilon)).map(.sqrt)
    let rate = try affine.scale.cast(to: .f64) / deviation
    let outputs = rate.count
    var sizes = [Int](repeating: 1, count: weight.rank)
    sizes[isTransposed ? 1 : 0] = outputs
    self.weight = try (weight.cast(to: .f64) * rate.reshaped(sizes)).cast(to: type).contiguous()
    let offset = try affine.shift.cast(to: .f64) - affine.mean.cast(to: .f64) * rate
    let moved = try bias.map { try $0.cast(to: .f64) * rate + offset } ?? offset
    self.bias = try moved.cast(to: type)
  }

  /// Whether it was made of these very tensors; they are kept, so that no other takes their memory.
  func isOf(_ others: [Tensor]) -> Bool {
    sources.count == others.count
      && zip(sources, others).allSatisfy { $0.storageBlock.owner === $1.storageBlock.owner }
  }
}
