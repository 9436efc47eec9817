// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
public import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
public import HengeTraining

extension AdversarialConfiguration.Schedule: Choice {}
extension AdversarialConfiguration.Order: Choice {}
extension Adversary: Choice {}

/// A built-in for each adversarial method, made from its declaration.
func adversarialMethods(_ session: Session) -> [Builtin] {
  AdversarialMethod.all.map { builtin(for: $0, session) }
}

private func builtin(for method: AdversarialMethod, _ session: Session) -> Builtin {
  let data: [(parameter: Parameter, kind: ParameterKind)] =
    switch method.data {
    case .sets(let a, let b):
      [(Parameter("A", a), .of(Dataset.self)), (Parameter("B", b), .of(Dataset.self))]
    case .pairs(let words): [(Parameter("pairs", words), .of(PairsObject.self))]
    }
  let named: [(parameter: Parameter, kind: ParameterKind)] =
    [
      (
        Parameter("val", method.heldOut, default: HeldOut?.none, isKeywordOnly: true),
        .of(HeldOut?.self)
      ), (AugmentOption.parameter, .of(AugmentOption?.self)),
    ]
    + CommonOption.all
    + method.networks.map {
      (
        Parameter($0.name, $0.summary, default: ModelObject?.none, isKeywordOnly: true),
        .of(ModelObject?.self)
      )
    } + method.preset
  return Builtin(
    method.name, method.summary, declared: data + method.options.map(\.declared) + named,
    result: NetworkTrainerObject.kind, examples: method.examples, seeAlso: method.example.seeAlso,
    errors: ["E-shape", "E-range", "E-data", "E-arg", "E-memory"]
  ) { call, values in
    let options = values.dropFirst(data.count)
    let rest = options.dropFirst(method.options.count)
    let arguments = MethodArguments(method, Array(options.prefix(method.options.count)))
    let sets =
      PairsObject.from(values[0]).map { [$0.pairs.first, $0.pairs.second] }
      ?? values.prefix(2).compactMap { Dataset.from($0) }
    let augmentation = rest.dropFirst().first.flatMap(AugmentOption.from)?.options
    let common = CommonOptions(rest.dropFirst(2).prefix(CommonOption.all.count))
    let given = Dictionary(
      try zip(method.networks, rest.dropFirst(2 + CommonOption.all.count)).compactMap {
        network, value in
        try ModelObject.from(value).map {
          (network.name, try $0.trainable(parameter: network.name))
        }
      }, uniquingKeysWith: { first, _ in first })
    // Pairs are one argument.
    let building = try Failure.renaming(
      data.count == 1 ? ["A": data[0].parameter.name, "B": data[0].parameter.name] : [:]
    ) {
      try method.building(
        Settings(arguments.settings), sets, augmentation, given: given,
        condition: arguments.configuration.condition)
    }
    func trainer(_ networks: [String: Layer], isChecked: Bool) throws -> AdversarialTrainer {
      var material = AdversarialTrainer.Material(
        networks: networks, sets: sets, configuration: arguments.configuration,
        learningRate: arguments.learningRate, weights: arguments.weights,
        augmentation: augmentation, common: common, seed: session.streams.seed)
      material.isChecked = isChecked
      return try AdversarialTrainer(method, material)
    }
    // What does not fit is refused by the shapes of the networks, before they take memory. Given networks
    // have it already.
    if given.isEmpty {
      try session.checkMemory(
        trainer(method.makeShapes(building), isChecked: false), orAtBase: building["base"].int
      ) { base in
        try trainer(method.makeShapes(building.with("base", .int(base))), isChecked: true)
      }
    }
    let networks = try session.drawingWeights { weights in
      try method.makeNetworks(building, given: given, weights)
    }
    let trainer = try trainer(networks, isChecked: given.isEmpty)
    if let held = rest.first.flatMap(HeldOut.from) { try trainer.holdOut(held.a, held.b) }
    if !given.isEmpty { try session.checkMemory(trainer) }
    for remark in try method.notes(building, given: given) + trainer.remarks() {
      call.note(remark)
    }
    return .object(NetworkTrainerObject(trainer, session))
  }
}

/// What a call says by a method's options.
private struct MethodArguments {
  var settings: [(String, Setting)] = []
  var configuration = AdversarialConfiguration()
  var learningRate = 2e-4
  var weights: [String: Double] = [:]

  init(_ method: AdversarialMethod, _ values: [Value]) {
    for (option, value) in zip(method.options, values) {
      switch option.use {
      case .int: settings.append((option.name, Int.from(value).map(Setting.int) ?? .none))
      case .num: settings.append((option.name, Double.from(value).map(Setting.num) ?? .none))
      case .choice: settings.append((option.name, String.from(value).map(Setting.text) ?? .none))
      case .flag: choose(option.name, Bool.from(value).map(Setting.bool))
      case .words: choose(option.name, [String].from(value).map(Setting.words))
      case .weight: weights[option.name] = Double.from(value)
      case .rate(let initial): learningRate = Double.from(value) ?? initial
      case .batch(let initial): configuration.batch = Int.from(value) ?? initial
      case .epochs(let initial): configuration.epochs = Int.from(value) ?? initial
      case .pool(let initial): configuration.pool = Int.from(value) ?? initial
      case .betas(let initial): configuration.betas = [Double].from(value) ?? initial
      case .adversary(let initial): configuration.adversary = Adversary.from(value) ?? initial
      case .schedule: configuration.schedule = .from(value) ?? .constant
      case .order: configuration.order = .from(value) ?? .random
      case .condition: configuration.condition = String.from(value)
      }
    }
    configuration.decay = configuration.epochs / 2
  }

  /// What turns read, networks may be made by.
  private mutating func choose(_ name: String, _ value: Setting?) {
    settings.append((name, value ?? .none))
    configuration.choices[name] = value ?? .none
  }
}

extension MethodOption {
  /// The parameter of the built-in.
  fileprivate var declared: (parameter: Parameter, kind: ParameterKind) {
    func parameter<T: ValueConvertible>(_ initial: T) -> (Parameter, ParameterKind) {
      (Parameter(name, summary, default: initial), .of(T.self))
    }
    return switch use {
    case .int(let initial?): parameter(initial)
    case .int(nil): parameter(Int?.none)
    case .num(let initial), .weight(let initial, _, nil), .rate(let initial): parameter(initial)
    case .weight: parameter(Double?.none)
    case .flag(let initial): parameter(initial)
    case .words(let initial): parameter(initial)
    case .choice(let words, let initial):
      (Parameter(name, summary, default: initial), .choice(words))
    case .batch(let initial), .pool(let initial), .epochs(let initial): parameter(initial)
    case .betas(let initial): parameter(initial)
    case .adversary(let initial): parameter(initial)
    case .schedule: parameter(AdversarialConfiguration.Schedule.constant)
    case .order: parameter(AdversarialConfiguration.Order.random)
    case .condition: parameter(String?.none)
    }
  }
}

extension AdversarialMethod {
  /// The parameter that chooses a preset, where there is one.
  fileprivate var preset: [(parameter: Parameter, kind: ParameterKind)] {
    guard !presets.isEmpty else { return [] }
    let texts = presets.map { preset in
      let options = preset.options.map { "\($0.name)=\($0.setting.value.representation)" }
      return "\"\(preset.name)\", \(preset.summary): \(options.joined(separator: ", "))"
    }
    let parameter = Parameter(
      "preset",
      "Defaults of other options that go together; options that are named override them. \(texts.joined(separator: "; ")).",
      default: String?.none, isKeywordOnly: true)
    let values = presets.map { preset in
      (
        preset.name,
        Dictionary(
          preset.options.map { ($0.name, $0.setting.value) }, uniquingKeysWith: { _, new in new })
      )
    }
    return [
      (
        parameter.choosing(Dictionary(values, uniquingKeysWith: { _, new in new })),
        .optionalChoice(presets.map(\.name))
      )
    ]
  }

  /// A small trainer that makes a step, and what the declaration adds.
  fileprivate var examples: [HengeLanguage.Example] {
    let sets = "A = faces(\"anime\", 4, size=24x24)\nB = faces(\"photo\", 4, size=24x24)"
    let given = data.form == .pairs ? "pairs(A, B)" : "A, B"
    let made = "\(sets)\nt = \(name)(\(given), \(example.small))"
    let more = example.more.map { "\n\($0.code)\n#=> \($0.gives)" }.joined()
    return [HengeLanguage.Example("\(made)\nt.step()\nt.count\n#=> 1\(more)")]
  }
}

extension TrainerKind {
  /// The trainers of an adversarial method.
  init(_ method: AdversarialMethod) {
    self.init(name: method.name, form: { _ in method.data.form }) { file, sets in
      let networks = try method.networks.map { ($0.name, try file.network($0.name)) }
      let material = AdversarialTrainer.Material(
        networks: Dictionary(networks, uniquingKeysWith: { first, _ in first }),
        sets: sets, configuration: try file.configuration(of: method), learningRate: 0,
        weights: Dictionary(
          try method.weightNames.map { ($0, try file.dial($0)) },
          uniquingKeysWith: { first, _ in first }),
        augmentation: try file.augmentation(), common: try file.common(), seed: try file.seed())
      // What does not fit is the data: networks and condition are the file's.
      let arguments = method.networks.map(\.name) + ["condition"]
      return try Failure.renaming(
        Dictionary(arguments.map { (Optional($0), "A") }, uniquingKeysWith: { first, _ in first })
      ) { NetworkTrainerObject(try AdversarialTrainer(method, material), file.session) }
    }
  }
}

extension TrainerFile {
  /// What was chosen when a trainer of an adversarial method was made.
  fileprivate func configuration(of method: AdversarialMethod) throws -> AdversarialConfiguration {
    let choices = try method.choices.entries.map { entry in
      (entry.name, try setting(entry.name) { entry.value.read(fileText: $0) })
    }
    return try .init(
      batch: setting("batch") { Int($0) }, epochs: setting("epochs") { Int($0) },
      decay: setting("decay") { Int($0) }, betas: betas(), pool: setting("pool") { Int($0) },
      adversary: setting("gan") { .init(rawValue: $0) },
      schedule: setting("schedule") { .init(rawValue: $0) },
      order: setting("order") { .init(rawValue: $0) }, condition: text("condition"),
      choices: Settings(choices))
  }
}

extension Session {
  /// Refuses a trainer with `E-memory` whose steps would not fit, and names the largest base that does, half
  /// of the trainer's or less, where `smaller` makes trainers of other bases.
  func checkMemory(
    _ trainer: NetworkTrainer, orAtBase base: Int? = nil,
    _ smaller: (Int) throws -> NetworkTrainer? = { _ in nil }
  ) throws {
    guard let bytes = try trainer.estimatedBytes(), !budget.canMakeRoom(for: bytes) else { return }
    var advice = "smaller images or a smaller batch"
    var other = (base ?? 0) / 2
    while other > 0 {
      if let bytes = try smaller(other)?.estimatedBytes(), budget.canMakeRoom(for: bytes) {
        advice = "base=\(other), which needs about \(formatBytes(bytes))"
        break
      }
      other /= 2
    }
    throw Failure(
      "E-memory",
      "training needs about \(formatBytes(bytes)), but henge may use only \(formatBytes(budget.limit))",
      notes: ["\(formatBytes(budget.live)) are in use"], suggestion: advice, parameter: "base")
  }
}
