// SPDX-License-Identifier: MIT
internal import HengeBackend

/// What is chosen for a trainer of networks besides its method.
public struct CommonOptions: Sendable {
  /// Decay of the running means of weights, 0 to less than 1; nil keeps no means.
  public var ema: Double?

  /// The largest norm of the gradients that an optimizer uses, more than 0; nil for any.
  public var clip: Double?

  /// Whether residual blocks are computed again in the backward pass instead of kept.
  public var checkpoint: Bool

  /// The number of equal parts into which a batch is cut, 1 or more; it divides the batch size.
  public var parts: Int

  /// Keeps them; by default nothing of it is used.
  public init(
    ema: Double? = nil, clip: Double? = nil, checkpoint: Bool = false, parts: Int = 1
  ) {
    self.ema = ema
    self.clip = clip
    self.checkpoint = checkpoint
    self.parts = parts
  }

  /// The choices as a trainer's file keeps them.
  var settings: [(name: String, text: String)] {
    var settings = [("ema", ema), ("clip", clip)].compactMap { name, value in
      value.map { (name: name, text: String($0)) }
    }
    if checkpoint { settings.append(("checkpoint", "true")) }
    if parts != 1 { settings.append(("parts", String(parts))) }
    return settings
  }

  /// Throws `E-range` for a choice out of range, of a trainer with batches of `batch` samples.
  func check(batch: Int) throws {
    guard (1...batch).contains(parts), batch % parts == 0 else {
      let divisors = (1...batch).prefix(10_000).filter { batch % $0 == 0 }
      let nearest = divisors.min { abs($0 - parts) < abs($1 - parts) } ?? 1
      throw Failure(
        "E-range",
        "`parts` must divide the batch size into equal parts: batch=\(batch) cannot be cut into \(parts)",
        suggestion: parts > batch ? "parts=\(nearest), or a larger batch" : "parts=\(nearest)",
        parameter: "parts")
    }
    if let ema, !(ema >= 0 && ema < 1) {
      throw Failure(
        "E-range", "`ema` is the decay of a running mean: 0 to less than 1, not \(ema)",
        suggestion: "ema=0.999", parameter: "ema")
    }
    if let clip, !(clip > 0 && clip.isFinite) {
      throw Failure(
        "E-range", "`clip` is the largest norm of gradients: a number above 0, not \(clip)",
        suggestion: "clip=1", parameter: "clip")
    }
  }
}
