// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTraining

/// A kind of trainer as files name it, and how it is made again from what a file says.
struct TrainerKind: Sendable {
  let name: String
  /// Whether `loss=` of `resume` is for it.
  var takesLoss = false
  /// What a trainer of such a file is made of.
  let form: @Sendable (TrainerFile) -> DataForm
  /// Makes the trainer as it was made first, of as many datasets as the form has.
  ///
  /// Networks have their trained weights only after their state is read.
  let remake: @Sendable (TrainerFile, [Dataset]) throws -> any Stepping

  /// All kinds, each of which `resume` goes on with.
  static let all: [TrainerKind] =
    [.differenceVector, .encoderDecoder, .fit] + AdversarialMethod.all.map { TrainerKind($0) }

  /// The kind that files name `name`.
  static func named(_ name: String?) -> TrainerKind? { all.first { $0.name == name } }
}

/// What a trainer's file says of how the trainer was made.
struct TrainerFile {
  let session: Session
  let file: Safetensors
  let path: String
  /// The loss function that `resume` was given.
  var loss: LossOption?

  /// How names of such files end.
  static let endings = [".safetensors"]

  /// The seed of all that it draws.
  func seed() throws -> UInt64 { try value("seed") { UInt64($0) } }

  /// The setting `name` as `convert` reads it.
  func setting<T>(_ name: String, _ convert: (String) -> T?) throws -> T {
    try value("setting.\(name)", convert)
  }

  /// The text of the setting `name`, where there is one.
  func text(_ name: String) -> String? { file.metadata["setting.\(name)"] }

  /// A number that could be set between steps.
  func dial(_ name: String) throws -> Double { try value("dial.\(name)") { Double($0) } }

  /// How images are changed at random, if they are.
  func augmentation() throws -> Augmentation? {
    guard file.metadata["setting.augment"] != nil else { return nil }
    return try setting("augment") { Augmentation(text: $0) }
  }

  /// The network `name`, made alike, its weights 0.
  func network(_ name: String) throws -> Layer {
    try ModelFile.build(
      try value("network.\(name)") { $0 }, from: path, on: session.backend)
  }

  /// Two numbers separated by a space.
  func betas() throws -> [Double] {
    try setting("betas") { text in
      let numbers = text.split(separator: " ").compactMap { Double($0) }
      return numbers.count == 2 ? numbers : nil
    }
  }

  private func value<T>(_ key: String, _ convert: (String) -> T?) throws -> T {
    guard let text = file.metadata[key], let value = convert(text) else {
      throw Failure.file(path, "is not a complete trainer file: `\(key)` is missing or wrong")
    }
    return value
  }
}

extension TrainerFile {
  /// The kind of trainer that the file contains; throws `E-file` where it contains none.
  func kind() throws -> TrainerKind {
    let name = file.metadata["henge"]
    if let kind = TrainerKind.named(name) { return kind }
    switch name {
    case nil, "tensors"?, ModelFile.kind?:
      throw Failure(
        "E-file",
        "\(path.quotedPath) contains \(name == ModelFile.kind ? "a model" : "tensors"), not a trainer",
        suggestion: "load(\(path.quotedPath))", parameter: "path")
    case let name?:
      throw Failure(
        "E-file",
        "\(path.quotedPath) contains a \(name), which this version of henge does not know",
        parameter: "path")
    }
  }

  /// The call of `resume` that goes on with the file.
  func call(_ kind: TrainerKind) -> String {
    let (data, held) =
      switch kind.form(self) {
      case .sets: ("A, B", "[VA, VB]")
      case .pairs: ("P", "VP")
      case .one: ("A", "VA")
      }
    var call = "resume(\(path.quotedPath), \(data)"
    if TrainedData.hasHeldOut(file) { call += ", val=\(held)" }
    if kind.takesLoss, text("loss") == LossOption.nameOfFunctions {
      call += ", loss=\(text("loss.text") ?? "(y, target) => …")"
    }
    return call + ")"
  }
}

extension TrainerKind {
  /// The difference vector [Eki, method 1].
  static let differenceVector = TrainerKind(
    name: DifferenceVector.fileKind, form: { _ in .sets }
  ) { file, sets in
    DifferenceVectorObject(
      try DifferenceVector(
        resuming: file.file, from: file.path, a: sets[0], b: sets[1], on: file.session.backend))
  }

  /// The encoder-decoder [Eki, method 2].
  static let encoderDecoder = TrainerKind(
    name: "encoder_decoder_trainer",
    form: { $0.text("data").flatMap(DataForm.init(rawValue:)) ?? .sets }
  ) { file, sets in try file.pairTrainer(of: sets, loss: .named(.mse255)) }

  /// Any model, by pairs and a loss.
  static let fit = TrainerKind(
    name: "fit", takesLoss: true,
    form: { file in
      file.text("data").flatMap(DataForm.init(rawValue:))
        ?? (file.file.metadata["data.B"] == nil ? .one : .pairs)
    }
  ) { file, sets in try file.pairTrainer(of: sets, loss: file.fittingLoss()) }
}

extension TrainerFile {
  /// The trainer of pairs that the file was made by.
  fileprivate func pairTrainer(of sets: [Dataset], loss: LossOption) throws -> NetworkTrainerObject
  {
    let form = try kind().form(self)
    let configuration = PairTrainer.Configuration(
      batch: try setting("batch") { Int($0) }, epochs: try setting("epochs") { Int($0) },
      kind: file.metadata["henge"] ?? "", loss: loss.name, lossText: loss.text,
      adam: try setting("adam") { .init(rawValue: $0) },
      epsilon: try setting("epsilon") { Double($0) }, betas: try betas())
    // What does not fit is the data: the network is the file's.
    return try Failure.renaming(["model": "A"]) {
      try session.pairTrainer(
        network("model"),
        form == .pairs ? .pairs(PairedDataset(sets[0], sets[1])) : .dataset(sets[0]),
        form == .sets ? sets[1] : nil, configuration,
        rate: 0, held: .pairs(setting("held") { Int($0) }), augment: augmentation(),
        common: common(), seed: seed(), loss: loss)
    }
  }

  /// The loss of a `fit`: the one that the file names, or the function of a script that was given again.
  fileprivate func fittingLoss() throws -> LossOption {
    let name: String = try setting("loss") { $0 }
    switch (NamedLoss(rawValue: name), loss) {
    case (let saved?, nil): return .named(saved)
    case (let saved?, .named(let given)?) where saved == given: return .named(saved)
    case (let saved?, _):
      throw Failure(
        "E-arg",
        "\(path.quotedPath) was trained with loss=\"\(saved.rawValue)\", not with this loss",
        notes: ["resume continues with the same loss; another loss needs a new run"],
        suggestion: "resume(…) without loss=, or fit(t.model, …, loss=…) for a new run",
        parameter: "loss")
    case (nil, .function(let given)?):
      let option = LossOption.function(given)
      if let then = text("loss.text"), let now = option.text, then != now {
        session.note(
          "the loss function was saved as `\(then)` and is now `\(now)`: only the same function continues with the same results"
        )
      }
      return option
    case (nil, _):
      throw Failure(
        "E-arg",
        "\(path.quotedPath) was trained with a loss function, which a file cannot contain",
        notes: text("loss.text").map { ["its text was `\($0)`"] } ?? [],
        suggestion: call(.fit), parameter: "loss")
    }
  }
}
