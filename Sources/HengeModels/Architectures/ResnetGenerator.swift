// SPDX-License-Identifier: MIT
public import HengeNN

private enum ResnetOption {
  static let base = Option(
    "base", "Channels after the first layer; four times as many in the residual blocks.",
    .int(least: 1),
    default: .int(64))
  static let blocks = Option(
    "blocks",
    "Number of residual blocks. The paper uses 6 for 128x128 images and 9 for 256x256 and larger.",
    .int(least: 0, most: 1000), default: .int(9))
  static let condition = Option(
    "condition",
    "Number of channels that contain the condition, after those of the image: 2 for (cos t, sin t).",
    .int(least: 1, most: 65_536), default: .int(2))
  static let dropout = Option(
    "dropout", "Dropout rate inside residual blocks.", .num,
    default: .num(0))
  static let padding = Option(
    "padding", "Padding inside residual blocks.", .choice(Border.self),
    default: .text("reflect"))
}

extension LayerKind {
  /// CycleGAN's generator: a 7x7 stem, two strided convolutions, residual blocks, two transposed
  /// convolutions, a 7x7 head and tanh.
  ///
  /// [Johnson et al. 2016; Zhu et al. 2017, appendix]
  ///
  /// 11,378,179 parameters with 9 blocks and base 64; 7,837,699 with 6. As in the reference, convolutions
  /// before batch normalization, and without any, have no bias, and `padding` applies inside blocks
  /// only: around the 7x7 convolutions it is always reflection padding.
  ///
  /// `up` enlarges by one of: "deconv", a 3x3 convolution of stride 2, transposed; "nearest" and
  /// "bilinear", the layer `upsample`, then a 3x3 convolution of mirrored maps [Odena et al. 2016; the
  /// reference's page of questions]; "blur", `upsample` by [1, 3, 3, 1], which is as smooth as
  /// bilinear, then a 3x3 convolution with zeros around the maps, as the reference's successor has it
  /// [Zhang 2019; Park et al. 2020]. With `down` "blur" as well, convolutions of stride 1 and
  /// ``BlurPool`` halve the maps: the successor's network.
  public static let resnetGenerator = LayerKind(
    "resnet_generator",
    "ResNet generator of CycleGAN [Johnson et al. 2016; Zhu et al. 2017, appendix]: a 7x7 convolution, two convolutions of stride 2, residual blocks, two upsampling convolutions, a 7x7 convolution and tanh. Layers: stem, down.0, down.1, res.0 …, up.0, up.1, head.",
    [
      SharedOption.channels, SharedOption.out, ResnetOption.base, ResnetOption.blocks,
      SharedOption.norm, ResnetOption.dropout, ResnetOption.padding, SharedOption.up,
      SharedOption.down, SharedOption.initialiser, SharedOption.gain,
    ], divisor: Divisor(4), reference: .resnetGenerator,
    example: LayerExample(["base": 8, "blocks": 1], input: [1, 3, 16, 16])
  ) { building in
    let maker = try building.maker
    return try maker.sequential(
      resnet(building.settings, maker, norm: building.settings[SharedOption.norm]))
  }

  /// ``resnetGenerator`` with conditional instance normalization.
  ///
  /// All normalizations are conditional, as in the style networks of Dumoulin et al., which are this
  /// architecture: each number of the condition adds 2 weights per channel.
  public static let filmGenerator = LayerKind(
    "film_generator",
    "ResNet generator with a condition: resnet_generator(…) with conditional_norm(…) in place of each instance normalization [Dumoulin et al. 2017; FiLM: Perez et al. 2018]. The input is the image followed by constant channels, such as cos t and sin t of an angle t: [N, channels + condition, H, W]. Layers: stem, down.0, down.1, res.0 …, up.0, up.1, head.",
    [
      SharedOption.channels, SharedOption.out, ResnetOption.base, ResnetOption.blocks,
      ResnetOption.condition, ResnetOption.dropout, ResnetOption.padding, SharedOption.up,
      SharedOption.down, SharedOption.initialiser, SharedOption.gain,
    ], divisor: Divisor(4),
    example: LayerExample(
      ["base": 8, "blocks": 1], input: [1, 5, 16, 16], output: [1, 3, 16, 16])
  ) { building in
    var maker = try building.maker
    maker.condition = try building.settings[ResnetOption.condition]
    return try maker.conditioned(resnet(building.settings, maker, norm: .instance))
  }

  /// The layers of a ResNet generator, from the stem to the head.
  private static func resnet(_ settings: Settings, _ maker: Maker, norm: Norm) throws
    -> [(name: String, layer: Layer?)]
  {
    let base = try settings[ResnetOption.base]
    let (padding, dropout) = (
      try settings[ResnetOption.padding], try settings[ResnetOption.dropout]
    )
    let (down, bias) = (try settings[SharedOption.down], norm == .instance)
    func block(
      _ convolution: [(name: String, layer: Layer?)], _ channels: Int, pool: Layer? = nil
    ) throws -> Layer {
      try maker.sequential(
        convolution + [
          ("norm", try maker.norm(norm, channels)), ("relu", try maker.plain(.relu)),
          ("pool", pool),
        ])
    }
    var parts: [(name: String, layer: Layer?)] = [
      (
        "stem",
        try block(
          [
            ("pad", try maker.padding(.reflect, 3)),
            ("conv", try maker.conv(settings[SharedOption.channels], base, kernel: 7, bias: bias)),
          ], base)
      )
    ]
    for step in 0..<2 {
      let width = base << step
      parts.append(
        (
          "down.\(step)",
          try block(
            [
              (
                "conv",
                try maker.conv(width, 2 * width, stride: down.stride, padding: 1, bias: bias)
              )
            ], 2 * width, pool: try maker.pool(down))
        ))
    }
    for index in 0..<(try settings[ResnetOption.blocks]) {
      parts.append(
        (
          "res.\(index)",
          try residualBlock(
            maker, 4 * base, norm: norm, padding: padding, dropout: dropout)
        ))
    }
    for step in 0..<2 {
      let width = (4 * base) >> step
      let conv = try maker.doubled(settings[SharedOption.up], width, width / 2, bias: bias) {
        try maker.convTranspose(width, width / 2, stride: 2, padding: 1, extra: 1, bias: bias)
      }
      parts.append(("up.\(step)", try block(conv, width / 2)))
    }
    parts.append(
      (
        "head",
        try maker.sequential([
          ("pad", try maker.padding(.reflect, 3)),
          ("conv", try maker.conv(base, settings[SharedOption.out], kernel: 7)),
          ("tanh", try maker.plain(.tanh)),
        ])
      ))
    return parts
  }
}
