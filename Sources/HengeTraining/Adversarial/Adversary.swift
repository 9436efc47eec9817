// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// How a generator and a discriminator are set against each other: what scores cost.
public enum Adversary: String, Sendable, CaseIterable {
  /// Scores are logits of "real": `-log σ(s)` for real images, `-log(1 - σ(s))` for generated ones.
  ///
  /// [Goodfellow et al. 2014]
  case vanilla
  /// Scores are 1 for real images and 0 for generated ones: the squared distance.
  ///
  /// [Mao et al. 2017]
  case lsgan
  /// Scores are high for real images and low for others: `-s` and `s`.
  ///
  /// [Arjovsky et al. 2017] Nothing limits the discriminator's slope, as in the reference's program, which
  /// defines the gradient penalty and never calls it.
  case wgan
  /// Scores beyond 1 for real images, or below -1 for generated ones, cost nothing: `max(0, 1 - s)` and
  /// `max(0, 1 + s)`; generated images that are to pass for real cost `-s`.
  ///
  /// [Lim and Ye 2017]
  case hinge

  /// The score above which a discriminator that minimizes the loss says "real": halfway between the two targets,
  /// or the logit of one half.
  public var threshold: Double {
    switch self {
    case .vanilla, .wgan, .hinge: 0
    case .lsgan: 0.5
    }
  }

  /// The mean loss, one number, of `scores` of any shape for images that should count as real, or as
  /// generated.
  ///
  /// Throws `E-memory`.
  public func loss(_ scores: Tensor, isReal: Bool) throws -> Tensor {
    switch self {
    case .vanilla: try scores.bceWithLogits(.int(isReal ? 1 : 0))
    case .lsgan: try scores.mse(.int(isReal ? 1 : 0))
    case .wgan: isReal ? try -scores.mean() : try scores.mean()
    case .hinge: try ((isReal ? -scores : scores) + .int(1)).activated(.relu).mean()
    }
  }

  /// The mean loss, one number, of a generator whose images have these `scores`, of any shape, and are to
  /// count as real.
  ///
  /// Throws `E-memory`.
  public func passing(_ scores: Tensor) throws -> Tensor {
    self == .hinge ? try -scores.mean() : try loss(scores, isReal: true)
  }

  /// A discriminator's accuracy: the mean of the fraction of its scores of `real` images above the threshold
  /// and of the fraction of those of `fake`, generated ones, not above it; ½ is chance.
  ///
  /// Scores have any shape. Throws `E-memory`.
  func accuracy(real: Tensor, fake: Tensor) throws -> Double {
    func above(_ scores: Tensor) throws -> Double {
      try Tensor.compare(.greater, .tensor(scores.detached()), .scalar(.num(threshold)))
        .mean().item().double
    }
    return (try above(real) + 1 - above(fake)) / 2
  }
}
