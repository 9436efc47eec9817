// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// A function of each element.
///
/// Shape: any → the same.
public final class ActivationLayer: Layer {
  /// Which one.
  let function: Activation

  init(_ function: Activation) { self.function = function }

  /// Applies it.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try x.activated(function)
  }

  /// `Relu`, `LeakyRelu`, `Tanh` or `Sigmoid`.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    graph.activated(x, function)
  }

  /// Whether negative elements become 0.
  public override var isRectifier: Bool { function == .relu }

  /// The function, where another layer computes the same bits by applying it itself.
  override var neighbor: Neighbor? {
    switch function {
    case .none, .relu, .leakyReLU: .activation(function)
    case .tanh, .sigmoid: nil
    }
  }
}

extension LayerKind {
  /// `max(x, 0)`.
  public static let relu = LayerKind(
    "relu", "ReLU activation (rectifier): max(x, 0), element by element.",
    example: LayerExample(input: [1, 2, 3, 3])
  ) { _ in ActivationLayer(.relu) }

  /// The element where it is positive, `slope` times it elsewhere.
  ///
  /// [Maas et al. 2013]
  public static let leakyReLU = LayerKind(
    "leaky_relu", "Leaky ReLU activation: x where x is positive, slope · x elsewhere.",
    [slope], example: LayerExample(["slope": 0.2], input: [1, 2, 3, 3])
  ) { ActivationLayer(.leakyReLU(slope: Float(try $0.settings[slope]))) }

  private static let slope = Option(
    "slope", "Slope for negative elements.", .num, default: .num(0.2))

  /// The hyperbolic tangent.
  public static let tanh = LayerKind(
    "tanh",
    "Hyperbolic tangent activation. As the last layer of a generator it returns images in -1..1.",
    example: LayerExample(input: [1, 2, 3, 3])
  ) { _ in ActivationLayer(.tanh) }

  /// `1 / (1 + e^-x)`.
  public static let sigmoid = LayerKind(
    "sigmoid", "Sigmoid activation: 1 / (1 + e^-x), element by element.",
    example: LayerExample(input: [1, 2, 3, 3])
  ) { _ in ActivationLayer(.sigmoid) }
}
