// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

/// A divisor: the sides of an image must be divisible by it for a network's output to have its size.
///
/// An architecture that halves its maps and doubles them again declares it; then it takes images
/// of any size where nothing learns: they are padded by reflection to the next multiple, half of it
/// before and half after, the odd row and column after, and the result is cropped back.
public struct Divisor: Sendable {
  /// As help says it: `4`, or such as `2^downs` where options decide.
  public let words: String
  /// The number, under a kind's settings.
  let number: @Sendable (Settings) throws -> Int

  /// A divisor that depends on the settings.
  public init(_ words: String, _ number: @escaping @Sendable (Settings) throws -> Int) {
    self.words = words
    self.number = number
  }

  /// Always the same.
  public init(_ number: Int) {
    words = "\(number)"
    self.number = { _ in number }
  }
}

extension Layer {
  /// The divisor of the sides of an image, for the output to have its size; 1 where any will do, or
  /// the result is no image.
  public var divisor: Int { made?.divisor ?? 1 }
}

extension LayerKind {
  /// The ``Layer/divisor`` that a layer of this kind would have, with these options and the others as
  /// usual; throws what ``settings(_:)`` throws.
  public func layerDivisor(_ given: [(String, Setting)] = []) throws -> Int {
    try layerDivisor(of: settings(given))
  }

  func layerDivisor(of settings: Settings) throws -> Int {
    try divisor.map { max(1, try $0.number(settings)) } ?? 1
  }
}

/// A batch of images made larger so that a network's divisor goes into its sides.
struct FittedBatch {
  /// `[N, C, H + a, W + b]`.
  let padded: Tensor
  /// Added above and below.
  let rows: Convolution.Edges
  /// Added at the left and the right.
  let columns: Convolution.Edges
  private let height: Int
  private let width: Int

  /// The batch for `layer`, or nil where it fits as it is.
  ///
  /// Throws `E-shape` for images too small to be mirrored so far.
  init?(_ x: Tensor, for layer: Layer) throws {
    let divisor = layer.divisor
    guard divisor > 1, x.rank == 4, x.count > 0 else { return nil }
    (height, width) = (x.shape[2], x.shape[3])
    let (down, across) = (
      (divisor - height % divisor) % divisor, (divisor - width % divisor) % divisor
    )
    guard down > 0 || across > 0 else { return nil }
    rows = Convolution.Edges(down / 2, down - down / 2)
    columns = Convolution.Edges(across / 2, across - across / 2)
    guard rows.after < height, columns.after < width else {
      throw Failure(
        "E-shape",
        "\(layer.kind) needs sides divisible by \(divisor), and images of \(height)x\(width) are too small to be padded by reflection to \(height + down)x\(width + across)",
        notes: ["reflection can add at most a side minus 1"],
        suggestion: "resize(x, \(height + down)x\(width + across))", parameter: "x")
    }
    padded = try x.padded(
      [(0, 0), (0, 0), (rows.before, rows.after), (columns.before, columns.after)], with: .reflect)
  }

  /// The part of a result for ``padded`` that belongs to the image.
  func cropped(_ y: Tensor) throws -> Tensor {
    guard y.rank == 4, y.shape[2] == padded.shape[2], y.shape[3] == padded.shape[3] else {
      return y
    }
    return try y.selecting([
      .all, .all, .slice(start: rows.before, stop: rows.before + height, step: nil),
      .slice(start: columns.before, stop: columns.before + width, step: nil),
    ])
  }
}
