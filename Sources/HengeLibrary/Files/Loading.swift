// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeTraining

/// Built-ins that load files.
func loading(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "load",
      "Loads an image, a tensor or weights from a file. The contents decide the type, not the name. An image (\(PictureFormat.readNames)) is returned as a tensor f32 [C, H, W] in `range`, a .npy file as a tensor. Files of weights (.npz, .safetensors, PyTorch's .pth, Keras' .h5, .weights.h5 and .keras) are returned as a record of tensors by name. Weights of the generators and discriminators of the reference implementation of CycleGAN and pix2pix are recognized and returned as a model, a checkpoint of several networks as a record of models; a note reports which, and what is a guess. A network in an ONNX file (.onnx, with the weights inside or in a file next to it) is returned as a model for inference, whose layers have the names of the file's nodes. Of a file with several pages or frames, the first is read. TIFF and PFM files of floats, signed or 32-bit integers keep their values, and all of their bands. Code in a file is never run.",
      Parameter("path", "Path of the file."),
      Parameter(
        "part",
        "Network to load from a file with several: the prefix of its names, such as \"genA2B\" or \"netG\".",
        default: String?.none, isKeywordOnly: true),
      Parameter(
        "range", "Values of black and white in an image.", default: [-1.0, 1.0],
        isKeywordOnly: true),
      Parameter(
        "upright", "Whether to rotate an image upright according to its EXIF orientation.",
        default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          save_png(zeros(3x8x8), "gray.png")
          load("gray.png").shape
          #=> 3x8x8
          weights = (gen=(weight=eye(2)), dis=(weight=ones(3)))
          save(weights, "gan.npz")
          load("gan.npz", part="dis").weight.shape
          #=> shape(3)
          """)
      ], seeAlso: ["save", "resume", "images", "table"], errors: ["E-file", "E-memory"]
    ) { (call: Call, path: String, part: String?, range: [Double], upright: Bool) in
      try session.load(
        path, from: call.folder, part: part, range: try ImageRange(range), upright: upright)
    }.alsoCalled("pretrained", "pretrained weights", "imread", "onnx", "open file")
  ]
}

extension ImageRange {
  /// The range that a list of two numbers says; throws `E-range`.
  init(_ numbers: [Double]) throws {
    guard numbers.count == 2 else {
      throw Failure(
        "E-range", "`range` must be two numbers, black and white", suggestion: "range=(-1, 1)",
        parameter: "range")
    }
    try self.init(low: numbers[0], high: numbers[1])
  }
}

extension Session {
  fileprivate func load(
    _ path: String, from folder: String?, part: String?, range: ImageRange, upright: Bool
  ) throws -> Value {
    guard !path.isEmpty else { throw Failure("E-file", "the path is empty", parameter: "path") }
    let file = paths.toRead(path, from: folder)
    try Failure.refuseZeroByte(in: file)
    var status = stat()
    if stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Failure.file(
        file, "is a folder, not a file", suggestion: "images(\(path.quotedPath)) for its images")
    }
    let bytes = try readRegularFile(file, budget: budget)
    switch FileKind.detect(bytes) {
    case .picture: return try picture(bytes, file, range: range, upright: upright).value
    case .npy:
      return try Tensor(Npy.decode(bytes[...], path: file, budget: budget), on: backend).value
    case .zip, .pickle, .hdf5:
      return try networks(in: foreignFile(of: bytes, from: file).arrays, path, part)
    case .safetensors:
      let contents = try Safetensors(decoding: bytes[...], path: file, budget: budget)
      return try value(contents, from: path, part)
    case .onnx: return try network(bytes, file)
    case .text:
      throw Failure(
        "E-file", "\(path.quotedPath) is text, but load reads images and arrays",
        suggestion: reader(ofText: path).map { "\($0)(\(path.quotedPath))" }, parameter: "path")
    case .unknown:
      throw Failure(
        "E-file",
        bytes.isEmpty
          ? "\(path.quotedPath) is empty (0 bytes)"
          : "\(path.quotedPath) has a format that load does not read",
        notes: [
          "it reads \(PictureFormat.read.map(\.rawValue).joined(separator: ", ")), .npy, .npz, .safetensors, .onnx, .pth, .h5 and .keras"
        ], parameter: "path")
    }
  }

  /// The contents of a safetensors file: a model that henge saved, or tensors; a trainer needs its data.
  private func value(_ contents: Safetensors, from path: String, _ part: String?) throws -> Value {
    switch contents.metadata["henge"] {
    case ModelFile.kind? where part == nil:
      return .object(ModelObject(try ModelFile.read(contents, from: path, on: backend), self))
    case nil, "tensors"?, ModelFile.kind?: return try networks(in: contents.arrays, path, part)
    default:
      let file = TrainerFile(session: self, file: contents, path: path)
      let kind = try file.kind()
      throw Failure(
        "E-file", "\(path.quotedPath) contains a trainer (\(kind.name))",
        suggestion: file.call(kind), parameter: "path")
    }
  }

  /// The network in a file of the ONNX format.
  private func network(_ bytes: [UInt8], _ file: String) throws -> Value {
    let graph = try ONNXGraph(decoding: bytes[...], path: file, budget: budget)
    let network = try ONNXNetwork.make(graph, path: file, on: backend, budget: budget)
    if !network.otherResults.isEmpty {
      note(
        "the network returns \(network.outputs.count) results, and m(x) is the first; tap(m, x, name) returns the others: \(network.otherResults.shortList)"
      )
    }
    return .object(ModelObject(network, self))
  }

  /// The networks that `arrays` are the weights of: a model, a record of several, or the tensors.
  private func networks(in arrays: [NamedArray], _ path: String, _ part: String?) throws -> Value {
    let found = try ForeignNetworks(in: arrays, part: part, from: path, on: backend)
    for one in found.parts {
      guard let model = one.model else { continue }
      note(
        "\(one.path.isEmpty ? path.quotedPath : "`\(one.path)` of \(path.quotedPath)") contains the weights of \(model)"
      )
      if let guess = model.reference?.guess(model) { note(guess) }
    }
    if !found.leftOut.isEmpty {
      note("left out, as state of the training: \(found.leftOut.shortList)")
    }
    if found.parts.count == 1, found.parts[0].path.isEmpty { return try value(of: found.parts[0]) }
    let others = found.parts.filter { $0.model == nil }.map(\.path)
    if !others.isEmpty {
      note("not recognized, and returned as records of tensors: \(others.shortList)")
    }
    return Value(fields: try found.parts.map { ($0.path, try value(of: $0)) })
  }

  private func value(of part: ForeignNetworks.Part) throws -> Value {
    if let model = part.model { return .object(ModelObject(model, self)) }
    return Value(fields: try part.arrays.map { ($0.name, try Tensor($0.array, on: backend).value) })
  }

  /// What reads a text file of this name.
  private func reader(ofText path: String) -> String? {
    let name = path.lowercased()
    if name.hasSuffix(".csv") { return "table" }
    return name.hasSuffix(".henge") ? "run" : nil
  }
}

extension [String] {
  /// The first four, and how many there are.
  var shortList: String {
    prefix(4).joined(separator: ", ") + (count > 4 ? ", … (\(count) in all)" : "")
  }
}
