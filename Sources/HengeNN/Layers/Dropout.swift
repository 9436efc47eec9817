// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Each element 0 with probability `rate`, the others divided by 1 - rate, while it trains.
///
/// Shape: any → the same. [Srivastava et al. 2014]
public final class Dropout: Layer {
  private let rate: Double

  init(_ building: Building) throws {
    rate = try building.settings[LayerKind.dropoutRate]
    guard rate >= 0, rate < 1 else {
      throw Failure(
        "E-range", "a dropout rate must be 0 or more and less than 1, not \(rate)",
        parameter: "rate")
    }
  }

  /// Drops.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard let draws = draws(pass) else { return x }
    return try x.dropout(rate, from: &draws.stream, of: draws.samples)
  }

  /// Nothing: it only acts in training.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value { x }

  /// A dropout.
  override var neighbor: Neighbor? { .dropout(self) }

  /// What it drops in a pass, for an operation that does it to its own result, and then ``move(_:by:)``s.
  func dropping(_ pass: Pass) -> Tensor.Dropping? {
    draws(pass).map { Tensor.Dropping(rate: rate, stream: $0.stream, samples: $0.samples) }
  }

  /// Uses up the draws of `count` elements.
  func move(_ pass: Pass, by count: Int) {
    guard let draws = draws(pass), let dropping = dropping(pass) else { return }
    draws.stream.position &+= dropping.draws(for: count)
  }

  private func draws(_ pass: Pass) -> Draws? {
    guard pass.mode == .training, rate > 0 else { return nil }
    guard let draws = pass.draws else {
      preconditionFailure("a training pass has a stream for dropout")
    }
    return draws
  }
}

extension LayerKind {
  /// ``Dropout``.
  public static let dropout = LayerKind(
    "dropout",
    "Dropout: in training mode sets random elements to 0 and divides the others by 1 - rate. In evaluation mode it changes nothing.",
    [dropoutRate], example: LayerExample(["rate": 0.5], input: [1, 2, 3, 3])
  ) { try Dropout($0) }

  fileprivate static let dropoutRate = Option(
    "rate", "Dropout rate: probability that an element becomes 0.", .num, default: .num(0.5))
}
