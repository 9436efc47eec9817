// SPDX-License-Identifier: MIT
public import HengeNN

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
    /// A yes or no that networks and turns read, and files keep.
    case flag(Bool)
    /// A list of words that networks and turns read, and files keep.
    case words([String])
    /// The weight of a loss, which can be changed between steps; another by default where the flag
    /// `under` is true. A loss that compares images of both sides says so: it needs sides of one shape.
    case weight(
      Double, comparing: String? = nil, under: (flag: String, initial: Double)? = nil)
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
  public var weightNames: [String] { weights(AdversarialConfiguration()).map(\.name) }

  /// The weights of losses, in order, as they are by default under a configuration.
  func weights(_ configuration: AdversarialConfiguration) -> [(
    name: String, initial: Double, comparing: String?
  )] {
    options.compactMap { option in
      guard case .weight(let initial, let comparing, let other) = option.use else { return nil }
      let isOther = other.map { configuration.choices[$0.flag] == .bool(true) } ?? false
      return (option.name, isOther ? other?.initial ?? initial : initial, comparing)
    }
  }

  /// What turns read that is not the weight of a loss, by default.
  public var choices: Settings {
    Settings(
      options.compactMap { option in
        switch option.use {
        case .flag(let initial): (option.name, .bool(initial))
        case .words(let initial): (option.name, .words(initial))
        default: nil
        }
      })
  }
}

extension MethodOption {
  /// The condition that networks read besides the picture.
  static let condition = MethodOption(
    "condition",
    "Condition: the name of channels of the datasets, such as \"angle\" (see with_angle), or several as \"angle+map\". The input of the generators is the image with its condition, their output an image; discriminators judge both together. \"film\" uses the angle t of each item instead, as (cos t, sin t): in the conditional normalization of the generators (film_generator), and as two constant channels for the discriminators. with_angle(A, \"film\").map(t.g_ab) runs such a generator. Without a condition all channels are translated.",
    .condition)

  /// Images of two sets per step.
  static let batch = MethodOption(
    "batch", "Batch size: number of images of each dataset per step.", .batch(1))

  /// The weight of the cycle-consistency loss.
  static let cycle = MethodOption(
    "cycle", "Weight of the cycle-consistency loss l1(g_ba(g_ab(a)), a).", .weight(10))

  /// The weight of the identity loss of two generators.
  static func identity(_ initial: Double) -> MethodOption {
    MethodOption(
      "identity", "Weight of the identity loss l1(g_ab(b), b).",
      .weight(initial, comparing: "the identity compares g_ab(b) with b"))
  }

  /// Epochs of two sets.
  static let epochs = MethodOption(
    "epochs", "Number of epochs of `t.train()`: passes through the larger dataset.", .epochs(200))

  /// How the learning rate falls.
  static let schedule = MethodOption(
    "schedule",
    "Learning-rate schedule for the second half of the epochs: \"constant\", or linear decay to 0. \"linear\" lowers the rate after each epoch, as the reference implementation of CycleGAN did until 2020; \"linear_before\" before each epoch, as it does since; \"linear_steps\" before each step, as that of U-GAT-IT does.",
    .schedule)

  /// How images of two sets are taken.
  static let order = MethodOption(
    "order",
    "Order of the training images: \"random\", or \"sequential\" for the order of the dataset.",
    .order)

  /// The adversarial loss.
  static func adversary(_ initial: Adversary) -> MethodOption {
    MethodOption(
      "gan",
      "Adversarial loss of the discriminator's scores: \"lsgan\" (least squares), \"vanilla\" (cross-entropy of logits), \"hinge\" (max(0, 1 - s) of real and max(0, 1 + s) of generated images, -s for the generator) or \"wgan\" (Wasserstein, without gradient penalty).",
      .adversary(initial))
  }

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

extension Setting {
  /// A flag or a list of words as a trainer's file keeps it.
  var fileText: String {
    if case .words(let words) = self { words.joined(separator: " ") } else { "\(self)" }
  }

  /// A setting of this one's type, by its text in a trainer's file; nil where the text is none.
  public func read(fileText text: String) -> Setting? {
    switch self {
    case .bool: ["true": true, "false": false][text].map(Setting.bool)
    case .words: .words(text.split(separator: " ").map(String.init))
    default: nil
    }
  }
}
