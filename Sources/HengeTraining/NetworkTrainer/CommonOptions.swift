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

  /// Keeps them; by default nothing of it is used.
  public init(ema: Double? = nil, clip: Double? = nil, checkpoint: Bool = false) {
    self.ema = ema
    self.clip = clip
    self.checkpoint = checkpoint
  }

  /// The choices as a trainer's file keeps them.
  var settings: [(name: String, text: String)] {
    [("ema", ema), ("clip", clip)].compactMap { name, value in
      value.map { (name, String($0)) }
    } + (checkpoint ? [("checkpoint", "true")] : [])
  }

  /// Throws `E-range` for a choice out of range.
  func check() throws {
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
