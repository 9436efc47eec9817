// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeModels
internal import HengeTensor
internal import HengeTraining

/// Built-ins that read files.
func loading(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "load",
      "Reads a file by what is in it: a picture (f32 [C, H, W] in `range`) or .npy as a tensor; .npz, .safetensors, PyTorch's .pth and Keras' .h5 as a record of tensors by name. Weights of the generators and discriminators of the reference program of CycleGAN and pix2pix are recognised and become a model; it is said which, and what is a guess. Nothing in a file is run.",
      Parameter("path", "The file."),
      Parameter(
        "range", "The values that black and white of a picture become.", default: [-1.0, 1.0],
        isKeywordOnly: true),
      examples: [
        Example("save_png(zeros(3x8x8), \"grey.png\"); load(\"grey.png\").shape", gives: "3x8x8")
      ], seeAlso: ["save", "resume", "images", "table"], errors: ["E-file", "E-memory"]
    ) { (call: Call, path: String, range: [Double]) in
      try session.load(path, from: call.folder, range: try ImageRange(range))
    }
  ]
}

extension ImageRange {
  /// The range that a list of two numbers says; throws `E-range`.
  init(_ numbers: [Double]) throws {
    guard numbers.count == 2 else {
      throw Failure(
        "E-range", "`range` is two numbers, low and high", suggestion: "range=(-1, 1)",
        parameter: "range")
    }
    try self.init(low: numbers[0], high: numbers[1])
  }
}

extension Session {
  fileprivate func load(_ path: String, from folder: String?, range: ImageRange) throws -> Value {
    guard !path.isEmpty else { throw Failure("E-file", "the path is empty", parameter: "path") }
    let file = paths.toRead(path, from: folder)
    try Failure.refuseZeroByte(in: file)
    var status = stat()
    if stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw Failure.file(
        file, "is a folder, not a file", suggestion: "images(\(path.quotedPath)) for its pictures")
    }
    let bytes = try readRegularFile(file, budget: budget)
    switch FileKind.detect(bytes) {
    case .png, .jpeg:
      let pixels = try PictureReader(budget: budget).decode(bytes, name: file)
      return try Tensor(pixels, range: range, on: backend).value
    case .npy:
      return try Tensor(Npy.decode(bytes[...], path: file, budget: budget), on: backend).value
    case .zip, .pickle, .hdf5:
      let arrays = try arrays(in: bytes, from: file)
      guard let model = try ReferenceNames.recognised(arrays, from: file, on: backend) else {
        return try record(arrays)
      }
      note("\(path.quotedPath) holds the weights of \(model)")
      for guess in ReferenceNames.guesses(about: model) { note(guess) }
      return .object(ModelObject(model, self))
    case .safetensors:
      let contents = try Safetensors(decoding: bytes[...], path: file, budget: budget)
      return try value(contents, from: path)
    case .text:
      throw Failure(
        "E-file", "\(path.quotedPath) is text, and load reads pictures and arrays",
        suggestion: reader(ofText: path).map { "\($0)(\(path.quotedPath))" }, parameter: "path")
    case .unknown:
      throw Failure(
        "E-file",
        bytes.isEmpty
          ? "\(path.quotedPath) is empty (0 bytes)"
          : "\(path.quotedPath) is nothing that load reads",
        notes: ["it reads PNG, JPEG, .npy, .npz, .safetensors, .pth and .h5"], parameter: "path")
    }
  }

  /// What a file of henge's own holds: a model, or tensors; a trainer needs its data.
  private func value(_ contents: Safetensors, from path: String) throws -> Value {
    switch contents.metadata["henge"] {
    case ModelFile.kind?:
      return .object(ModelObject(try ModelFile.read(contents, from: path, on: backend), self))
    case nil, "tensors"?: return try record(contents.arrays)
    default:
      let file = TrainerFile(session: self, file: contents, path: path)
      let kind = try file.kind()
      throw Failure(
        "E-file", "\(path.quotedPath) contains a trainer (\(kind.name))",
        suggestion: file.call(kind), parameter: "path")
    }
  }

  /// What reads a text file of this name.
  private func reader(ofText path: String) -> String? {
    let name = path.lowercased()
    if name.hasSuffix(".csv") { return "table" }
    return name.hasSuffix(".henge") ? "run" : nil
  }

  private func record(_ arrays: [NamedArray]) throws -> Value {
    Value(fields: try arrays.map { ($0.name, try Tensor($0.array, on: backend).value) })
  }
}
