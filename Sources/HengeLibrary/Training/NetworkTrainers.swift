// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeThreads
internal import HengeTraining

/// The losses of `fit` that have a name.
enum NamedLoss: String, Choice {
  case mse
  case l1
  case mse255
}

/// A loss by name, or a function of the result and of what it should be.
enum LossOption: ValueConvertible {
  case named(NamedLoss)
  case function(Callback)

  static var kind: String { "\(NamedLoss.kind) | fn" }
  static func from(_ value: Value) -> LossOption? {
    NamedLoss.from(value).map(LossOption.named) ?? Callback.from(value).map(LossOption.function)
  }
  static func from(_ value: Value, in call: Call) throws -> LossOption? {
    if case .str = value { return try NamedLoss.from(value, in: call).map(LossOption.named) }
    return try Callback.from(value, in: call).map(LossOption.function)
  }
  var value: Value {
    switch self {
    case .named(let loss): loss.value
    case .function(let callback): callback.value
    }
  }

  /// What files call a loss that is a function.
  static let nameOfFunctions = "function"

  /// The name for files; a function has none.
  var name: String {
    if case .named(let loss) = self { loss.rawValue } else { LossOption.nameOfFunctions }
  }

  /// Whether results are compared with targets element by element; a function may do anything.
  var isElementwise: Bool {
    if case .named = self { true } else { false }
  }

  /// The text of a function, by which a file reports what to pass again; none for a model.
  var text: String? {
    guard case .function(let callback) = self, case .function(let function) = callback.value,
      let span = function.literal?.span
    else { return nil }
    return function.source?.text(span)
  }

  /// The loss for images whose black and white are `range` apart.
  func loss(range: Double, _ session: Session) -> PairTrainer.Loss {
    switch self {
    case .named(.mse): { try $0.mse($1) }
    case .named(.l1): { try $0.l1($1) }
    case .named(.mse255):
      { try $0.mse($1) * .num(255 / range * (255 / range)) }
    case .function(let callback):
      { result, target in
        let value = try callback.call([result.value, target.value])
        guard let loss = Tensor.from(value) else {
          throw Failure(
            "E-type",
            "the loss function must return a tensor of one number, not \(value.kindWithArticle)",
            suggestion: "loss=(y, target) => mse(y, target)")
        }
        guard loss.count == 1 else {
          throw Failure(
            "E-shape", "the loss function must return one number, not a tensor \(loss.shape)",
            suggestion: "loss=(y, target) => mse(y, target)")
        }
        return loss
      }
    }
  }
}

private let sets = """
  A = faces("anime", 12, size=16x16)
  B = faces("photo", 12, size=16x16)
  """

/// Built-ins that make and run trainers of networks.
func networkTrainers(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "encoder_decoder_trainer",
      "Trainer of an encoder-decoder on image pairs [Eki, method 2]. Two datasets are paired at random, once, at the start. Loss: mean squared error of pixels 0..255. Optimizer: Adam in Keras' form. By default a tenth of the pairs is held out for validation.",
      Parameter("A", "Dataset of input images, or pairs."),
      Parameter("B", "Dataset of target images; none if `A` is pairs.", default: Dataset?.none),
      Parameter(
        "model", "Model to train; by default encoder_decoder().", default: ModelObject?.none),
      Parameter("batch", "Batch size: number of pairs per step.", default: 100),
      Parameter(
        "epochs", "Number of epochs of `t.train()`: passes through the pairs.", default: 15),
      Parameter("lr", "Learning rate: how large each update is.", default: 1e-3),
      Parameter(
        "held", "Fraction of the pairs held out for validation, 0 to less than 1.", default: 0.1),
      AugmentOption.parameter(isKeywordOnly: false), CommonOption.ema, CommonOption.clip,
      CommonOption.checkpoint, CommonOption.parts,
      examples: [
        Example("\(sets)\nt = encoder_decoder_trainer(A, B, batch=4)\nt.step(2)\nt.count\n#=> 2")
      ], seeAlso: ["encoder_decoder", "baselines", "fit", "step"],
      errors: ["E-shape", "E-range", "E-data"]
    ) {
      (
        A: PairsOrDataset, B: Dataset?, model: ModelObject?, batch: Int, epochs: Int, rate: Double,
        held: Double, augment: AugmentOption?, ema: Double?, clip: Double?,
        checkpoint: Bool, parts: Int
      ) in
      let layer =
        try model?.trainable(parameter: "model")
        ?? session.drawingWeights { weights in
          let pixels = try A.range == ImageRange(low: 0, high: 255) ? "0..255" : "-1..1"
          return try LayerKind.encoderDecoder([("pixels", .text(pixels))], weights)
        }
      return try session.pairTrainer(
        layer, A, B, .init(batch: batch, epochs: epochs), rate: rate, held: .part(held),
        augment: augment?.options,
        common: .init(ema: ema, clip: clip, checkpoint: checkpoint, parts: parts),
        loss: .named(.mse255))
    },
    Builtin(
      "fit",
      "Trainer of any model on pairs of images, with Adam. A single dataset is paired with itself, to train an autoencoder.",
      Parameter("model", "Model to train."),
      Parameter("data", "Pairs of input and target images, or a dataset to reconstruct."),
      Parameter(
        "loss",
        "Loss: \"mse\", \"l1\", \"mse255\" (mse of pixels 0..255), or a function of (prediction, target).",
        default: Value("mse")),
      Parameter("batch", "Batch size: number of pairs per step.", default: 16),
      Parameter(
        "epochs", "Number of epochs of `t.train()`: passes through the pairs.", default: 10),
      Parameter(
        "lr", "Learning rate of Adam: how large each update is. t.lr changes it between steps.",
        default: 1e-3),
      Parameter(
        "held", "Fraction of the pairs held out for validation, 0 to less than 1.", default: 0.1),
      AugmentOption.parameter(isKeywordOnly: false), CommonOption.ema, CommonOption.clip,
      CommonOption.checkpoint, CommonOption.parts,
      examples: [
        Example(
          """
          \(sets)
          m = sequential(conv(3, 8, padding=1), relu(), conv(8, 3, padding=1))
          t = fit(m, pairs(A, B), batch=4)
          t.step(2)
          t.count
          #=> 2
          """)
      ], seeAlso: ["encoder_decoder_trainer", "adam"], errors: ["E-shape", "E-range", "E-data"]
    ) {
      (
        model: ModelObject, data: PairsOrDataset, loss: LossOption, batch: Int, epochs: Int,
        rate: Double, held: Double, augment: AugmentOption?, ema: Double?, clip: Double?,
        checkpoint: Bool, parts: Int
      ) in
      try Failure.renaming(["A": "data"]) {
        try session.pairTrainer(
          model.trainable(parameter: "model"), data, nil,
          .init(
            batch: batch, epochs: epochs, kind: "fit", loss: loss.name, lossText: loss.text,
            adam: .pytorch, epsilon: 1e-8),
          rate: rate, held: .part(held), augment: augment?.options,
          common: .init(ema: ema, clip: clip, checkpoint: checkpoint, parts: parts),
          loss: loss)
      }
    },
    Builtin(
      "baselines",
      "Returns the errors of simple baselines for the translation from A to B: the unchanged image, the difference vector, the mean face and a constant color. Errors are mean squared errors of pixels 0..255. Datasets are paired at random, as in encoder_decoder_trainer.",
      Parameter("A", "Dataset of input images, or pairs."),
      Parameter("B", "Dataset of target images; none if `A` is pairs.", default: Dataset?.none),
      Parameter(
        "model", "Model to compare with the baselines; its error is the last row.",
        default: ModelObject?.none),
      examples: [
        Example(
          "\(sets)\nbaselines(A, B)[\"answer\"]\n#=> [\"identity\", \"difference vector\", \"mean face\", \"constant color\"]"
        )
      ],
      seeAlso: ["encoder_decoder_trainer", "difference_vector", "mse"],
      errors: ["E-shape", "E-data"]
    ) { (A: PairsOrDataset, B: Dataset?, model: ModelObject?) in
      let (pairs, _) = try session.paired(
        A, B, name: "encoder_decoder_trainer", seed: session.streams.seed)
      let rows = try Baselines.errors(
        of: pairs, models: model.map { [($0.layer.kind, $0.layer)] } ?? [])
      return TableObject(
        try Table(columns: [
          .init("answer", .texts(rows.map(\.name))), .init("mse255", .numbers(rows.map(\.error))),
        ]), on: session.backend)
    }.alsoCalled("sanity check"),
    Builtin(
      "save",
      "Saves a trainer with all its state. resume(path, A, B) continues the training with identical results. With names=\"pytorch\", saves only the weights of all its networks as a .pt or .pth file for PyTorch, with the names of the reference implementation; t.load(path) reads them.",
      Parameter("t", "A trainer of any kind."),
      Parameter("path", "Path of the file. A relative path is inside the output folder."),
      Parameter(
        "names", "Whether to save the trainer, or its weights under the names of PyTorch programs.",
        default: WeightNames.own, isKeywordOnly: true),
      examples: [
        Example(
          """
          \(sets)
          t = encoder_decoder_trainer(A, B, batch=4)
          t.step()
          save(t, "run.safetensors")
          resume("run.safetensors", A, B).count
          #=> 1
          """)
      ], seeAlso: ["resume", "snapshot"], errors: ["E-file"]
    ) { (call: Call, t: AnyTrainer, path: String, names: WeightNames) in
      if names == .pytorch {
        guard let trainer = (t.trainer as? NetworkTrainerObject)?.trainer else {
          throw Failure(
            "E-arg", "this trainer has no networks, whose weights PyTorch could read",
            suggestion: "save(t.vector, \"vector.npy\")", parameter: "names")
        }
        return try session.write(path, as: [".pt", ".pth"], of: "networks under PyTorch's names") {
          try PyTorchFile.write(
            networks: trainer.publishedNetworks(budget: session.budget), to: $0,
            budget: session.budget)
        }
      }
      _ = try session.write(path, as: TrainerFile.endings, of: "a trainer") {
        try t.trainer.save(to: $0, budget: session.budget)
      }
      return try session.tellSaved(t.trainer, to: path, by: call)
    }.alsoCalled("checkpoint", "save checkpoint"),
  ]
}

/// Pairs, or a dataset.
enum PairsOrDataset: ValueConvertible {
  case pairs(PairedDataset)
  case dataset(Dataset)

  static var kind: String { "pairs | dataset" }
  static func from(_ value: Value) -> PairsOrDataset? {
    if let pairs = PairsObject.from(value) { return .pairs(pairs.pairs) }
    return Dataset.from(value).map(PairsOrDataset.dataset)
  }
  var value: Value {
    switch self {
    case .pairs(let pairs): .object(PairsObject(pairs))
    case .dataset(let dataset): dataset.value
    }
  }

  /// What a trainer of this and of `second` is made of.
  func form(with second: Dataset?) -> DataForm {
    switch self {
    case .pairs: .pairs
    case .dataset: second == nil ? .one : .sets
    }
  }

  /// The range of what goes in.
  var range: ImageRange {
    switch self {
    case .pairs(let pairs): pairs.first.range
    case .dataset(let dataset): dataset.range
    }
  }
}

/// How many pairs are held out.
enum Held {
  case part(Double)
  case pairs(Int)

  /// The number, of `all` pairs; throws `E-range` where none would be left.
  func count(of all: Int) throws -> Int {
    let count =
      switch self {
      case .part(let part) where part >= 0 && part < 1: Int((Double(all) * part).rounded(.up))
      case .part: -1
      case .pairs(let count) where count < all || all == 0: count
      case .pairs(let count):
        throw Failure(
          "E-data",
          "no pairs are left to train on: the saved run held out \(count), and there are \(all)",
          parameter: "A")
      }
    guard count >= 0, count < max(1, all) else {
      throw Failure(
        "E-range", "`held` must be a fraction of the \(all) pairs, 0 to less than 1",
        suggestion: "held=0.1", parameter: "held")
    }
    return count
  }
}

extension Session {
  /// The trainer of `layer` by pairs of `A` and `B`, `held` of them kept for validation.
  func pairTrainer(
    _ layer: Layer, _ A: PairsOrDataset, _ B: Dataset?, _ configuration: PairTrainer.Configuration,
    rate: Double, held: Held, augment: Augmentation? = nil, common: CommonOptions = .init(),
    seed: UInt64? = nil, loss: LossOption
  ) throws -> NetworkTrainerObject {
    let seed = seed ?? streams.seed
    var configuration = configuration
    configuration.form = A.form(with: B)
    let (pairs, datasets) = try paired(A, B, name: configuration.kind, seed: seed)
    let learned = pairs.count - (try held.count(of: pairs.count))
    let range = pairs.second.range
    let trainer = try PairTrainer(
      layer, PairedDataset(pairs.first.take(learned), pairs.second.take(learned)),
      validation: PairedDataset(
        pairs.first.selecting(Array(learned..<pairs.count)),
        pairs.second.selecting(Array(learned..<pairs.count))),
      datasets: datasets, configuration, learningRate: rate, augment: augment, common: common,
      seed: seed, isElementwise: loss.isElementwise,
      loss: loss.loss(range: Double(range.high - range.low), self))
    return NetworkTrainerObject(trainer, self)
  }

  /// The pairs: as given, or each set in an order of its own, drawn once from the seed.
  func paired(_ A: PairsOrDataset, _ B: Dataset?, name: String, seed: UInt64) throws
    -> (PairedDataset, [(name: String, dataset: Dataset)])
  {
    switch (A, B) {
    case (.pairs(let pairs), nil): return (pairs, [("A", pairs.first), ("B", pairs.second)])
    case (.dataset(let dataset), nil):
      return (try PairedDataset(dataset, dataset), [("A", dataset)])
    case (.dataset(let first), let second?):
      let count = min(first.count, second.count)
      func drawn(_ dataset: Dataset, _ side: String) throws -> Dataset {
        var stream = RandomStream(seed: seed, name: "\(name).pairs.\(side)")
        return try dataset.sample(count, from: &stream)
      }
      return (
        try PairedDataset(drawn(first, "A"), drawn(second, "B")), [("A", first), ("B", second)]
      )
    case (.pairs, _?):
      throw Failure("E-arg", "pairs contain both sides; `B` is not needed", parameter: "B")
    }
  }
}
