// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN

private let pixelBase = Option(
  "base", "Channels after the first layer; twice as many after the second.", .int(least: 1),
  default: .int(64))

extension LayerKind {
  /// The discriminator that judges each pixel separately: three 1x1 convolutions.
  ///
  /// `[N, channels, H, W]` → `[N, 1, H, W]`.
  ///
  /// [Isola et al. 2017, PixelGAN]
  ///
  /// 8,705 parameters. As in the reference, the second and the third convolution have a bias where the
  /// norm is instance normalization only.
  public static let pixelDiscriminator = LayerKind(
    "pixelgan",
    "PixelGAN discriminator of pix2pix [Isola et al. 2017]: returns one score per pixel, [N, 1, H, W], from that pixel's channels only. High scores mean real. Layers: first, mid, head.",
    [
      SharedOption.channels, pixelBase, SharedOption.norm, SharedOption.initialiser,
      SharedOption.gain,
    ], reference: .pixelDiscriminator,
    example: LayerExample(["base": 4], input: [1, 3, 8, 8], output: [1, 1, 8, 8])
  ) { building in
    let (settings, maker) = (building.settings, try building.maker)
    let (base, norm) = (try settings[pixelBase], try settings[SharedOption.norm])
    let bias = norm == .instance
    func leaky() throws -> Layer { try maker.plain(.leakyReLU, [("slope", .num(0.2))]) }
    return try maker.sequential([
      (
        "first",
        try maker.sequential([
          ("conv", try maker.conv(settings[SharedOption.channels], base, kernel: 1)),
          ("relu", try leaky()),
        ])
      ),
      (
        "mid",
        try maker.sequential([
          ("conv", try maker.conv(base, 2 * base, kernel: 1, bias: bias)),
          ("norm", try maker.norm(norm, 2 * base)), ("relu", try leaky()),
        ])
      ),
      ("head", try maker.conv(2 * base, 1, kernel: 1, bias: bias)),
    ])
  }
}

extension ReferenceNaming {
  /// One list: conv, relu, conv, norm, relu, conv.
  fileprivate static let pixelDiscriminator = ReferenceNaming { model in
    let places = ["first.conv": 0, "mid.conv": 2, "mid.norm": 3, "head": 5]
    return model.allLayers.flatMap { path, layer in
      places[path].map { pairs(of: layer, own: path, reference: "net.\($0)") } ?? []
    }
  } settings: { shapes in
    guard let first = shapes["net.0.weight"], first.rank == 4 else { return nil }
    return [
      ("channels", .int(first[1])), ("base", .int(first[0])),
      ("norm", norm(shapes, weight: "net.3.weight", bias: "net.2.bias")),
    ]
  }
}
