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

/// A model to be saved as a network that other programs run.
struct NetworkFile {
  /// The ending of such files.
  static let ending = ".onnx"

  private let model: ModelObject
  private let network: ExportedNetwork
  /// One input: `[C, H, W]` or `[F]`.
  private let sample: Shape

  private var layer: Layer { model.layer }

  /// The network of `model` for images of `size`; throws `E-arg` and `E-shape` for a size that is missing or
  /// that the network does not take.
  init(_ model: ModelObject, _ size: Shape?) throws {
    self.model = model
    guard let size else {
      throw Failure(
        "E-arg", "an .onnx file is for images of a size, which is missing",
        suggestion: "size=256x256", parameter: "size")
    }
    sample = try Failure.ofSize {
      switch size.rank {
      case 1, 3: size
      case 2: try NetworkFile.sample(of: model, size)
      default:
        throw Failure(
          "E-shape",
          "`size` is a height and a width, CxHxW, or the number of features, not \(size)",
          suggestion: "size=256x256", parameter: "size")
      }
    }
    network = try Failure.ofSize { [sample] in
      try model.layer.exported(for: sample, on: model.session.backend)
    }
  }

  private static func sample(of model: ModelObject, _ size: Shape) throws -> Shape {
    if let reading = model.reading { return try Shape([reading.channels, size[0], size[1]]) }
    return try model.layer.sample(height: size[0], width: size[1])
  }

  /// Writes the file and says where its sizes are fixed.
  func save(to path: String, _ call: Call) throws -> Nothing {
    let session = model.session
    let file = try ONNXFile(network, name: layer.kind, metadata: metadata())
    _ = try session.write(path, as: [NetworkFile.ending], of: "a network") { place in
      try BackgroundWork.lend(file.message(budget: session.budget)) {
        try $0.write(to: place, budget: session.budget)
      }
    }
    if let words { call.note("\(path.quotedPath) \(words)") }
    return .nothing
  }

  /// What a reader should know of the sizes; nil where images of all sizes are taken.
  private var words: String? {
    guard sample.rank == 3 else { return nil }
    let size = "\(sample[1])x\(sample[2])"
    guard let step = network.step else {
      return "takes images of \(size) only: \(network.reason ?? "others do not fit")"
    }
    guard step > 1 else { return nil }
    return sample[1] % step == 0 && sample[2] % step == 0
      ? "takes images whose height and width are multiples of \(step)"
      : "takes images of \(size), and of a height and width that differ from it by multiples of \(step)"
  }

  /// What other programs cannot see in the operators.
  private func metadata() throws -> [(key: String, text: String)] {
    var all = [("network", "\(layer)"), ("weights.sha256", try fingerprint())]
    if sample.rank == 3 {
      let range = layer.imageRange
      all += [
        ("image.range", "\(Int(range.lowerBound))..\(Int(range.upperBound))"),
        ("image.channels", channels), ("image.layout", "NCHW"),
      ]
      if let step = network.step { all.append(("image.step", "\(step)")) }
    }
    guard let trainer = model.trainer else { return all }
    all += [
      ("training", trainer.kind), ("training.steps", "\(trainer.count)"),
      ("training.seed", "\(trainer.seed)"),
    ]
    return try all
      + trainer.datasets.map { ("training.data.\($0.name)", try $0.dataset.fingerprint()) }
  }

  /// The order of the channels of an input.
  private var channels: String {
    if let reading = model.reading { return reading.words }
    return switch sample[0] {
    case 1: "gray"
    case 3: "RGB"
    case let count: "\(count) channels"
    }
  }

  /// A hash of all weights with their names, the same for the same training.
  private func fingerprint() throws -> String {
    let hash = try SHA256()
    for (name, parameter) in layer.allParameters {
      try hash.update(Array("\(name) \(parameter.value.shape) ".utf8)[...])
      try parameter.value.withBytes { try hash.update($0) }
    }
    return try hash.hexDigest()
  }
}

extension Failure {
  /// Runs `body`, and makes what it says of an input `x` a failure of the parameter `size`.
  fileprivate static func ofSize<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let failure as Failure where failure.parameter == "x" {
      // Networks suggest `resize(x, 256x256)`.
      let (start, end) = ("resize(x, ", ")")
      let suggestion = failure.suggestion.flatMap { text in
        text.hasPrefix(start) && text.hasSuffix(end)
          ? "size=\(text.dropFirst(start.count).dropLast(end.count))" : nil
      }
      throw Failure(
        failure.code, failure.message, notes: failure.notes, suggestion: suggestion,
        parameter: "size")
    }
  }
}
