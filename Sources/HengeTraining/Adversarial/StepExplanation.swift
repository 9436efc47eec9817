// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// What one training step computes, for people: where its images go, the images, and how its losses add
/// up.
public struct StepExplanation {
  /// A loss as it is added.
  public struct Term: Equatable, Sendable {
    /// The networks that minimize it: the name of the turn.
    public let turn: String
    /// Its name in the log.
    public let name: String
    /// By what it is multiplied; none where it is added as it is.
    public let weight: Double?
    /// The loss times its weight, the term of the sum.
    public let value: Double
  }

  /// The step, 1 for the first.
  public let step: Int
  /// The ways of the images: `a → g_ab → fake_b → g_ba → restored_a`.
  public let ways: [String]
  /// The images of the step by name, `[N, C, H, W]`.
  public let images: [(name: String, value: Tensor)]
  /// The losses, in the order in which the step computes them.
  public let terms: [Term]
}

extension AdversarialTrainer {
  /// Computes the next step without changing anything, and explains it.
  ///
  /// Throws `E-midstep` while a step is begun, `E-finite` as a step does.
  public func explanation() throws -> StepExplanation {
    try refuseMidstep("explain a step")
    guard let step = try beginStep(count) else {
      preconditionFailure("a step of an adversarial method has parts")
    }
    var images: [(name: String, value: Tensor)] = []
    var terms: [StepExplanation.Term] = []
    for (index, part) in step.partNames.dropLast().enumerated() {
      let turn = part.split(separator: "_", maxSplits: 1).last.map(String.init) ?? part
      for (name, value) in try step.compute(part: index) where part.hasPrefix("forward_") {
        switch value {
        case .tensor(let tensor):
          if isImage(name, tensor) { images.append((name, tensor)) }
        case .number(let number):
          let weight = method.losses.first { $0.name == name }?.weight
          terms.append(
            .init(turn: turn, name: name, weight: weight.map { dial($0) }, value: number))
        case .group: break
        }
      }
    }
    return StepExplanation(
      step: count + 1, ways: ways(Set(images.map(\.name))), images: images, terms: terms)
  }

  /// Whether a part shows `tensor` as an image of a side, and not as a map of scores.
  private func isImage(_ name: String, _ tensor: Tensor) -> Bool {
    let kinds = ["real_", "fake_", "restored_", "same_"]
    return tensor.rank == 4 && kinds.contains { name.hasPrefix($0) } && !name.contains("score")
  }

  private func ways(_ names: Set<String>) -> [String] {
    method.directions.flatMap { way -> [String] in
      let (source, target) = (way.source.letter, way.target.letter)
      var first = "\(source) → \(way.generator) → fake_\(target)"
      if let back = way.returner, names.contains("restored_\(source)") {
        first += " → \(back) → restored_\(source)"
      }
      let same =
        names.contains("same_\(target)") ? ["\(target) → \(way.generator) → same_\(target)"] : []
      return [first] + same + way.critics.map { "\(target) and fake_\(target) → \($0) → scores" }
    }
  }
}
