// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN

private enum PatchOption {
  static let base = Option(
    "base", "Channels after the first layer; they double up to 8 · base.", .int(least: 1),
    default: .int(64))
  static let layers = Option(
    "layers", "Number of layers of stride 2. With 3 each score covers a patch of 70x70 pixels.",
    .int(least: 1, most: 100),
    default: .int(3))
}

extension LayerKind {
  /// The discriminator that judges overlapping patches: 4x4 convolutions, all but the last two of
  /// stride 2, leaky rectifiers, and one number for each patch.
  ///
  /// [Isola et al. 2017, PatchGAN]
  ///
  /// With `down` "blur", as the reference's successor has it [Park et al. 2020], convolutions have
  /// stride 1, and a blur of which every second pixel is taken follows all but the last two.
  ///
  /// `[N, channels, H, W]` → `[N, 1, P, Q]`. With 3 layers each score sees 70x70 pixels, 256x256
  /// pixels have 30x30 scores, and there are 2,764,737 parameters.
  public static let patchDiscriminator = LayerKind(
    "patchgan",
    "PatchGAN discriminator of pix2pix and CycleGAN [Isola et al. 2017]: returns one score per patch of the image, [N, 1, P, Q]. High scores mean real. Layers: first, mid.1 …, head.",
    [
      SharedOption.channels, PatchOption.base, PatchOption.layers, SharedOption.norm,
      SharedOption.down, SharedOption.initialiser, SharedOption.gain,
    ], reference: .patchDiscriminator,
    example: LayerExample(["base": 4, "layers": 2], input: [1, 3, 16, 16], output: [1, 1, 2, 2])
  ) { building in
    let (settings, maker) = (building.settings, try building.maker)
    let (base, layers) = (try settings[PatchOption.base], try settings[PatchOption.layers])
    let (norm, down) = (try settings[SharedOption.norm], try settings[SharedOption.down])
    func width(_ index: Int) -> Int { base * min(1 << min(index, 3), 8) }
    func leaky() throws -> Layer { try maker.plain(.leakyReLU, [("slope", .num(0.2))]) }
    var parts: [(name: String, layer: Layer?)] = [
      (
        "first",
        try maker.sequential([
          (
            "conv",
            try maker.conv(
              settings[SharedOption.channels], base, kernel: 4, stride: down.stride, padding: 1)
          ),
          ("relu", try leaky()), ("pool", try maker.pool(down)),
        ])
      )
    ]
    for index in 1...layers {
      let isLast = index == layers
      parts.append(
        (
          "mid.\(index)",
          try maker.sequential([
            (
              "conv",
              try maker.conv(
                width(index - 1), width(index), kernel: 4, stride: isLast ? 1 : down.stride,
                padding: 1,
                bias: norm == .instance)
            ),
            ("norm", try maker.norm(norm, width(index))), ("relu", try leaky()),
            ("pool", isLast ? nil : try maker.pool(down)),
          ])
        ))
    }
    parts.append(("head", try maker.conv(width(layers), 1, kernel: 4, padding: 1)))
    return try maker.sequential(parts)
  }
}

extension ReferenceNaming {
  /// One list, such as `model.0` and `model.2`.
  fileprivate static let patchDiscriminator = ReferenceNaming { model in
    listed(model, unnormed: unnormed)
  } settings: { shapes in
    guard let first = shapes["model.0.weight"], first.rank == 4, first[2] == 4 else { return nil }
    let convolutions = shapes.filter { $0.key.hasSuffix(".weight") && $0.value.rank == 4 }.count
    // A blur is a layer of the list, which moves the next convolution.
    let second = shapes["model.2.weight"]?.rank == 4 ? 2 : 3
    return [
      ("channels", .int(first[1])), ("base", .int(first[0])), ("layers", .int(convolutions - 2)),
      ("norm", norm(shapes, weight: "model.\(second + 1).weight", bias: "model.\(second).bias")),
      ("down", .text(second == 2 ? "conv" : "blur")),
    ]
  } constants: { model in
    try blurs(of: model, in: list(model, unnormed: unnormed))
  }

  private static let unnormed: Set<String> = ["first", "head"]
}
