// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor

/// Built-ins that fill models from files and write them.
func keepingModels(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "load",
      "Sets a model's weights to those of a file that henge, PyTorch or Keras wrote, or to a record of tensors, such as `n.weights`. Names decide: henge's own match exactly, those of others by layer (numbers in numeric order) and by what an array is to it (weight, bias, running_mean, kernel, gamma, …), and every shape must fit. A file that fits in two ways is refused. What training keeps beside the weights is left out; a note says what was done.",
      Parameter("m", "A model."),
      Parameter(
        "path",
        "A .safetensors, .npz, .pth, .h5, .weights.h5 or .keras file, or a record of tensors by name."
      ),
      Parameter(
        "part",
        "One network of several: the prefix of its names, such as \"genA2B\" or \"netG\". Where only one fits, it is found by itself.",
        default: String?.none, isKeywordOnly: true),
      examples: [
        Example(
          "m = sequential(conv(3, 4), relu()); save(m, \"m.safetensors\"); m.load(\"m.safetensors\")",
          gives: nil),
        Example(
          "m = conv(3, 4); n = copy(m); n[\"bias\"] = 1; m.load(n.weights); m[\"bias\"].sum().item()",
          gives: "4.0"),
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
      "Writes a model, its weights and what it is, to a .safetensors file; load(path) makes it again. With names=\"pytorch\" to a .pth file, under the names that the reference program of CycleGAN and pix2pix gives, which PyTorch loads.",
      Parameter("m", "A model."),
      Parameter("path", "The file, below the output folder unless absolute."),
      Parameter(
        "names", "Whose names the weights get.", default: WeightNames.own, isKeywordOnly: true),
      examples: [
        Example(
          "m = sequential(conv(3, 4), relu(), conv(4, 2)); save(m, \"m.safetensors\"); load(\"m.safetensors\")(zeros(3x8x8)).shape",
          gives: "2x4x4"),
        Example(
          "g = resnet_generator(base=2, blocks=1); save(g, \"g.pth\", names=\"pytorch\"); load(\"g.pth\").count",
          gives: nil),
      ], seeAlso: ["load"], errors: ["E-file", "E-arg"]
    ) { (m: ModelObject, path: String, names: WeightNames) in
      switch names {
      case .own:
        try session.write(path, as: [".safetensors"], of: "a model") {
          try ModelFile.make(m.layer, budget: session.budget).write(
            to: $0, budget: session.budget)
        }
      case .pytorch:
        try session.write(path, as: [".pth"], of: "a model under PyTorch's names") {
          try PyTorchFile.write(
            ReferenceNames.arrays(of: m.layer, budget: session.budget), to: $0,
            budget: session.budget)
        }
      }
    },
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
    if let part { words.append("taken from part=\"\(part)\"") }
    if let first = pairs.first(where: { $0.name != $0.source }) {
      words.append(
        "\(pairs.count) weights by their names: \(first.source) is \(first.name), and so on")
    }
    words += notes
    if !leftOver.isEmpty { words.append("not used: \(leftOver.shortList)") }
    return words
  }
}
