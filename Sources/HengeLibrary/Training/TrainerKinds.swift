// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTraining

/// A kind of trainer of networks, as files name it, and how it is made again from what a file says.
struct TrainerKind: Sendable {
  let name: String
  /// Makes the trainer as it was made first; its state is read afterwards.
  let remake: @Sendable (TrainerFile, Dataset, Dataset) throws -> NetworkTrainerObject

  /// All kinds that `resume` goes on with.
  static let all = [encoderDecoder, cyclegan, pix2pix]
}

/// What a trainer's file says of how the trainer was made.
struct TrainerFile {
  let session: Session
  let file: Safetensors
  let path: String

  /// The seed of all that it draws.
  func seed() throws -> UInt64 { try value("seed") { UInt64($0) } }

  /// The setting `name` as `convert` reads it.
  func setting<T>(_ name: String, _ convert: (String) -> T?) throws -> T {
    try value("setting.\(name)", convert)
  }

  /// A number that could be set between steps.
  func dial(_ name: String) throws -> Double { try value("dial.\(name)") { Double($0) } }

  /// The network `name`, made alike, its weights 0.
  func network(_ name: String) throws -> Layer {
    try ModelFile.build(
      try value("network.\(name)") { $0 }, from: path, on: session.backend)
  }

  private func value<T>(_ key: String, _ convert: (String) -> T?) throws -> T {
    guard let text = file.metadata[key], let value = convert(text) else {
      throw Failure.file(path, "is not a whole trainer file: `\(key)` is missing or wrong")
    }
    return value
  }
}

extension Session {
  /// The trainer of networks that a file holds, made again with the same data; nil where it holds
  /// none.
  func resumeNetworkTrainer(
    _ file: Safetensors, from path: String, _ A: Dataset, _ B: Dataset, acceptChangedData: Bool
  ) throws -> NetworkTrainerObject? {
    guard let kind = TrainerKind.all.first(where: { $0.name == file.metadata["henge"] }) else {
      return nil
    }
    let object = try kind.remake(TrainerFile(session: self, file: file, path: path), A, B)
    try object.trainer.resume(
      file, from: path, acceptChangedData: acceptChangedData, on: backend)
    return object
  }
}

extension TrainerKind {
  /// The paper's second method.
  static let encoderDecoder = TrainerKind(name: "encoder_decoder_trainer") { file, A, B in
    try file.session.pairTrainer(
      file.network("model"), .dataset(A), B,
      .init(
        batch: file.setting("batch") { Int($0) }, epochs: file.setting("epochs") { Int($0) }),
      rate: 0, held: .pairs(file.setting("held") { Int($0) }), seed: file.seed(),
      loss: .named(.mse255))
  }
}
