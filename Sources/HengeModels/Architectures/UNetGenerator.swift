// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
internal import HengeTensor

/// Levels of maps, each half as large as the one above, and the way back up, on which each level's
/// maps are joined to those from below.
///
/// The reference nests a block in a block and rectifies the maps that it joins twice, once in place:
/// max(leaky(x), 0) is max(x, 0), so that its numbers and gradients are these.
final class UNet: Layer {
  private let downs: [Layer]
  private let ups: [Layer]

  /// Both from the largest maps on.
  init(downs: [Layer], ups: [Layer]) {
    self.downs = downs
    self.ups = ups
  }

  /// `down.0` … and, as they run, … `up.0`.
  override var parts: [(name: String, layer: Layer)] {
    downs.enumerated().map { ("down.\($0)", $1) }
      + ups.enumerated().reversed().map { ("up.\($0)", $1) }
  }

  override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try check(x)
    var (y, kept) = (x, [Tensor]())
    for (level, down) in downs.enumerated() {
      y = try pass.run(down, "down.\(level)", y)
      kept.append(y)
    }
    for level in ups.indices.reversed() {
      if level < ups.count - 1 { y = try Tensor.concatenated([kept[level], y], axis: 1) }
      y = try pass.run(ups[level], "up.\(level)", y)
    }
    return y
  }

  override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    var (y, kept) = (x, [Graph.Value]())
    for (level, down) in downs.enumerated() {
      y = try graph.run(down, "down.\(level)", y)
      kept.append(y)
    }
    for level in ups.indices.reversed() {
      if level < ups.count - 1 { y = graph.joined([kept[level], y], axis: 1) }
      y = try graph.run(ups[level], "up.\(level)", y)
    }
    return y
  }

  /// Refuses images that cannot be halved on every level.
  private func check(_ x: Tensor) throws {
    let unit = divisor
    guard x.rank == 4, x.shape[2] % unit != 0 || x.shape[3] % unit != 0 else { return }
    func nearest(_ size: Int) -> Int { max(unit, (size + unit / 2) / unit * unit) }
    throw Failure(
      "E-shape",
      "a U-Net of \(downs.count) levels halves images \(downs.count) times: their sides must be divisible by \(unit), but the image is \(x.shape[2])x\(x.shape[3])",
      suggestion: "resize(x, \(nearest(x.shape[2]))x\(nearest(x.shape[3])))", parameter: "x")
  }
}

private enum UNetOption {
  static let downs = Option(
    "downs",
    "Number of levels, each of half the size. The reference implementation uses 8 for 256x256 and 7 for 128x128 images.",
    .int(least: 2, most: 16), default: .int(8))
  static let base = Option(
    "base", "Channels of the largest level; they double per level, up to 8 · base.", .int(least: 1),
    default: .int(64))
  static let dropout = Option(
    "dropout",
    "Dropout rate of the decoder's small levels (0.5 in the reference implementation).",
    .num, default: .num(0))
}

extension LayerKind {
  /// The generator of pix2pix: 4x4 convolutions of stride 2 down to the smallest maps, transposed ones
  /// back up, each level's maps joined to what comes from below.
  ///
  /// [Ronneberger et al. 2015; Isola et al. 2017]
  ///
  /// Level i has base · min(2^i, 8) maps. down.0 is a convolution alone, down.i a leaky rectifier of 0.2, a
  /// convolution and the norm, which the last lacks; up.i a rectifier, a transposed convolution (or an
  /// interpolation and a 3x3 convolution, as `up` says), the norm and, where maps are eight times as many above and below, dropout; up.0 ends in tanh and has a
  /// bias, which other convolutions have before instance normalization only. 54,413,955 parameters with 8
  /// levels and batch normalization; 41,828,995 with 7.
  public static let unetGenerator = LayerKind(
    "unet_generator",
    "U-Net generator of pix2pix [Ronneberger et al. 2015; Isola et al. 2017]: 4x4 convolutions of stride 2 halve the feature maps on each level, transposed convolutions double them again, and skip connections concatenate the maps of each level. Layers: down.0, down.1 …, and up.0, up.1 … on the same levels.",
    [
      SharedOption.channels, SharedOption.out, UNetOption.downs, UNetOption.base,
      SharedOption.norm, UNetOption.dropout, SharedOption.up, SharedOption.initialiser,
      SharedOption.gain,
    ], divisor: Divisor("2^downs") { try 1 << $0[UNetOption.downs] },
    reference: .unetGenerator,
    example: LayerExample(["downs": 3, "base": 4], input: [1, 3, 16, 16])
  ) { building in
    let (settings, maker) = (building.settings, try building.maker)
    let (levels, base) = (try settings[UNetOption.downs], try settings[UNetOption.base])
    let (norm, rate) = (try settings[SharedOption.norm], try settings[UNetOption.dropout])
    let bias = norm == .instance
    func width(_ level: Int) -> Int { base * min(1 << level, 8) }
    var (downs, ups): ([Layer], [Layer]) = ([], [])
    for level in 0..<levels {
      let (isFirst, isLast) = (level == 0, level == levels - 1)
      let input = isFirst ? try settings[SharedOption.channels] : width(level - 1)
      downs.append(
        try maker.sequential([
          ("relu", isFirst ? nil : try maker.plain(.leakyReLU, [("slope", .num(0.2))])),
          (
            "conv",
            try maker.conv(input, width(level), kernel: 4, stride: 2, padding: 1, bias: bias)
          ),
          ("norm", isFirst || isLast ? nil : try maker.norm(norm, width(level))),
        ]))
    }
    for level in 0..<levels {
      let (isFirst, isLast) = (level == 0, level == levels - 1)
      let output = isFirst ? try settings[SharedOption.out] : width(level - 1)
      let drops = rate > 0 && level > 3 && !isLast
      let input = isLast ? width(level) : 2 * width(level)
      let hasBias = bias || isFirst
      let conv = try maker.doubled(settings[SharedOption.up], input, output, bias: hasBias) {
        try maker.convTranspose(input, output, kernel: 4, stride: 2, padding: 1, bias: hasBias)
      }
      let after: [(name: String, layer: Layer?)] = [
        ("norm", isFirst ? nil : try maker.norm(norm, output)),
        (
          "dropout",
          drops
            ? try Failure.renaming(["rate": "dropout"]) {
              try maker.plain(.dropout, [("rate", .num(rate))])
            } : nil
        ),
        ("tanh", isFirst ? try maker.plain(.tanh) : nil),
      ]
      ups.append(
        try maker.sequential([("relu", try maker.plain(.relu))] + conv + after))
    }
    return UNet(downs: downs, ups: ups)
  }
}
