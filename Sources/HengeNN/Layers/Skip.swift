// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Layers one after another, and around them a way on which their input goes along: the channels of
/// x and of f(x), one behind the other.
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
        "a skip joins the channels of what its layers give, \(y.shape), to those of what they were given, \(x.shape)",
        notes: ["all sizes but the channels are equal"], parameter: "x")
    }
    return try Tensor.concatenated(givesInputFirst ? [x, y] : [y, x], axis: 1)
  }
}

extension LayerKind {
  /// ``Skip``.
  public static let skip = LayerKind(
    "skip",
    "Makes a block whose input goes along: the channels of x and those of f(x), one behind the other, with f the given layers one after another. What f makes smaller it makes as large again: skip(max_pool(2), …, upsample(2)).",
    [
      Option(
        "first", "Whose channels come first: \"input\" x's, \"output\" f(x)'s.",
        .choice(["input", "output"]), default: .text("input"))
    ], parts: .sequence, example: ("skip(conv(4, 4, padding=1), relu())", [1, 4, 5, 5])
  ) { Skip($0) }
}
