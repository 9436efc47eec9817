// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeCPU
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeThreads
internal import HengeVision

/// A format whose files are damaged and read.
enum FileFuzzFormat: Equatable {
  case pth, npz, safetensors, h5, csv, onnx
  case xml, dat, txt
  case picture(PictureFormat)

  /// The ending of its files' names.
  var name: String {
    switch self {
    case .pth: "pth"
    case .npz: "npz"
    case .safetensors: "safetensors"
    case .h5: "h5"
    case .csv: "csv"
    case .onnx: "onnx"
    case .xml: "xml"
    case .dat: "dat"
    case .txt: "txt"
    case .picture(let format): format.endings[0]
    }
  }

  /// What the random files of a kind of run are, by name.
  static func named(_ kind: String) -> [FileFuzzFormat] {
    switch kind {
    // HDF5 is read in a process of its own for each file: a run by itself.
    case "h5": [.h5]
    case "csv": [.csv]
    case "onnx": [.onnx]
    // Cascades, shape predictors, and landmarks in three formats.
    case "landmarks": [.xml, .dat, .txt]
    case "pictures": PictureFormat.read.map { .picture($0) }
    default: [.pth, .npz, .safetensors]
    }
  }

  /// Whether the file is a zip archive, whose members have check sums.
  static func isArchive(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 3, 4]) }

  private var names: [String] {
    switch self {
    case .pth:
      ["types", "views", "module", "nested"].flatMap { name in
        // The rows of pickles have no check sums, so damage to them gets far.
        ["zip", "protocol4", "legacy", "legacy", "legacy4"].map { "\(name)_\($0).pth" }
      } + ["tensor.pth", "whole.pth", "numpy.pth", "nothing.pth"]
    case .npz: ["stored.npz", "deflated.npz", "none.npz", "other.npz", "mixed.npz"]
    case .safetensors: ["weights.safetensors", "own.safetensors", "nothing.safetensors"]
    case .picture(let format): FileFuzzFormat.pictures(format)
    case .h5:
      ["weights.h5", "model.h5", "types.h5", "link.h5", "circle.h5", "huge.h5"]
        + ["k-norms-shuffled.weights.h5", "k-separable-reversed.weights.h5"]
        + ["k-no-scale-shuffled.keras", "k-dense-sorted.weights.h5"]
    case .csv: ["index.csv", "keras.csv"]
    case .xml: ["lbp_depth1.xml", "lbp_depth2.xml", "haar_depth1.xml", "haar_depth2.xml"]
    case .dat: ["three_points.dat"]
    case .txt, .onnx: []
    }
  }

  /// The small networks by which operators are tested, in one archive.
  private static func networks() -> [[UInt8]] {
    let path = "\(TestFiles.folder)/HengeModelsTests/Golden/onnx_operators.npz"
    let budget = MemoryBudget(limit: 1 << 24)
    let arrays = try? Npz.decode(FuzzFiles.read(path)[...], path: path, budget: budget) { _ in }
    func bytes(_ name: String) -> [UInt8] {
      arrays?.first { $0.name == name }.map { Array($0.array.bytes) } ?? []
    }
    var models = bytes("models")[...]
    let sizes = bytes("sizes").withUnsafeBytes { sizes in
      stride(from: 0, to: sizes.count, by: 8).map {
        Int(sizes.loadUnaligned(fromByteOffset: $0, as: Int64.self))
      }
    }
    return sizes.map { size in
      defer { models = models.dropFirst(size) }
      return Array(models.prefix(size))
    }
  }

  /// Files as PyTorch, numpy, safetensors and h5py write them.
  func seeds() -> [[UInt8]] {
    if self == .onnx { return FileFuzzFormat.networks() }
    let files = names.map { name in
      let own = FuzzFiles.read("\(folder)/\(name)")
      return own.isEmpty
        ? FuzzFiles.read("\(TestFiles.folder)/ForeignWeights/Golden/\(name)") : own
    }
    // Of long tables the first lines are enough: damage to them is found as soon.
    return (files.map { self == .csv ? Array($0.prefix(2000)) : $0 } + texts.map { Array($0.utf8) })
      .filter { !$0.isEmpty }
  }

  /// Small files of the kinds that the programs' own lack.
  private var texts: [String] {
    if self == .txt { return FileFuzzFormat.landmarks }
    guard self == .csv else { return [] }
    return [
      "name,x,n\na,1.5,1\nb,NA,2\n\"c, d\",-Infinity,3\n", "a\r1\r\"2\"\r\"\"\"\"\r",
      "\u{FEFF}a,b\r\n\"x\r\ny\",007\r\n,null\r\n", "\"a\",\"b\"\n\"1\",\"2\"\n",
      "\"a;b\"\n1e308\n-9223372036854775808\n",
      "é,,c\n\"1\",nan,\n\"2\",+inf,9223372036854775808\n",
    ]
  }

  /// CelebA's list, and the same as CSV and JSON.
  private static let landmarks = [
    "2\nlefteye_x lefteye_y nose_x nose_y\na.jpg 69  109  106  113\nb.jpg 1.5 2 -3 4e1\n",
    "file,set,left_eye_x,left_eye_y,nose_x,nose_y\na/b.png,lfw,1.5,2,3,4\nc.png,lfw,,,,\n",
    "{\"a.png\": {\"eye\": {\"left\": [1, 2], \"right\": [3.5, 4]}, \"nose\": null}}",
    "[{\"file\": \"b.png\", \"left_eye\": [1, 2]}, {\"file\": \"c.png\", \"nose\": [3, 4]}]",
  ]

  private var folder: String {
    switch self {
    case .pth, .npz, .safetensors, .h5, .csv, .onnx: "\(TestFiles.folder)/HengeFilesTests/Golden"
    case .xml, .dat, .txt: "\(TestFiles.folder)/HengeVisionTests/Golden"
    case .picture: "\(TestFiles.folder)/HengeImageTests/Fixtures"
    }
  }

  /// The images among the fixtures whose names say that they are of this format.
  private static func pictures(_ format: PictureFormat) -> [String] {
    let folder = "\(TestFiles.folder)/HengeImageTests/Fixtures"
    return (FuzzFiles.names(folder) + FuzzFiles.names("\(folder)/Formats").map { "Formats/\($0)" })
      .filter { PictureFormat(named: $0) == format }
  }

  /// An image for detectors to look at.
  private static let image = Pixels(
    height: 40, width: 48, channels: 1,
    bytes: (0..<1920).map { (place: Int) -> UInt8 in UInt8((place * place / 7 + place) % 251) })

  /// Bytes that a reader may hold at once.
  var budget: Int { self == .h5 ? 20_000_000 : 1_000_000 }

  /// Whether `failure` is of something behind the first bytes of a file, which say what it is.
  func isPastHeader(_ failure: Failure) -> Bool {
    switch self {
    case .h5:
      failure.code == "E-memory"
        || ["its entry", "its list", "attribute", "nested", "its layer", "an entry"].contains {
          failure.message.contains($0)
        }
    case .csv: failure.message.contains("line ") && !failure.message.contains("line 1 ")
    case .npz: failure.message.contains("x/")
    // Of a network whose versions are read.
    case .onnx:
      ["its node", "its initializer", "its network", "its input", "in node"].contains {
        failure.message.contains($0)
      }
    // Of an XML document that is one, and of a predictor behind its version and points.
    case .xml:
      ["is not XML", "begins with", "declaration", "has no XML"].allSatisfy {
        !failure.message.contains($0)
      }
    case .dat:
      !["this is version", "the points are", "the points have"].contains {
        failure.message.contains($0)
      } && !failure.message.contains("byte 0:")
    case .txt: ["line ", "row ", "image ", "\"a", "\"b"].contains { failure.message.contains($0) }
    case .pth, .safetensors, .picture: false
    }
  }

  /// Reads `file`, which messages name `x`; says whether an image got past the file's header.
  func read(
    _ file: [UInt8], _ reader: HDF5Reader, _ budget: MemoryBudget, isPastHeader: inout Bool
  ) throws {
    switch self {
    case .picture:
      let pictures = PictureReader(budget: budget)
      _ = try pictures.header(of: file, name: "x")
      isPastHeader = true
      _ = try pictures.contents(of: file, name: "x", upright: true)
    case .pth: _ = try PyTorchFile(decoding: file[...], path: "x", budget: budget)
    case .npz: _ = try Npz.decode(file[...], path: "x", budget: budget) { _ in }
    case .safetensors: _ = try Safetensors(decoding: file[...], path: "x", budget: budget)
    case .h5:
      let keras = try KerasFile(
        decoding: file[...], path: "x", with: reader, budget: budget, interrupt: Interrupt())
      // The names and the description are read by who looks for the weights' places.
      let backend = CPUBackend(pool: Pool(threads: 1), budget: budget)
      let conv = try LayerKind.conv([("in", .int(3)), ("out", .int(4))], .zeros(on: backend))
      _ = try? ForeignWeights(
        setting: conv,
        to: ForeignFile(
          keras.arrays, kerasConfig: keras.metadata["model_config"], isListed: keras.isListed),
        from: "x", on: backend)
    case .onnx:
      let graph = try ONNXGraph(decoding: file[...], path: "x", budget: budget)
      isPastHeader = true
      let backend = CPUBackend(pool: Pool(threads: 1), budget: budget)
      let network = try ONNXNetwork.make(graph, path: "x", on: backend, budget: budget)
      // Whatever it computes, it returns or refuses.
      let sizes = (network.input.sizes ?? [.open(""), .open("")]).map { size in
        if case .fixed(let size) = size { min(size, 64) } else { 5 }
      }
      let input = try? Tensor.ones(Shape(sizes), on: backend)
      _ = try? input.map { try network.forward($0, Pass()).floats() }
    case .xml:
      let cascade = try Cascade(decoding: file, path: "x", budget: budget)
      // Whatever it is, it finds faces or none.
      _ = try? cascade.faces(
        in: FileFuzzFormat.image, DetectionSettings(scale: 1.5),
        budget: MemoryBudget(limit: 1 << 24))
    case .dat:
      let predictor = try ShapePredictor(decoding: file, path: "x", budget: budget)
      _ = try predictor.points(
        in: FileFuzzFormat.image, box: Box(x: 3, y: -2, width: 40, height: 40),
        budget: MemoryBudget(limit: 1 << 24))
    case .txt:
      let table = try LandmarkTable(decoding: file, path: "x", budget: budget)
      _ = table.rows.map { Tilt.degrees(of: $0.marks) }
    case .csv:
      let table = try CSVTable(decoding: file[...], path: "x", budget: budget)
      guard table.rowCount > 0, let text = try? table.encoded() else { return }
      // What was read is written so that the same is read again.
      let again = try CSVTable(decoding: text[...], path: "x", budget: MemoryBudget(limit: 1 << 24))
      guard try again.encoded() == text else {
        throw Failure("E-test", "a table is written as another one")
      }
    }
  }
}
