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
    "Values of black and white. Bytes (u8) are scaled to this range; floats must be in it already.",
    default: [-1.0, 1.0], isKeywordOnly: true)
}
private var layout: Parameter {
  Parameter(
    "layout", "Order of the axes: \"nchw\" (default), or \"nhwc\" with the channels last.",
    default: ArrayLayout?.none, isKeywordOnly: true)
}

private var names: Parameter {
  Parameter(
    "channels",
    "Names of the channels, such as \"rgb+angle\", \"rgb+m2:4\" or \"bgr+angle\" (colors in OpenCV's order). With an angle, colors are 0..255, and the last plane is degrees · 256 / 180, as the published angle programs write them; it becomes the angle of the item, and a constant channel of degrees / 180.",
    default: String?.none, isKeywordOnly: true)
}

/// Built-ins that make datasets from arrays.
func arrayDatasets(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "dataset",
      "Makes a dataset from a tensor of images [N, C, H, W], either bytes (u8, 0 is black and 255 is white) or floats.",
      Parameter("x", "The images, [N, C, H, W]."), range, layout, names,
      examples: [
        Example(
          """
          A = dataset(zeros(10x3x32x32))
          A[0].shape
          #=> 3x32x32
          bytes = u8(zeros(2x32x32x3))
          dataset(bytes, layout="nhwc")[0].min()
          #=> -1.0
          """)
      ], seeAlso: ["images", "tensor", "pairs"], errors: ["E-shape", "E-type", "E-range"]
    ) { (call: Call, x: Tensor, range: [Double], layout: ArrayLayout?, channels: String?) in
      try session.dataset(x, range: ImageRange(range), layout, channels, call)
    },
    Builtin(
      "dataset",
      "Makes a dataset from a list of images [C, H, W] with the same number of channels. Training needs images of the same size.",
      Parameter("x", "The images, a list of tensors [C, H, W]."), range,
      Parameter(
        "layout", "Order of the axes; \"nhwc\" means [H, W, C] here.", default: ArrayLayout?.none,
        isKeywordOnly: true), names,
      examples: [Example("len(dataset([-ones(3x8x8), ones(3x8x8)]))", gives: "2")],
      seeAlso: ["images", "stack"], errors: ["E-shape", "E-type", "E-range", "E-data"]
    ) { (call: Call, x: [Tensor], range: [Double], layout: ArrayLayout?, channels: String?) in
      try session.dataset(
        x.enumerated().map { ("image \($0)", $1) }, range: ImageRange(range), layout, channels, call
      )
    },
    Builtin(
      "dataset",
      "Makes a dataset from arrays in files. A .npy, .npz, .safetensors or .h5 file contains one array [N, C, H, W], or one array [C, H, W] per image. A folder contains one .npy file per image, [C, H, W] or [H, W]; these are read when they are needed. A .npz file that save(A, path) wrote also has the names of the channels, the landmarks and the angles.",
      Parameter("x", "Path of the file or folder."), range, layout, names,
      Parameter(
        "key", "Name of the array, if the file contains several.", default: String?.none,
        isKeywordOnly: true),
      Parameter(
        "limit", "Maximum number of images; the first ones are used.", default: Int?.none,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          save(zeros(5x3x8x8), "images.npy")
          len(dataset("images.npy"))
          #=> 5
          """)
      ], seeAlso: ["images", "load", "save"],
      errors: ["E-file", "E-shape", "E-type", "E-range"]
    ) {
      (
        call: Call, x: String, range: [Double], layout: ArrayLayout?, channels: String?,
        key: String?,
        limit: Int?
      ) in
      let range = try ImageRange(range)
      if let limit, limit < 1 {
        throw Failure("E-range", "`limit` must be 1 or more, not \(limit)", parameter: "limit")
      }
      guard !x.isEmpty else { throw Failure("E-file", "the path is empty", parameter: "x") }
      let folder = session.paths.folderToRead(x, from: call.folder)
      if isFolder(folder) {
        guard key == nil else {
          throw Failure(
            "E-arg", "`key` names an array in a file, but this is a folder", parameter: "key")
        }
        return try Failure.renaming([nil: "x", "path": "x"]) {
          try Dataset.arrays(
            folder, layout: layout, channels: channels, range: range, limit: limit,
            loader: session.loader)
        }
      }
      let file = session.paths.toRead(x, from: call.folder)
      let all = try Failure.renaming([nil: "x", "path": "x"]) {
        try session.dataset(
          inFile: file, named: x, key: key, range: range, layout, channels, call)
      }
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
    _ array: Tensor, range: ImageRange, _ layout: ArrayLayout?, _ channels: String?, _ call: Call
  ) throws -> Dataset {
    guard array.rank == 4 else { return try Dataset(array, range: range, loader: loader) }
    if channels != nil {
      let images = try (0..<array.shape[0]).map {
        ("image \($0)", try array.selecting([.at($0)]))
      }
      return try dataset(images, range: range, layout, channels, call)
    }
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

  /// The images of a list, which messages call by their names.
  ///
  /// With the names of their channels, those are where there are as many.
  fileprivate func dataset(
    _ list: [(name: String, image: Tensor)], range: ImageRange, _ layout: ArrayLayout?,
    _ channels: String?, _ call: Call
  ) throws -> Dataset {
    let isLast =
      layout == nil && channels != nil
      && list.first.map { $0.image.rank == 3 && ArrayLayout.looksLast($0.image.shape.sizes) }
        ?? false
    let layout = isLast ? .nhwc : layout
    for (name, image) in list
    where layout == nil && image.rank == 3 && ArrayLayout.looksLast(image.shape.sizes) {
      throw Failure.channelsLast(image.shape, of: name)
    }
    let images = try list.map {
      layout == .nhwc && $0.image.rank == 3 ? try $0.image.permuted([2, 0, 1]) : $0.image
    }
    guard let channels else {
      try checkValues(images, range, call)
      return try Dataset(list: images, range: range, loader: loader)
    }
    let count = images.first.map { $0.rank == 3 ? $0.shape[0] : 0 } ?? 0
    let hasAngle = count > 0 ? try ArrayChannels(channels, count: count).hasAngle : false
    try checkValues(images, range, call, isInRange: !hasAngle)
    return try Dataset.arrays(images, channels: channels, range: range, loader: loader) {
      list[$0].name
    }
  }

  /// The images of a file of one array, or of several.
  fileprivate func dataset(
    inFile file: String, named name: String, key: String?, range: ImageRange,
    _ layout: ArrayLayout?, _ channels: String?, _ call: Call
  ) throws -> Dataset {
    let bytes = try readRegularFile(file, budget: budget)
    let kind = FileKind.detect(bytes)
    if let format = PictureFormat(of: bytes) {
      throw Failure.file(
        file, "is \(format.words), not a file of arrays",
        suggestion: "dataset([load(\(name.quotedPath))])")
    }
    if kind == .npy {
      guard key == nil else {
        throw Failure(
          "E-arg", "a .npy file contains one array, which has no name", parameter: "key")
      }
      let array = try Npy.decode(bytes[...], path: file, budget: budget)
      return try dataset(Tensor(array, on: backend), range: range, layout, channels, call)
    }
    guard [.zip, .safetensors, .hdf5, .pickle].contains(kind) else {
      throw Failure.file(
        file, "is not a file of arrays", suggestion: "a .npy, .npz, .safetensors or .h5 file")
    }
    var arrays = try foreignFile(of: bytes, from: file).arrays
    let names = arrays.map(\.name)
    if key == nil, layout == nil, channels == nil, DatasetArrays.isDataset(names) {
      return try DatasetArrays.dataset(
        arrays.map { ($0.name, try Tensor($0.array, on: backend)) }, path: file, loader: loader)
    }
    if let key {
      arrays = arrays.filter { $0.name == key }
      guard !arrays.isEmpty else {
        throw Failure(
          "E-name", "\(name.quotedPath) contains no array \(key.quotedPath)",
          notes: [described(names)],
          suggestion: nearestName(to: key, among: names).map { "key=\($0.quotedPath)" },
          parameter: "key")
      }
    }
    if arrays.count == 1, arrays[0].array.shape.rank == 4 {
      return try dataset(Tensor(arrays[0].array, on: backend), range: range, layout, channels, call)
    }
    guard !arrays.isEmpty, arrays.allSatisfy({ $0.array.shape.rank == 3 }) else {
      let shapes = arrays.prefix(8).map { "\($0.name) \($0.array.shape)" }
      throw Failure(
        "E-shape",
        "\(name.quotedPath) contains \(arrays.count) arrays, but neither a single one NxCxHxW nor only images CxHxW",
        notes: ["its arrays: \(shapes.joined(separator: ", "))\(arrays.count > 8 ? ", …" : "")"],
        suggestion: arrays.first { $0.array.shape.rank == 4 }.map {
          "dataset(\(name.quotedPath), key=\($0.name.quotedPath))"
        }, parameter: "x")
    }
    return try dataset(
      arrays.map { ("\($0.name) of \(name.quotedPath)", try Tensor($0.array, on: backend)) },
      range: range, layout, channels, call)
  }

  private func described(_ names: [String]) -> String {
    "its arrays: \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
  }

  /// Refuses arrays whose type is not that of images, and notes values outside the range: nothing else
  /// would show the mistake before a network has been trained on them.
  fileprivate func checkValues(
    _ images: [Tensor], _ range: ImageRange, _ call: Call, isInRange: Bool = true
  ) throws {
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
    guard isInRange else { return }
    let (black, white) = (range.low, range.high)
    let shown = "\(low.general(digits: 4)) to \(high.general(digits: 4))"
    if range == .signed, low >= 0, high > 16, high <= 255 {
      throw Failure(
        "E-range",
        "the values are \(shown), which looks like bytes 0..255, but the range is \(range)",
        suggestion: "dataset(u8(x)), or dataset(x / 127.5 - 1), or range=(0, 255)",
        parameter: "range")
    }
    if range == .signed, first.rank >= 3, first.shape[first.rank - 3] == 4, high > 16, high <= 256,
      low >= -256
    {
      throw Failure(
        "E-range",
        "the values are \(shown), which looks like colors 0..255 and an angle, but the range is \(range)",
        suggestion: "dataset(…, channels=\"rgb+angle\")", parameter: "channels")
    }
    let slack = 0.01 * (white - black)
    if low < black - slack || high > white + slack {
      call.note("the values are \(shown), outside the range \(range)")
    } else if range == .signed, low >= 0, high <= 1, high > 0 {
      call.note(
        "the values are \(shown): if 0 is black, dataset(2 * x - 1) has the range \(range)")
    }
  }
}
