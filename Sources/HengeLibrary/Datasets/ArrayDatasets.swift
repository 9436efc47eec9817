// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
public import HengeData
internal import HengeFiles
internal import HengeModels
public import HengeLanguage
internal import HengeTensor

extension ArrayLayout: Choice {}

private var range: Parameter {
  Parameter(
    "range",
    "The values of black and white. Bytes (u8) are converted to it; floats must be in it already.",
    default: [-1.0, 1.0], isKeywordOnly: true)
}
private var layout: Parameter {
  Parameter(
    "layout", "The order of the axes: \"nchw\" by default, \"nhwc\" with the channels last.",
    default: ArrayLayout?.none, isKeywordOnly: true)
}

/// Built-ins that make datasets of arrays.
func arrayDatasets(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "dataset",
      "Makes a dataset of the images in one tensor [N, C, H, W]: bytes (u8, 0 black and 255 white) or floats.",
      Parameter("x", "The images."), range, layout,
      examples: [
        Example("dataset(zeros(10x3x32x32))[0].shape", gives: "3x32x32"),
        Example("dataset(u8(zeros(2x32x32x3)), layout=\"nhwc\")[0].min()", gives: "-1.0"),
        Example(
          "a = faces(\"anime\", 4, size=24x24).tensor(); b = -a; t = cyclegan(dataset(a), dataset(b), base=2, blocks=1); t.step(); t.count",
          gives: "1"),
      ], seeAlso: ["images", "tensor", "pairs"], errors: ["E-shape", "E-type", "E-range"]
    ) { (call: Call, x: Tensor, range: [Double], layout: ArrayLayout?) in
      try session.dataset(x, range: ImageRange(range), layout, call)
    },
    Builtin(
      "dataset",
      "Makes a dataset of a list of images [C, H, W]. All have the same channels; only images of one size can be trained on.",
      Parameter("x", "The images."), range,
      Parameter(
        "layout", "The order of the axes; \"nhwc\" here is [H, W, C].", default: ArrayLayout?.none,
        isKeywordOnly: true),
      examples: [Example("len(dataset([-ones(3x8x8), ones(3x8x8)]))", gives: "2")],
      seeAlso: ["images", "stack"], errors: ["E-shape", "E-type", "E-range", "E-data"]
    ) { (call: Call, x: [Tensor], range: [Double], layout: ArrayLayout?) in
      let range = try ImageRange(range)
      for image in x {
        guard image.rank == 3 else { continue }
        if layout == nil, ArrayLayout.looksLast(image.shape.sizes) {
          throw Failure.channelsLast(image.shape)
        }
      }
      let images = try x.map {
        layout == .nhwc && $0.rank == 3 ? try $0.permuted([2, 0, 1]) : $0
      }
      try session.checkValues(images, range, call)
      return try Dataset(list: images, range: range, loader: session.loader)
    },
    Builtin(
      "dataset",
      "Makes a dataset of arrays in files: one .npy, .npz, .safetensors or .h5 file with an array [N, C, H, W] (or with an array [C, H, W] for each image, in the order of the file), or a folder with an image [C, H, W] or [H, W] in each .npy file, which is read when it is needed.",
      Parameter("x", "The file or the folder."), range, layout,
      Parameter(
        "key", "The name of the array, where a file has several.", default: String?.none,
        isKeywordOnly: true),
      Parameter(
        "limit", "Take only the first so many images.", default: Int?.none, isKeywordOnly: true),
      examples: [
        Example("save(zeros(5x3x8x8), \"arrays.npy\"); len(dataset(\"arrays.npy\"))", gives: "5"),
        Example(
          "save(zeros(3x8x8), \"maps/0.npy\"); save(ones(3x8x8), \"maps/1.npy\"); len(dataset(\"maps\"))",
          gives: "2"),
      ], seeAlso: ["images", "load", "save"],
      errors: ["E-file", "E-shape", "E-type", "E-range"]
    ) {
      (
        call: Call, x: String, range: [Double], layout: ArrayLayout?, key: String?, limit: Int?
      ) in
      let range = try ImageRange(range)
      if let limit, limit < 1 {
        throw Failure("E-range", "`limit` is at least 1, not \(limit)", parameter: "limit")
      }
      guard !x.isEmpty else { throw Failure("E-file", "the path is empty", parameter: "x") }
      let folder = session.paths.folderToRead(x, from: call.folder)
      if isFolder(folder) {
        guard key == nil else {
          throw Failure(
            "E-arg", "`key` names an array of a file, and this is a folder", parameter: "key")
        }
        return try Dataset.arrays(
          folder, layout: layout, range: range, limit: limit, loader: session.loader)
      }
      let file = session.paths.toRead(x, from: call.folder)
      let all = try session.dataset(
        inFile: file, named: x, key: key, range: range, layout, call)
      return try limit.map { try all.take($0) } ?? all
    },
  ]
}

private func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

extension Session {
  /// The images of one tensor.
  fileprivate func dataset(
    _ array: Tensor, range: ImageRange, _ layout: ArrayLayout?, _ call: Call
  ) throws -> Dataset {
    guard array.rank == 4 else { return try Dataset(array, range: range, loader: loader) }
    if layout == nil, ArrayLayout.looksLast(array.shape.sizes) {
      throw Failure.channelsLast(array.shape)
    }
    let images = try (layout ?? .nchw).images(array)
    guard images.count > 0 else {
      throw Failure("E-data", "an array of \(array.shape) has no images", parameter: "x")
    }
    try checkValues([images], range, call)
    return try Dataset(images, range: range, loader: loader)
  }

  /// The images of a file of one array, or of several.
  fileprivate func dataset(
    inFile file: String, named name: String, key: String?, range: ImageRange,
    _ layout: ArrayLayout?, _ call: Call
  ) throws -> Dataset {
    let bytes = try readRegularFile(file, budget: budget)
    let kind = FileKind.detect(bytes)
    if case .picture(let format) = kind {
      throw Failure.file(
        file, "is \(format.words), and a dataset of arrays is wanted",
        suggestion: "dataset([load(\(name.quotedPath))])")
    }
    if kind == .npy {
      guard key == nil else {
        throw Failure("E-arg", "a .npy file has one array, without a name", parameter: "key")
      }
      let array = try Npy.decode(bytes[...], path: file, budget: budget)
      return try dataset(Tensor(array, on: backend), range: range, layout, call)
    }
    guard [.zip, .safetensors, .hdf5, .pickle].contains(kind) else {
      throw Failure.file(
        file, "is no file of arrays", suggestion: "a .npy, .npz, .safetensors or .h5 file")
    }
    var arrays = try foreignFile(of: bytes, from: file).arrays
    let names = arrays.map(\.name)
    if let key {
      arrays = arrays.filter { $0.name == key }
      guard !arrays.isEmpty else {
        throw Failure(
          "E-name", "\(name.quotedPath) has no array \(key.quotedPath)",
          notes: [described(names)],
          suggestion: nearestName(to: key, among: names).map { "key=\($0.quotedPath)" },
          parameter: "key")
      }
    }
    if arrays.count == 1, arrays[0].array.shape.rank == 4 {
      return try dataset(Tensor(arrays[0].array, on: backend), range: range, layout, call)
    }
    guard !arrays.isEmpty, arrays.allSatisfy({ $0.array.shape.rank == 3 }) else {
      let shapes = arrays.prefix(8).map { "\($0.name) \($0.array.shape)" }
      throw Failure(
        "E-shape",
        "\(name.quotedPath) has \(arrays.count) arrays, and no single one NxCxHxW or all CxHxW",
        notes: ["its arrays: \(shapes.joined(separator: ", "))\(arrays.count > 8 ? ", …" : "")"],
        suggestion: arrays.first { $0.array.shape.rank == 4 }.map {
          "dataset(\(name.quotedPath), key=\($0.name.quotedPath))"
        }, parameter: "x")
    }
    for entry in arrays where layout == nil && ArrayLayout.looksLast(entry.array.shape.sizes) {
      throw Failure.channelsLast(entry.array.shape, of: "\(entry.name) of \(name.quotedPath)")
    }
    let images = try arrays.map { entry in
      let image = try Tensor(entry.array, on: backend)
      return layout == .nhwc ? try image.permuted([2, 0, 1]) : image
    }
    try checkValues(images, range, call)
    return try Dataset(list: images, range: range, loader: loader)
  }

  private func described(_ names: [String]) -> String {
    "its arrays: \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
  }

  /// Refuses arrays that are no images by their type, and says where values are not what the range
  /// says: nothing would show it before a network has been trained on them.
  fileprivate func checkValues(_ images: [Tensor], _ range: ImageRange, _ call: Call) throws {
    guard let first = images.first(where: { $0.count > 0 }) else { return }
    if let other = images.first(where: { $0.type == .i64 || $0.type == .bool }) {
      throw Failure(
        "E-type", "images are u8 or floats, not \(other.type.rawValue)",
        suggestion: other.type == .i64
          ? "dataset(u8(x)) for bytes 0 to 255" : "dataset(2 * f32(x) - 1)",
        parameter: "x")
    }
    guard first.type != .u8 else { return }
    var (low, high) = (Double.infinity, -Double.infinity)
    for image in images where image.count > 0 {
      guard try image.isFinite() else {
        throw Failure("E-finite", "the images contain NaN or infinite values", parameter: "x")
      }
      low = min(low, try image.minimum().item().double)
      high = max(high, try image.maximum().item().double)
    }
    let (black, white) = (range.low, range.high)
    let shown = "\(low.general(digits: 4)) to \(high.general(digits: 4))"
    if range == .signed, low >= 0, high > 16, high <= 255 {
      throw Failure(
        "E-range", "the values are \(shown), which looks like bytes, and the range is \(range)",
        suggestion: "dataset(u8(x)), or dataset(x / 127.5 - 1), or range=(0, 255)",
        parameter: "range")
    }
    let slack = 0.01 * (white - black)
    if low < black - slack || high > white + slack {
      call.note("the values are \(shown), beyond the range \(range) of black and white")
    } else if range == .signed, low >= 0, high <= 1, high > 0 {
      call.note(
        "the values are \(shown): if 0 is black, dataset(2 * x - 1) has the range \(range)")
    }
  }
}
