// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

/// The names of weights in the programs of the networks' authors: CycleGAN and pix2pix, and the
/// landmark network's.
///
/// Each architecture declares its names (`LayerKind.reference`). [Zhu et al. 2017; Isola et al. 2017]
public enum ReferenceNames {
  /// The weights of `model` under the reference's names, as its program saves them.
  ///
  /// Throws `E-arg` where the reference has no such network, `E-memory`.
  public static func arrays(of model: Layer, budget: MemoryBudget) throws -> [NamedArray] {
    guard let reference = model.reference else {
      let kinds = LayerKind.architectures.filter { $0.reference != nil }.map(\.name)
      throw Failure(
        "E-arg", "the reference has no names for \(model.kind)",
        notes: ["it has them for \(kinds.joined(separator: ", "))"],
        suggestion: "save(m, \"m.safetensors\")", parameter: "names")
    }
    let weights = try zip(ModelFile.arrays(of: model, budget: budget), reference.pairs(model)).map {
      NamedArray($1.reference, $0.array)
    }
    return try weights
      + reference.constants(model).map { NamedArray($0, try $1.arrayData(budget: budget)) }
  }
}

// What several architectures' names have in common.
extension ReferenceNaming {
  /// The parameters of one layer.
  static func pairs(of layer: Layer, own: String, reference: String) -> [Pair] {
    layer.parameters.map { ("\(own).\($0.name)", "\(reference).\($0.name)") }
  }

  /// Names by the place of a layer in one long list: `model.10.weight`.
  ///
  /// Where there is no normalization, the list has a layer that does nothing in its place, except in
  /// the groups `unnormed`. `block` names the parameters of a part that is one entry of the list.
  static func listed(
    _ model: Layer, unnormed: Set<String>,
    block: (_ part: Layer, _ own: String, _ reference: String) -> [Pair]? = { _, _, _ in nil }
  ) -> [Pair] {
    var (pairs, index): ([Pair], Int) = ([], 0)
    for (name, part) in model.parts {
      if let block = block(part, name, "model.\(index)") {
        pairs += block
        index += 1
        continue
      }
      let layers = part.parts.isEmpty ? [("", part)] : part.parts
      for (own, layer) in layers {
        pairs += ReferenceNaming.pairs(
          of: layer, own: own.isEmpty ? name : "\(name).\(own)", reference: "model.\(index)")
        index += 1 + (lacksNorm(model) && !unnormed.contains(name) && own == "conv" ? 1 : 0)
      }
    }
    return pairs
  }

  /// Whether `model` has no normalization layers.
  static func lacksNorm(_ model: Layer) -> Bool { model.settings["norm"] == .text("none") }

  /// The setting `norm` of a network whose arrays include a normalization's weight, or a bias
  /// before it.
  static func norm(_ shapes: [String: Shape], weight: String, bias: String) -> Setting {
    .text(shapes[weight]?.rank == 1 ? "batch" : shapes[bias] != nil ? "instance" : "none")
  }
}
