// SPDX-License-Identifier: MIT
public import HengeNN

private let pixelBase = Option(
  "base", "Channels after the first layer; twice as many after the second.", .int(least: 1),
  default: .int(64))

extension LayerKind {
  /// The discriminator that judges each pixel by itself: three 1x1 convolutions.
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
    ], example: LayerExample(["base": 4], input: [1, 3, 8, 8], output: [1, 1, 8, 8])
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
