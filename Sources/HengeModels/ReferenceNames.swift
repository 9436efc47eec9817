// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

/// The names of weights in the reference program of CycleGAN and pix2pix.
///
/// They are the place of a layer in one long list: `model.10.conv_block.1.weight`; a U-Net's list contains a
/// list for each level. [Zhu et al. 2017; Isola et al. 2017]
public enum ReferenceNames {
  /// A parameter's path here, and its name there.
  public typealias Pair = (own: String, reference: String)

  /// The names of all parameters of `model`, or nil where the reference has no such network.
  public static func pairs(of model: Layer) -> [Pair]? {
    namings.first { $0.kind.name == model.kind }?.names(model)
  }

  /// The networks that the reference has, and how it names the weights of each.
  private static let namings: [(kind: LayerKind, names: @Sendable (Layer) -> [Pair])] = [
    (.resnetGenerator, listed), (.unetGenerator, nested), (.patchDiscriminator, listed),
    (.pixelDiscriminator, pixels), (.cfa, own),
  ]

  /// Names by the place in one list: of the ResNet generator and of the discriminator of patches.
  @Sendable private static func listed(_ model: Layer) -> [Pair] {
    let hasNorm = model.settings["norm"] != .text("none")
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
          // Mirrored maps are a layer there; zeros around maps are the convolution's.
          if layer.kind == LayerKind.zeroPad.name { continue }
          pairs += names(
            of: layer, own: "\(name).\(own)", reference: "model.\(index).conv_block.\(inner)")
          // Where there is no normalization, the reference keeps a layer that does nothing.
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

  /// Names of the U-Net, whose every level is a list with the next one in it.
  ///
  /// Such a list is relu, conv, norm, the next level, relu, conv, norm; the first has neither rectifier
  /// nor norm on its way down, the last no norm there.
  @Sendable private static func nested(_ model: Layer) -> [Pair] {
    let levels = model.settings["downs"].int ?? 0
    return model.parts.flatMap { name, part -> [Pair] in
      guard let dot = name.lastIndex(of: "."), let level = Int(name[name.index(after: dot)...])
      else { return [] }
      let isDown = name.hasPrefix("down")
      let place =
        isDown ? (level == 0 ? 0 : 1) : level == 0 ? 3 : level == levels - 1 ? 3 : 5
      let list = unetList(level)
      return part.parts.flatMap { own, layer in
        names(
          of: layer, own: "\(name).\(own)",
          reference: "\(list).\(own == "norm" ? place + 1 : place)")
      }
    }
  }

  /// The list of a U-Net's level: `model.model`, `model.model.1.model`, `model.model.1.model.3.model`.
  static func unetList(_ level: Int) -> String {
    "model.model" + (level > 0 ? ".1.model" : "")
      + String(repeating: ".3.model", count: max(0, level - 1))
  }

  /// Names of the discriminator of pixels: conv, relu, conv, norm, relu, conv.
  @Sendable private static func pixels(_ model: Layer) -> [Pair] {
    let places = ["first.conv": 0, "mid.conv": 2, "mid.norm": 3, "head": 5]
    return model.allLayers.flatMap { path, layer in
      places[path].map { names(of: layer, own: path, reference: "net.\($0)") } ?? []
    }
  }

  /// Names that are the network's own: of the landmark network.
  @Sendable private static func own(_ model: Layer) -> [Pair] {
    model.allParameters.map { ($0.name, $0.name) }
  }

  private static func names(of layer: Layer, own: String, reference: String) -> [Pair] {
    layer.parameters.map { ("\(own).\($0.name)", "\(reference).\($0.name)") }
  }

  /// The weights of `model` under the reference's names, as its program saves them.
  ///
  /// Throws `E-arg` where the reference has no such network.
  public static func arrays(of model: Layer, budget: MemoryBudget) throws -> [NamedArray] {
    guard let pairs = pairs(of: model) else {
      let kinds = namings.map(\.kind.name)
      throw Failure(
        "E-arg", "the reference has no names for \(model.kind)",
        notes: ["it has them for \(kinds.joined(separator: ", "))"],
        suggestion: "save(m, \"m.safetensors\")", parameter: "names")
    }
    let weights = try zip(ModelFile.arrays(of: model, budget: budget), pairs).map { array, pair in
      NamedArray(pair.reference, array.array)
    }
    return try weights + blurs(of: model, pairs, budget: budget)
  }

  /// What the reference's successor keeps for each layer that enlarges by a blur.
  ///
  /// It precedes the convolution: the outer product of [1, 3, 3, 1] / 4 with itself,
  /// `[C, 1, 4, 4]`. [Park et al. 2020]
  private static func blurs(of model: Layer, _ pairs: [Pair], budget: MemoryBudget) throws
    -> [NamedArray]
  {
    guard model.settings["up"] == .text("blur") else { return [] }
    let taps: [Float] = [0.25, 0.75, 0.75, 0.25]
    let kernel = taps.flatMap { row in taps.map { row * $0 } }
    return try model.allParameters.compactMap { name, parameter in
      guard name.hasPrefix("up."), name.hasSuffix(".conv.weight"),
        let place = pairs.first(where: { $0.own == name })?.reference.split(separator: ".")[1],
        let index = Int(place)
      else { return nil }
      let channels = parameter.value.shape[1]
      let blur = try Tensor(
        [[Float]](repeating: kernel, count: channels).flatMap { $0 },
        try Shape([channels, 1, 4, 4]), on: parameter.value.backend)
      return NamedArray("model.\(index - 1).filt", try blur.arrayData(budget: budget))
    }
  }
}
