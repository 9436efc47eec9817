// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

/// The names that the reference program of CycleGAN gives to the weights of its networks.
///
/// They are the place of a layer in one long list: `model.10.conv_block.1.weight`. [Zhu et al. 2017]
public enum ReferenceNames {
  /// A parameter's path here, and its name there.
  public typealias Pair = (own: String, reference: String)

  /// The names of all parameters of `model`, or nil where the reference has no such network.
  ///
  /// Only reflection stands as layers of its own in the reference; zeros around the maps are the
  /// convolutions' there, and the list counts otherwise.
  public static func pairs(of model: Layer) -> [Pair]? {
    let isGenerator = model.kind == LayerKind.resnetGenerator.name
    guard isGenerator || model.kind == LayerKind.patchDiscriminator.name,
      !isGenerator || model.settings.text("padding") == "reflect"
    else { return nil }
    let hasNorm = model.settings.text("norm") != "none"
    var (pairs, index): ([Pair], Int) = ([], 0)
    for (name, part) in model.parts {
      guard !part.parts.isEmpty else {
        pairs += names(of: part, own: name, reference: "model.\(index)")
        index += 1
        continue
      }
      if part.kind == LayerKind.residual.name {
        var inner = 0
        for (own, layer) in part.parts {
          pairs += names(
            of: layer, own: "\(name).\(own)", reference: "model.\(index).conv_block.\(inner)")
          // Where there is no normalisation, the reference keeps a layer that does nothing.
          inner += 1 + (!hasNorm && own.hasPrefix("conv") ? 1 : 0)
        }
        index += 1
        continue
      }
      let isNormed = name != "head" && name != "first"
      for (own, layer) in part.parts {
        pairs += names(of: layer, own: "\(name).\(own)", reference: "model.\(index)")
        index += 1 + (!hasNorm && isNormed && own == "conv" ? 1 : 0)
      }
    }
    return pairs
  }

  private static func names(of layer: Layer, own: String, reference: String) -> [Pair] {
    layer.parameters.map { ("\(own).\($0.name)", "\(reference).\($0.name)") }
  }

  /// The weights of `model` under the reference's names, as its program saves them.
  ///
  /// Throws `E-arg` where the reference has no such network.
  public static func arrays(of model: Layer, budget: MemoryBudget) throws -> [NamedArray] {
    guard let pairs = pairs(of: model) else {
      throw Failure(
        "E-arg", "the reference has no names for \(model.kind)",
        notes: ["it has them for resnet_generator with reflection, and for patchgan"],
        suggestion: "save(m, \"m.safetensors\")", parameter: "names")
    }
    return try zip(ModelFile.arrays(of: model, budget: budget), pairs).map { array, pair in
      NamedArray(pair.reference, array.array)
    }
  }

  /// The network whose weights `arrays` are, by their names and shapes; nil where there is none.
  ///
  /// What is guessed is checked: every name and every shape must be there.
  public static func recognised(
    _ arrays: [NamedArray], from path: String, on backend: any Backend
  ) throws -> Layer? {
    let shapes = Dictionary(
      arrays.map { (plain($0.name), $0.array.shape) }, uniquingKeysWith: { first, _ in first })
    guard shapes.count == arrays.count,
      let blueprint = generator(shapes) ?? discriminator(shapes),
      let model = try? blueprint.build(among: LayerKind.architectures, .zeros(on: backend)),
      let pairs = pairs(of: model)
    else { return nil }
    let own = Dictionary(
      model.allParameters.map { ($0.name, $0.parameter.value.shape) },
      uniquingKeysWith: { first, _ in first })
    guard pairs.allSatisfy({ shapes[$0.reference] == own[$0.own] }) else { return nil }
    let known = Set(pairs.map(\.reference))
    // Old PyTorch kept statistics beside instance normalisation, and counts them still beside others.
    let extra = shapes.keys.filter { !known.contains($0) }
    guard extra.allSatisfy(isStatistic) else { return nil }
    let found = Dictionary(
      arrays.map { (plain($0.name), $0.array) }, uniquingKeysWith: { first, _ in first })
    let named = pairs.compactMap { pair in found[pair.reference].map { NamedArray(pair.own, $0) } }
    _ = try ForeignWeights(setting: model, to: named, from: path, on: backend)
    return model
  }

  /// A name without what a network of several devices puts before it.
  private static func plain(_ name: String) -> String {
    name.hasPrefix("module.") ? String(name.dropFirst(7)) : name
  }

  private static func isStatistic(_ name: String) -> Bool {
    ["running_mean", "running_var", "num_batches_tracked"].contains { name.hasSuffix(".\($0)") }
  }

  private static func norm(_ shapes: [String: Shape], weight: String, bias: String) -> Setting {
    .text(shapes[weight]?.rank == 1 ? "batch" : shapes[bias] != nil ? "instance" : "none")
  }

  private static func generator(_ shapes: [String: Shape]) -> Blueprint? {
    let blocks = Set(
      shapes.keys.filter { $0.contains(".conv_block.") }
        .compactMap { $0.split(separator: ".").dropFirst().first.flatMap { Int($0) } })
    let last = shapes.keys.filter { $0.hasSuffix(".weight") }
      .compactMap { $0.split(separator: ".").dropFirst().first.flatMap { Int($0) } }.max()
    guard let stem = shapes["model.1.weight"], stem.rank == 4, stem[2] == 7,
      let first = blocks.min(),
      let last, let head = shapes["model.\(last).weight"], head.rank == 4
    else { return nil }
    let isTransposed = shapes["model.\(first + blocks.count).weight"]?.rank == 4
    let dropout = shapes["model.\(first).conv_block.6.weight"]?.rank == 4
    return try? blueprint(
      .resnetGenerator,
      [
        ("channels", .int(stem[1])), ("out", .int(head[0])), ("base", .int(stem[0])),
        ("blocks", .int(blocks.count)),
        ("norm", norm(shapes, weight: "model.2.weight", bias: "model.1.bias")),
        ("dropout", .num(dropout ? 0.5 : 0)),
        ("up", .text(isTransposed ? "deconv" : "bilinear")),
      ])
  }

  private static func discriminator(_ shapes: [String: Shape]) -> Blueprint? {
    guard let first = shapes["model.0.weight"], first.rank == 4, first[2] == 4 else { return nil }
    let convolutions = shapes.values.filter { $0.rank == 4 }.count
    return try? blueprint(
      .patchDiscriminator,
      [
        ("channels", .int(first[1])), ("base", .int(first[0])), ("layers", .int(convolutions - 2)),
        ("norm", norm(shapes, weight: "model.3.weight", bias: "model.2.bias")),
      ])
  }

  private static func blueprint(_ kind: LayerKind, _ settings: [(String, Setting)]) throws
    -> Blueprint
  {
    Blueprint(kind.name, try kind.settings(settings))
  }
}
