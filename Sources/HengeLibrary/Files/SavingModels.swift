// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor

/// Built-ins that load the weights of models and save models.
func keepingModels(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "load",
      "Loads weights into a model, from a file that henge, PyTorch or Keras saved or from a record of tensors such as `n.weights`. henge's own names must match exactly. Other names are matched by layer (numbers in numeric order) and by role (weight, bias, running_mean, kernel, gamma, …), and every shape must fit. A file that fits in two ways is an error. Optimizer state in the file is ignored; a note reports what was loaded.",
      Parameter("m", "A model."),
      Parameter(
        "path",
        "Path of a .safetensors, .npz, .pth, .h5, .weights.h5 or .keras file, or a record of tensors by name."
      ),
      Parameter(
        "part",
        "Network to load from a file with several: the prefix of its names, such as \"genA2B\" or \"netG\". By default the only one that fits.",
        default: String?.none, isKeywordOnly: true),
      examples: [
        Example(
          """
          m = conv(3, 4)
          n = copy(m)
          n["bias"] = 1
          m.load(n.weights)
          print(m["bias"])
          #=> tensor([1, 1, 1, 1])
          """)
      ], seeAlso: ["save"], errors: ["E-file", "E-arg"]
    ) { (call: Call, m: ModelObject, weights: WeightSource, part: String?) in
      let (file, path) =
        switch weights {
        case .path(let path):
          (
            try session.foreignFile(path, from: call.folder),
            session.paths.toRead(path, from: call.folder)
          )
        case .record(let tensors):
          (ForeignFile(try tensors.named(budget: session.budget)), "weights")
        }
      let fit = try ForeignWeights(
        setting: m.layer, to: file, part: part, from: path, on: session.backend)
      for note in fit.words { call.note(note) }
      return Nothing.nothing
    },
    Builtin(
      "save",
      "Saves a model, its layers and weights, as a .safetensors file; load(path) returns the same model. With names=\"pytorch\", saves the weights as a .pth file with the names of the reference implementation of CycleGAN and pix2pix, for PyTorch. A path that ends in .onnx saves a network that other programs run, such as ONNX Runtime: layers as operators in evaluation mode (no dropout, running statistics), for any number of images at once, and for images of other sizes than `size` where the network takes them.",
      Parameter("m", "A model."),
      Parameter("path", "Path of the file. A relative path is inside the output folder."),
      Parameter(
        "names", "Names of the weights: henge's own, or those of the PyTorch reference.",
        default: WeightNames.own, isKeywordOnly: true),
      Parameter(
        "size",
        "Size of the images of an .onnx file: height and width, or CxHxW; a number for a network that reads features.",
        default: Shape?.none, isKeywordOnly: true),
      examples: [
        Example(
          """
          m = sequential(conv(3, 4), relu(), conv(4, 2))
          save(m, "m.safetensors")
          n = load("m.safetensors")
          n(zeros(3x8x8)).shape
          #=> 2x4x4
          g = resnet_generator(base=2, blocks=1)
          save(g, "g.pth", names="pytorch")
          save(m, "m.onnx", size=64x64)
          exists("m.onnx")
          #=> true
          """)
      ], seeAlso: ["load"], errors: ["E-file", "E-arg", "E-shape"]
    ) { (call: Call, m: ModelObject, path: String, names: WeightNames, size: Shape?) in
      if path.lowercased().hasSuffix(NetworkFile.ending) {
        guard names == .own else {
          throw Failure(
            "E-arg", "an .onnx file has the names of henge's layers", parameter: "names")
        }
        return try NetworkFile(m, size).save(to: path, call)
      }
      guard size == nil else {
        throw Failure(
          "E-arg", "`size` is for .onnx files: other files contain weights for every size",
          suggestion: "\"m.onnx\"", parameter: "size")
      }
      switch names {
      case .own:
        return try session.write(path, as: [".safetensors"], of: "a model") {
          try ModelFile.make(m.layer, budget: session.budget).write(
            to: $0, budget: session.budget)
        }
      case .pytorch:
        return try session.write(path, as: [".pth"], of: "a model under PyTorch's names") {
          try PyTorchFile.write(
            ReferenceNames.arrays(of: m.layer, budget: session.budget), to: $0,
            budget: session.budget)
        }
      }
    }.alsoCalled("torch.onnx.export", "onnx export"),
  ]
}

/// Whose names weights get in a file.
enum WeightNames: String, Choice {
  case own
  case pytorch
}

/// Where weights come from: a file, or tensors by name.
enum WeightSource: ValueConvertible {
  case path(String)
  case record(NamedTensors)

  static var kind: String { "str | record of tensor" }

  static func from(_ value: Value) -> WeightSource? {
    if let path = String.from(value) { return .path(path) }
    return NamedTensors.from(value).map { .record($0) }
  }

  var value: Value {
    switch self {
    case .path(let path): Value(path)
    case .record(let tensors): tensors.value
    }
  }
}

extension ForeignWeights {
  /// What was done, in notes.
  fileprivate var words: [String] {
    var words: [String] = []
    if let part { words.append("loaded from part=\"\(part)\"") }
    if let first = pairs.first(where: { $0.name != $0.source }) {
      words.append(
        "\(pairs.count) weights by their names: \(first.source) is \(first.name), and so on")
    }
    words += notes
    if !leftOver.isEmpty { words.append("not used: \(leftOver.shortList)") }
    return words
  }
}
