// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Layers one after another, and around them a way on which their input goes along: the channels of
/// x and of f(x), one after the other.
///
/// Shape: `[N, C, H, W]` → `[N, C + K, H, W]`, where the layers give `[N, K, H, W]`.
/// [Ronneberger et al. 2015, U-Net]
public final class Skip: Layer {
  private let body: Sequential
  private let givesInputFirst: Bool

  init(_ building: Building) {
    body = Sequential(building.parts)
    givesInputFirst = building.settings.text("first") == "input"
  }

  /// The layers of the body by their names.
  public override var parts: [(name: String, layer: Layer)] { body.parts }

  /// Runs the body and joins.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let y = try body.forward(x, pass)
    guard x.rank >= 2, y.rank == x.rank, y.shape[0] == x.shape[0],
      y.shape.sizes.dropFirst(2) == x.shape.sizes.dropFirst(2)
    else {
      throw Failure(
        "E-shape",
        "skip concatenates the channels of its input, \(x.shape), and of the output of its layers, \(y.shape)",
        notes: ["all sizes except the channels must be equal"], parameter: "x")
    }
    return try Tensor.concatenated(givesInputFirst ? [x, y] : [y, x], axis: 1)
  }
}

extension LayerKind {
  /// ``Skip``.
  public static let skip = LayerKind(
    "skip",
    "Skip connection by concatenation, as in U-Nets: the channels of x followed by those of f(x), where f is the sequence of the layers. f must keep the height and width, as skip(max_pool(2), …, upsample(2)) does.",
    [
      Option(
        "first",
        "Which channels come first: \"input\" for those of x, \"output\" for those of f(x).",
        .choice(["input", "output"]), default: .text("input"))
    ], parts: .sequence, example: ("skip(conv(4, 4, padding=1), relu())", [1, 4, 5, 5]),
    output: [1, 8, 5, 5]
  ) { Skip($0) }
}
