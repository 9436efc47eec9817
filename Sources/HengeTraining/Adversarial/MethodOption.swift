// SPDX-License-Identifier: MIT
internal import HengeNN

/// Something that scripts choose when they make a trainer of an adversarial method.
public struct MethodOption: Sendable {
  /// The name, as in arguments.
  public let name: String
  /// What it is, with units and range.
  public let summary: String
  /// Its description for help, with the meaning of its default.
  public let use: Use

  /// What an option is for.
  public enum Use: Sendable {
    /// A whole number for networks that are not given; nil leaves it to the method.
    case int(Int?)
    /// A number for networks that are not given.
    case num(Double)
    /// A word for networks that are not given.
    case choice([String], String)
    /// The weight of a loss, which can be changed between steps. A loss that compares images of both
    /// sides says so: it needs sides of one shape.
    case weight(Double, comparing: String? = nil)
    /// Images of each side per step.
    case batch(Int)
    /// The learning rate of all optimizers.
    case rate(Double)
    /// Adam's β₁ and β₂.
    case betas([Double])
    /// Generated images in each pool.
    case pool(Int)
    /// The loss of scores.
    case adversary(Adversary)
    /// Epochs of a whole run.
    case epochs(Int)
    /// How the learning rate falls.
    case schedule
    /// How images are taken.
    case order
    /// The condition that networks read besides the picture.
    case condition
  }

  /// Declares an option.
  public init(_ name: String, _ summary: String, _ use: Use) {
    self.name = name
    self.summary = summary
    self.use = use
  }
}

extension AdversarialMethod {
  /// The names of the weights of losses, in order.
  public var weightNames: [String] { weights.map(\.name) }

  /// The weights of losses, in order.
  var weights: [(name: String, initial: Double, comparing: String?)] {
    options.compactMap { option in
      guard case .weight(let initial, let comparing) = option.use else { return nil }
      return (option.name, initial, comparing)
    }
  }
}

extension MethodOption {
  /// The condition that networks read besides the picture.
  static let condition = MethodOption(
    "condition",
    "Condition: the name of channels of the datasets, such as \"angle\" (see with_angle), or several as \"angle+map\". The input of the generators is the image with its condition, their output an image; discriminators judge both together. \"film\" uses the angle t of each item instead, as (cos t, sin t): in the conditional normalization of the generators (film_generator), and as two constant channels for the discriminators. with_angle(A, \"film\").map(t.g_ab) runs such a generator. Without a condition all channels are translated.",
    .condition)

  /// The option `name` of a kind of layer, a word, which the method passes to the networks that it makes; with
  /// another summary or default where they are given.
  static func passed(
    _ name: String, to kind: LayerKind, _ summary: String? = nil, default initial: String? = nil
  ) -> MethodOption {
    guard let option = kind.options.first(where: { $0.name == name }),
      case .choice(let words) = option.kind, let initial = initial ?? option.initial?.text
    else { preconditionFailure("\(kind.name) has no option \(name) that is a word with a default") }
    return MethodOption(name, summary ?? option.summary, .choice(words, initial))
  }

  /// Adam's learning rate, by default that of the reference implementations of CycleGAN and pix2pix.
  static let learningRate = MethodOption(
    "lr", "Learning rate of Adam: how large each update is. t.lr changes it between steps.",
    .rate(2e-4))

  /// Adam's β₁ and β₂, by default those of the same implementations.
  static let betas = MethodOption(
    "betas",
    "Adam's β₁ and β₂: decay rates of the running means of the gradient and of its square.",
    .betas([0.5, 0.999]))
}
