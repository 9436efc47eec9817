// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeModels
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeRanks
internal import HengeTensor
internal import HengeThreads
internal import HengeTraining

/// Tensors by name, from a record's fields; nested records become `outer.inner`.
struct NamedTensors: ValueConvertible {
  let arrays: [(name: String, tensor: Tensor)]
  static var kind: String { "record of tensor" }

  static func from(_ value: Value) -> NamedTensors? {
    guard case .record(let record) = value, record.count > 0 else { return nil }
    var arrays: [(name: String, tensor: Tensor)] = []
    for (name, value) in zip(record.names, record.values) {
      if let tensor = Tensor.from(value) {
        arrays.append((name, tensor))
      } else if let inner = NamedTensors.from(value) {
        arrays += inner.arrays.map { ("\(name).\($0.name)", $0.tensor) }
      } else {
        return nil
      }
    }
    return NamedTensors(arrays: arrays)
  }

  var value: Value { Value(fields: arrays.map { ($0.name, $0.tensor.value) }) }

  func named(budget: MemoryBudget) throws -> [NamedArray] {
    try arrays.map { NamedArray($0.name, try $0.tensor.arrayData(budget: budget)) }
  }
}

private let restored = """
  noise = rng("noise")
  s = snapshot(noise)
  x = rand(3, rng=noise)
  restore(noise, s)
  """

private var pathToWrite: Parameter {
  Parameter("path", "Path of the file. A relative path is inside the output folder.")
}

/// Built-ins that write values and trainers to files.
func saving(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "save", "Saves a tensor as a .npy file, which numpy loads.", Parameter("x", "A tensor."),
      pathToWrite,
      examples: [Example("save(eye(2), \"eye.npy\")\nload(\"eye.npy\").shape\n#=> 2x2")],
      seeAlso: ["load", "save_png"], errors: ["E-file"]
    ) { (x: Tensor, path: String) in
      try session.write(path, as: [".npy"], of: "a tensor") { file in
        try BackgroundWork.lend(x.arrayData(budget: session.budget)) {
          try Npy.write($0, to: file, budget: session.budget)
        }
      }
    },
    Builtin(
      "save",
      "Saves a record of tensors as a .npz, .safetensors or .pth file. PyTorch loads .pth files.",
      Parameter("x", "A record of tensors; it may contain further records."), pathToWrite,
      examples: [
        Example(
          """
          save((mean=zeros(3), std=ones(3)), "stats.npz")
          load("stats.npz").std.shape
          #=> shape(3)
          """)
      ],
      seeAlso: ["load"], errors: ["E-file"]
    ) { (x: NamedTensors, path: String) in
      try session.write(path, as: [".npz", ".safetensors", ".pth"], of: "a record of tensors") {
        file in
        try BackgroundWork.lend(x.named(budget: session.budget)) { arrays in
          if file.hasSuffix(".npz") {
            try Npz.write(arrays, to: file, budget: session.budget)
          } else if file.hasSuffix(".pth") {
            try PyTorchFile.write(arrays, to: file, budget: session.budget)
          } else {
            try Safetensors(arrays: arrays, metadata: ["henge": "tensors"])
              .write(to: file, budget: session.budget)
          }
        }
      }
    },
    Builtin(
      "snapshot",
      "Returns a copy of the state of a trainer, model, optimizer or random stream. restore(h, s) returns to it.",
      Parameter("h", "A trainer, a model, an optimizer or a random stream."),
      examples: [
        Example(
          """
          \(restored)
          all(x == rand(3, rng=noise))
          #=> true
          """)
      ], seeAlso: ["restore", "save"]
    ) { (h: HandleObject) in
      try (h.handle as? NetworkTrainerObject)?.trainer.refuseMidstep("take a snapshot")
      return ObjectBox(try h.handle.snapshot())
    },
    Builtin(
      "restore",
      "Restores the state of a trainer, model, optimizer or random stream from a snapshot.",
      Parameter("h", "The trainer, model, optimizer or random stream that the snapshot is of."),
      Parameter("snapshot", "The snapshot, made by snapshot(h)."),
      examples: [
        Example(
          """
          \(restored)
          noise
          #=> rng "user.noise" @0 seed 0
          """)
      ], seeAlso: ["snapshot", "resume"], errors: ["E-type"]
    ) { (call: Call, h: HandleObject, snapshot: ObjectBox) in
      try h.handle.restore(snapshot.object)
      call.machine.effects.restored(h.handle)
      return Nothing.nothing
    },
  ]
}

/// Any handle.
struct HandleObject: ValueConvertible {
  let handle: any Handle
  static var kind: String { "trainer | model | optimizer | rng" }
  static func from(_ value: Value) -> HandleObject? {
    guard case .object(let object) = value, let handle = object as? any Handle else { return nil }
    return HandleObject(handle: handle)
  }
  var value: Value { .object(handle) }
}

/// A domain value of whatever type.
struct ObjectBox: ValueConvertible {
  let object: Object
  init(_ object: Object) { self.object = object }
  static var kind: String { "snapshot" }
  static func from(_ value: Value) -> ObjectBox? {
    guard case .object(let object) = value else { return nil }
    return ObjectBox(object)
  }
  var value: Value { .object(object) }
}

extension Session {
  /// Writes to `path` through `body`, which receives the absolute path, and remembers it.
  ///
  /// Throws `E-file` when the name does not end in one of `endings`.
  func write(_ path: String, as endings: [String], of what: String, _ body: (String) throws -> Void)
    throws -> Nothing
  {
    try checkEnding(path, endings, of: what)
    let file = try paths.toWrite(path)
    // What others still read of the file must be read before.
    if ranks.count > 1, ranks.failure == nil, !writesAlone {
      try ranks.barrier(at: "writing \(path.quotedPath)")
    }
    try makeFolders(above: file)
    let isThere = access(file, F_OK) == 0
    try body(file)
    wrote(file, as: path, replaced: isThere)
    return .nothing
  }

  /// Remembers that `file`, an absolute path, was written under the name `path`.
  func wrote(_ file: String, as path: String, replaced: Bool) {
    paths.wrote(file)
    var status = stat()
    if stat(file, &status) == 0, newlyWritten.count < Session.mostNewlyWritten {
      newlyWritten.append(
        WrittenFile(path: path, bytes: Int(status.st_size), replaced: replaced))
    }
  }

  /// More files than are counted exactly: a script that nobody watches must not collect them for ever.
  private static let mostNewlyWritten = 10_000

  /// Refuses what ``write(_:as:of:_:)`` would refuse of `path`, long before there is something to write.
  func checkToWrite(_ path: String, as endings: [String], of what: String) throws {
    try checkEnding(path, endings, of: what)
    let file = try paths.toWrite(path)
    try makeFolders(above: file)
    try AtomicFile.check(file)
  }

  private func checkEnding(_ path: String, _ endings: [String], of what: String) throws {
    guard endings.contains(where: path.lowercased().hasSuffix) else {
      let isPicture = path.lowercased().hasSuffix(".png")
      let isPyTorch =
        ["a trainer", "a model"].contains(what)
        && [".pt", ".pth"].contains(where: path.lowercased().hasSuffix)
      guard !path.isEmpty else {
        throw Failure(
          "E-file", "the path of the file is empty", suggestion: "\"name\(endings[0])\"",
          parameter: "path")
      }
      let stem = path.split(separator: ".", omittingEmptySubsequences: false).first ?? ""
      let isFolder =
        what == "a dataset"
        && path.allSatisfy { $0.isLetter || $0.isNumber || "/_-".contains($0) }
      throw Failure(
        "E-file", "\(what) cannot be saved as \(path.quotedPath)",
        suggestion: isFolder
          ? "for i in 0..len(A) { save_png(A[i], f\"\(path)/{i}.png\") }, or \"\(path)/\" for arrays"
          : isPicture && what == "a tensor"
            ? "save_png(x, \(path.quotedPath)) for an image, or \"\(stem)\(endings[0])\""
            : isPicture && what == "a dataset"
              ? "save_png(grid(A[0:8]), \(path.quotedPath)) for an image, or \"\(stem)\(endings[0])\""
              : endings.map { "\"\(stem)\($0)\"" }.joined(separator: " or ")
                + (isPyTorch ? ", or names=\"pytorch\" for the weights alone" : ""),
        parameter: "path")
    }
  }

  /// Makes the output folder and what `path` names below it; folders elsewhere must be there.
  func makeFolders(above file: String) throws {
    guard file.hasPrefix(paths.outputFolder + "/") || paths.mirror != nil else { return }
    try AtomicFile.makeFolders(above: file)
  }
}

extension String {
  /// The path in quotes, control characters escaped.
  var quotedPath: String { Value(self).representation }
}
