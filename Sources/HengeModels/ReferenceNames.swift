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

  /// The layers of `model` with their places in one long list: `model.10`.
  ///
  /// Where there is no normalization, the list has a layer that does nothing in its place, except in
  /// the groups `unnormed`. A part of which `isEntry` is true is one entry of the list.
  static func list(
    _ model: Layer, unnormed: Set<String>, isEntry: (String) -> Bool = { _ in false }
  ) -> [(own: String, layer: Layer, reference: String)] {
    var (entries, index): ([(own: String, layer: Layer, reference: String)], Int) = ([], 0)
    for (name, part) in model.parts {
      let layers = part.parts.isEmpty || isEntry(name) ? [("", part)] : part.parts
      for (own, layer) in layers {
        entries.append((own.isEmpty ? name : "\(name).\(own)", layer, "model.\(index)"))
        index += 1 + (lacksNorm(model) && !unnormed.contains(name) && own == "conv" ? 1 : 0)
      }
    }
    return entries
  }

  /// The names of the parameters of such a list: `model.10.weight`.
  ///
  /// `block` names those of a part that is one entry.
  static func listed(
    _ model: Layer, unnormed: Set<String>, isEntry: (String) -> Bool = { _ in false },
    block: (_ part: Layer, _ own: String, _ reference: String) -> [Pair] = { _, _, _ in [] }
  ) -> [Pair] {
    list(model, unnormed: unnormed, isEntry: isEntry).flatMap { own, layer, reference in
      isEntry(own)
        ? block(layer, own, reference) : pairs(of: layer, own: own, reference: reference)
    }
  }

  /// What the program of CycleGAN's successor saves for each layer of such a list that blurs: the outer
  /// product of its filter with itself for each channel, `[C, 1, K, K]`.
  ///
  /// [Park et al. 2020]
  static func blurs(
    of model: Layer, in list: [(own: String, layer: Layer, reference: String)]
  ) throws -> [(name: String, value: Tensor)] {
    guard let backend = model.allParameters.first?.parameter.value.backend else { return [] }
    var channels = 0
    return try list.compactMap { _, layer, reference in
      if case .maps(let count) = layer.channelEffect { channels = count }
      guard let taps = layer.blur else { return nil }
      let kernel = taps.flatMap { row in taps.map { row * $0 } }
      let all = [[Float]](repeating: kernel, count: channels).flatMap { $0 }
      let shape = try Shape([channels, 1, taps.count, taps.count])
      return ("\(reference).filt", try Tensor(all, shape, on: backend))
    }
  }

  /// Whether `model` has no normalization layers.
  static func lacksNorm(_ model: Layer) -> Bool { model.settings["norm"] == .text("none") }

  /// The setting `norm` of a network whose arrays include a normalization's weight, or a bias
  /// before it.
  static func norm(_ shapes: [String: Shape], weight: String, bias: String) -> Setting {
    .text(shapes[weight]?.rank == 1 ? "batch" : shapes[bias] != nil ? "instance" : "none")
  }
}
