// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// What a discriminator said of real and of generated images, with half their loss on the tape.
struct Judgement {
  let real: Tensor
  let fake: Tensor
  let loss: Tensor

  /// The same off the tape.
  var detached: Judgement {
    Judgement(real: real.detached(), fake: fake.detached(), loss: loss.detached())
  }
}

extension Judgement {
  /// Lets `critic` judge `targets` and `fakes`.
  ///
  /// They are one batch of both, unless the critic's statistics are the batch's: then each
  /// kind is judged separately, the generated images first, as the reference's pix2pix does.
  init(
    by critic: Layer, of targets: Tensor, _ fakes: Tensor, _ adversary: Adversary, _ pass: Pass
  ) throws {
    if critic.mixesSamples {
      fake = try critic(fakes, pass)
      real = try critic(targets, pass)
    } else {
      let scores = try critic(Tensor.concatenated([targets, fakes]), pass)
      let count = targets.shape[0]
      real = try scores.selecting([.slice(start: 0, stop: count, step: nil)])
      fake = try scores.selecting([.slice(start: count, stop: nil, step: nil)])
    }
    loss =
      try (try adversary.loss(real, isReal: true) + adversary.loss(fake, isReal: false))
      * .num(0.5)
  }
}
