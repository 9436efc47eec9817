// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN

/// What is chosen when a trainer of generators and discriminators is made.
public struct AdversarialConfiguration: Sendable {
  /// Batch size: number of images of each dataset per step.
  public var batch: Int
  /// Times that a whole run goes through the larger set.
  public var epochs: Int
  /// How many of the epochs, the last ones, the linear schedules fall in.
  public var decay: Int
  /// β₁ and β₂ of both optimizers.
  public var betas: [Double]
  /// Generated images that are kept for each discriminator.
  public var pool: Int
  /// What scores cost.
  public var adversary: Adversary
  /// How the learning rate falls.
  public var schedule: Schedule
  /// How images are taken.
  public var order: Order
  /// The condition that networks read besides the picture: the name of channels, or `film`; nil for none.
  public var condition: String?
  /// What the method's turns read besides: its flags and lists of words that are not as usual.
  public var choices: Settings

  /// The reference's choices.
  public init(
    batch: Int = 1, epochs: Int = 200, decay: Int = 100, betas: [Double] = [0.5, 0.999],
    pool: Int = 50, adversary: Adversary = .lsgan, schedule: Schedule = .constant,
    order: Order = .random, condition: String? = nil, choices: Settings = Settings()
  ) {
    self.batch = batch
    self.epochs = epochs
    self.decay = decay
    self.betas = betas
    self.pool = pool
    self.adversary = adversary
    self.schedule = schedule
    self.order = order
    self.condition = condition
    self.choices = choices
  }

  /// How the learning rate falls from epoch to epoch.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Not at all.
    case constant
    /// In equal steps after each of the last epochs: the last is trained with 1/(decay + 1) of the
    /// rate. The reference did so until 2020.
    case linear
    /// In equal steps before each of the last epochs: the last one is trained with a rate of 0. The
    /// reference does so since 2020.
    case linearBefore = "linear_before"
    /// In equal steps before each step of the last epochs: the last one is trained with a rate of 0.
    /// U-GAT-IT's program does so.
    case linearSteps = "linear_steps"

    /// What multiplies the rate in step `step`, 0 the first, of epochs of `length` steps.
    func factor(step: Int, length: Int, epochs: Int, decay: Int) -> Double {
      guard self == .linearSteps else {
        return factor(epoch: step / length, epochs: epochs, decay: decay)
      }
      let past = Double(step + 1) / Double(length) - Double(epochs - decay)
      return max(0, 1 - max(0, past) / Double(max(1, decay)))
    }

    /// What multiplies the rate in epoch `epoch`, 0 the first, of `epochs`, the last `decay` falling; the
    /// rate of ``linearSteps`` is that of the epoch's last step.
    public func factor(epoch: Int, epochs: Int, decay: Int) -> Double {
      let past: Int
      switch self {
      case .constant: return 1
      case .linear: past = epoch + 1 - (epochs - decay)
      case .linearBefore: past = epoch + 2 - (epochs - decay)
      case .linearSteps: return factor(step: epoch, length: 1, epochs: epochs, decay: decay)
      }
      return max(0, 1 - Double(max(0, past)) / Double(decay + 1))
    }
  }

  /// How images are taken from the sets.
  public enum Order: String, Sendable, CaseIterable {
    /// A in an order that is new for each epoch, B drawn at random.
    case random
    /// Both from the first to the last, the smaller set as often as it takes.
    case sequential
  }
}

extension AdversarialConfiguration {
  /// The choices as a trainer's file keeps them.
  var settings: [(name: String, text: String)] {
    [
      ("batch", String(batch)), ("epochs", String(epochs)), ("decay", String(decay)),
      ("pool", String(pool)), ("gan", adversary.rawValue), ("schedule", schedule.rawValue),
      ("order", order.rawValue),
      ("betas", betas.map { String($0) }.joined(separator: " ")),
    ] + (condition.map { [("condition", $0)] } ?? [])
  }

  /// Throws `E-range` for a setting out of range.
  func check() throws {
    for (name, value) in [("batch", batch), ("epochs", epochs)] where value < 1 {
      throw Failure.notPositive(name, value)
    }
    for (name, value) in [("pool", pool), ("decay", decay)] where value < 0 {
      throw Failure(
        "E-range", "`\(name)` must be 0 or more, not \(value)", suggestion: "\(name)=50",
        parameter: name)
    }
    for (name, value) in [("batch", batch), ("epochs", epochs), ("pool", pool)]
    where value > 1_000_000 {
      throw Failure(
        "E-range", "`\(name)` must be a million or less, not \(value)", parameter: name)
    }
    guard decay <= epochs else {
      throw Failure(
        "E-range", "the learning rate cannot decay for \(decay) of \(epochs) epochs",
        suggestion: "decay=\(epochs / 2)", parameter: "decay")
    }
    guard betas.count == 2, betas.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
      throw Failure(
        "E-range", "`betas` must be two numbers from 0 to less than 1",
        suggestion: "betas=(0.5, 0.999)",
        parameter: "betas")
    }
  }
}
