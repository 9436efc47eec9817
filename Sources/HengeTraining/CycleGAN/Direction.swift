// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeModels
internal import HengeNN
internal import HengeTensor

/// One way around the cycle: from pictures of a source to pictures of a target, and back.
///
/// CycleGAN trains two of them, A to B and B to A; all that a step computes is written here once.
struct Direction {
  /// The letter of the source: `a`.
  let source: String
  /// The letter of the target: `b`.
  let target: String
  /// Makes targets of sources.
  let generator: Layer
  /// Makes sources of targets.
  let returner: Layer
  /// Judges targets.
  let critic: Layer
  /// What its scores cost.
  let adversary: Adversary

  /// Who looks on at the passes of a network, by its name.
  typealias Observers = (_ network: String) -> Pass.Observer

  /// What the losses of this direction weigh.
  struct Weights {
    var cycle: Double
    var identity: Double
  }

  /// What the generators made in this direction, with the losses on the tape.
  struct Run {
    let fake: Tensor
    let restored: Tensor
    let same: Tensor?
    let score: Tensor
    let adversarial: Tensor
    let cycle: Tensor
    let identity: Tensor?

    /// What the generators make smaller.
    func loss() throws -> Tensor {
      let sum = try adversarial + cycle
      return try identity.map { try sum + $0 } ?? sum
    }

    /// The same off the tape.
    var detached: Run {
      Run(
        fake: fake.detached(), restored: restored.detached(), same: same?.detached(),
        score: score.detached(), adversarial: adversarial.detached(), cycle: cycle.detached(),
        identity: identity?.detached())
    }
  }

  /// Runs the generators over a batch of `sources` and one of `targets`.
  ///
  /// The generator turns the sources and gives the targets back in one batch of both where its
  /// normalisation is of each sample: the result is that of two runs, a twentieth sooner. The critic does not learn here: its
  /// weights are constants, whose gradients are not computed.
  func run(
    _ sources: Tensor, _ targets: Tensor, _ weights: Weights, _ learning: Learning?, _ draws: Draws,
    _ observer: Observers? = nil
  ) throws -> Run {
    func pass(_ network: String) -> Pass {
      Pass(.training, learning: learning, draws: draws, observer: observer?(network))
    }
    let (ahead, back) = ("g_\(source)\(target)", "g_\(target)\(source)")
    let count = sources.shape[0]
    let fake: Tensor
    var same: Tensor?
    if weights.identity > 0 {
      if generator.mixesSamples {
        fake = try generator(sources, pass(ahead))
        same = try generator(targets, pass(ahead))
      } else {
        let both = try generator(Tensor.concatenated([sources, targets]), pass(ahead))
        fake = try both.selecting([.slice(start: 0, stop: count, step: nil)])
        same = try both.selecting([.slice(start: count, stop: nil, step: nil)])
      }
    } else {
      fake = try generator(sources, pass(ahead))
    }
    let restored = try returner(fake, pass(back))
    let score = try critic(fake, pass("d_\(target)"))
    return Run(
      fake: fake, restored: restored, same: same, score: score,
      adversarial: try adversary.loss(score, isReal: true),
      cycle: try (try restored.l1(sources)) * .num(weights.cycle),
      identity: try same.map { try (try $0.l1(targets)) * .num(weights.identity) })
  }

  /// Lets the critic judge `targets` and generated pictures.
  func judge(
    _ targets: Tensor, _ fakes: Tensor, _ learning: Learning?, _ draws: Draws,
    _ observer: Observers? = nil
  ) throws -> Judgement {
    try Judgement(
      by: critic, of: targets, fakes, adversary,
      Pass(.training, learning: learning, draws: draws, observer: observer?("d_\(target)")))
  }
}
