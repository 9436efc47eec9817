// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
internal import HengeTensor

// What lives here: what all methods share in which generators learn against discriminators. A method is
// one value: its networks, its losses by name and its turns. `AdversarialTrainer` trains it, and the
// built-in, its help, files and the tests over all trainers follow from the declaration.

/// A method in which generators learn against discriminators, declared in one place.
public struct AdversarialMethod: Sendable {
  /// The name, as in scripts and files: `cyclegan`.
  public let name: String
  /// One paragraph; its first sentence ends in a stop.
  public let summary: String
  /// What it learns from.
  public let data: Data
  /// What scripts may choose, in the order in which it is given by position.
  public let options: [MethodOption]
  /// Names of settings that were found to work, with the options that they choose.
  public let presets: [Preset]
  /// The networks, in the order in which weights are drawn and files list them.
  public let networks: [Network]
  /// Which networks learn together.
  let players: [Player]
  /// The ways that images go.
  let directions: [Direction]
  /// Generated images that are kept for discriminators.
  let pools: [Pool]
  /// What the losses are called, in the order of the log.
  let losses: [Loss]
  /// What a step computes, in order.
  let turns: [Turn]
  /// Refuses networks that the turns cannot run, other than generators and discriminators, which are
  /// checked by the directions.
  let check: @Sendable (AdversarialTrainer) throws -> Void
  /// How often discriminators that are not given halve the images.
  let halvings: @Sendable (MethodBuilding) -> Int
  /// What is to be known of the networks that it makes for these images, one sentence each.
  let notes: @Sendable (MethodBuilding) -> [String]
  /// How often each network's maps are in memory at once, as the trainer's weights of losses are.
  let memory: @Sendable (_ weight: (String) -> Double) -> [Passes]
  /// What help says of held-out images.
  public let heldOut: String
  /// Arguments of a small one, and further examples.
  public let example: Example

  /// Declares a method.
  init(
    _ name: String, _ summary: String, data: Data, options: [MethodOption],
    presets: [Preset] = [], networks: [Network], players: [Player], directions: [Direction],
    pools: [Pool] = [], losses: [Loss],
    turns: [Turn], check: @escaping @Sendable (AdversarialTrainer) throws -> Void = { _ in },
    halvings: @escaping @Sendable (MethodBuilding) -> Int = { $0["layers"].int ?? 0 },
    notes: @escaping @Sendable (MethodBuilding) -> [String] = { _ in [] },
    memory: @escaping @Sendable (_ weight: (String) -> Double) -> [Passes],
    heldOut: String, example: Example
  ) {
    self.name = name
    self.summary = summary
    self.data = data
    self.options = options
    self.presets = presets
    self.networks = networks
    self.players = players
    self.directions = directions
    self.pools = pools
    self.losses = losses
    self.turns = turns
    self.check = check
    self.halvings = halvings
    self.notes = notes
    self.memory = memory
    self.heldOut = heldOut
    self.example = example
  }

  /// All methods, each from its folder.
  public static let all: [AdversarialMethod] = [.cyclegan, .pix2pix, .ugatit, .cut]
}

extension AdversarialMethod {
  /// Options that go together, under a name; those that a script names override them.
  public struct Preset: Sendable {
    /// The name.
    public let name: String
    /// What it is for, a phrase.
    public let summary: String
    /// The options, those that all trainers of networks share among them.
    public let options: [(name: String, setting: Setting)]
  }

  /// A loss of the log, with the option by which it is multiplied, if there is one.
  struct Loss: Sendable, ExpressibleByStringLiteral {
    let name: String
    let weight: String?

    init(_ name: String, weight: String? = nil) { (self.name, self.weight) = (name, weight) }

    init(stringLiteral name: String) { self.init(name) }
  }

  /// What a method learns from, with what help says of it.
  public enum Data: Sendable {
    /// Two datasets that are not paired.
    case sets(a: String, b: String)
    /// Pairs of images.
    case pairs(String)

    /// The form of it, for files.
    public var form: DataForm {
      switch self {
      case .sets: .sets
      case .pairs: .pairs
      }
    }
  }

  /// One of the two sides of the data.
  enum Side: Int, Sendable {
    /// The first: A.
    case a
    /// The second: B.
    case b

    /// How losses and pools are called by it: `a`.
    var letter: String { self == .a ? "a" : "b" }
  }

  /// A network of a method.
  public struct Network: Sendable {
    /// The name, as files and scripts have it: `g_ab`.
    public let name: String
    /// What help says of giving one: `A generator … instead of …`.
    public let summary: String
    /// What a checkpoint of the authors' program calls it; nil where that has no such checkpoint.
    public let published: String?
    /// The default network: a kind of layer and its settings.
    let initial: @Sendable (MethodBuilding) throws -> (kind: LayerKind, [(String, Setting)])

    /// Declares a network and its default.
    init(
      _ name: String, _ summary: String, published: String? = nil,
      initial: @escaping @Sendable (MethodBuilding) throws -> (kind: LayerKind, [(String, Setting)])
    ) {
      self.name = name
      self.summary = summary
      self.published = published
      self.initial = initial
    }
  }

  /// Networks that one optimizer trains.
  struct Player: Sendable {
    /// The name, as files have it: `g`.
    let name: String
    /// The networks' names.
    let networks: [String]
    /// Weight decay (L2 penalty): this fraction of each weight is added to its gradient.
    let decay: Double

    /// Declares an optimizer, Adam.
    init(_ name: String, _ networks: [String], decay: Double = 0) {
      self.name = name
      self.networks = networks
      self.decay = decay
    }
  }

  /// A way that images go: from one side to the other, through a generator, before discriminators.
  struct Direction: Sendable {
    /// The generator's name.
    let generator: String
    /// Where images come from.
    let source: Side
    /// What they become.
    let target: Side
    /// The discriminators that judge images of the target.
    let critics: [String]
    /// The generator of the way back, if there is one.
    let returner: String?

    /// The generator of the way back, of a method that has one.
    var back: String {
      guard let returner else { preconditionFailure("there is no way back from \(generator)") }
      return returner
    }

    /// Declares a direction.
    init(
      _ generator: String, from source: Side, to target: Side, critics: [String],
      back returner: String? = nil
    ) {
      self.generator = generator
      self.source = source
      self.target = target
      self.critics = critics
      self.returner = returner
    }
  }

  /// The networks that judge images, in the order of the networks.
  var critics: [String] {
    networks.map(\.name).filter { name in directions.contains { $0.critics.contains(name) } }
  }

  /// What the discriminators of a direction judge: images of its target, next to those that they were made
  /// of where they are pairs.
  func judged(_ way: Direction) -> [Side] {
    data.form == .pairs ? [way.source, way.target] : [way.target]
  }

  /// A pool of generated images that discriminators are shown.
  struct Pool: Sendable {
    /// The name, as files have it: `pool_b`.
    let name: String
    /// Which images it contains: of one side, or of several, their channels joined.
    let sides: [Side]

    /// Declares a pool.
    init(_ name: String, _ sides: [Side]) {
      self.name = name
      self.sides = sides
    }
  }

  /// Passes of one network whose feature maps are in memory at once, for images of `sides`.
  struct Passes {
    let network: String
    let sides: [Side]
    let count: Int
    /// The list of words of the method that names the layers after which they end; nil where they do not.
    let layers: String?

    /// `count` passes of `network` for images of `sides`, their channels joined.
    init(_ network: String, _ sides: [Side], count: Int = 1, upTo layers: String? = nil) {
      self.network = network
      self.sides = sides
      self.count = count
      self.layers = layers
    }
  }

  /// What a step does for one player: in each direction, images are made and judged and losses computed;
  /// then the gradients of their sum.
  struct Turn: Sendable {
    /// The name: its parts are `forward_NAME` and `backward_NAME`.
    let name: String
    /// Which optimizers use the gradients.
    let players: [String]
    /// Whether the turns after it see the weights as this one leaves them.
    let isSeenByNext: Bool
    /// Whether what it computed is shown direction by direction, not all images before all losses.
    let showsByDirection: Bool
    /// The images of a direction that it shows discriminators by a pool, where it does: in a step of several
    /// parts they are known before it runs.
    let offer: (@Sendable (AdversarialStep, Direction) throws -> (pool: String, images: Tensor))?
    /// What it computes in one direction.
    let run: @Sendable (AdversarialStep, Direction) throws -> Outcome

    /// Declares a turn.
    init(
      _ name: String, of players: [String], isSeenByNext: Bool = false,
      showsByDirection: Bool = false,
      offer: (@Sendable (AdversarialStep, Direction) throws -> (pool: String, images: Tensor))? =
        nil,
      run: @escaping @Sendable (AdversarialStep, Direction) throws -> Outcome
    ) {
      self.name = name
      self.players = players
      self.isSeenByNext = isSeenByNext
      self.showsByDirection = showsByDirection
      self.offer = offer
      self.run = run
    }
  }

  /// What a turn computed in one direction.
  struct Outcome {
    /// Images and scores by name, on the tape or off it.
    ///
    /// The output of a direction's generator for the images given is `fake_a` or `fake_b`, after its target.
    let shown: [(name: String, value: Tensor)]
    /// The losses by name, weights included: the turn's players minimize their sum.
    let losses: [(name: String, value: Tensor)]
    /// Those of the losses whose gradients are added before the others', on the tape until they are.
    private(set) var early: [Tensor] = []

    /// Keeps both.
    init(
      shown: [(name: String, value: Tensor)], losses: [(name: String, value: Tensor)]
    ) {
      self.shown = shown
      self.losses = losses
    }

    /// The same with losses that go first.
    func after(_ early: [Tensor]) -> Outcome {
      var outcome = self
      outcome.early = early
      return outcome
    }

    /// The sum of the losses.
    func loss() throws -> Tensor {
      guard let first = losses.first else { preconditionFailure("a turn has a loss") }
      return try losses.dropFirst().reduce(first.value) { try $0 + $1.value }
    }

    /// The same off the tape.
    var detached: Outcome {
      Outcome(
        shown: shown.map { ($0, $1.detached()) }, losses: losses.map { ($0, $1.detached()) })
    }
  }

  /// How help shows the method.
  public struct Example: Sendable {
    /// Arguments after the data that make a small one: `base=2, blocks=1`.
    public let small: String
    /// Further lines after `t = NAME(…)`, and the result of the last one.
    public let more: [(code: String, gives: String)]
    /// Related built-ins.
    public let seeAlso: [String]

    /// Keeps them.
    init(_ small: String, more: [(code: String, gives: String)] = [], seeAlso: [String]) {
      self.small = small
      self.more = more
      self.seeAlso = seeAlso
    }
  }
}
