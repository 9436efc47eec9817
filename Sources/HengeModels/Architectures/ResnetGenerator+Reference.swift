// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

extension ReferenceNaming {
  /// CycleGAN's generator: one list, in which each residual block contains a list, `conv_block`.
  static let resnetGenerator = ReferenceNaming { model in
    listed(model, unnormed: unnormed, isEntry: isBlock) { part, own, reference in
      block(part, own, reference, of: model)
    }
  } settings: { shapes in
    resnetSettings(shapes)
  } guess: { model in
    model.settings["up"] == .text("bilinear")
      ? "up=\"nearest\" has the same names: bilinear is a guess" : nil
  } constants: { model in
    try blurs(of: model, in: list(model, unnormed: unnormed, isEntry: isBlock))
  }

  private static let unnormed: Set<String> = ["head"]

  private static func isBlock(_ name: String) -> Bool { name.hasPrefix("res.") }

  private static func block(
    _ part: Layer, _ own: String, _ reference: String, of model: Layer
  ) -> [Pair] {
    // Reflection padding is a layer there; zero padding is the convolution's.
    let padsApart = model.settings["padding"] == .text("reflect")
    let layers = part.parts.filter { padsApart || !$0.name.hasPrefix("pad") }
    var (pairs, inner): ([Pair], Int) = ([], 0)
    for (name, layer) in layers {
      pairs += ReferenceNaming.pairs(
        of: layer, own: "\(own).\(name)", reference: "\(reference).conv_block.\(inner)")
      inner += 1 + (lacksNorm(model) && name.hasPrefix("conv") ? 1 : 0)
    }
    return pairs
  }

  private static func resnetSettings(_ shapes: [String: Shape]) -> [(String, Setting)]? {
    let blocks = Set(
      shapes.keys.filter { $0.contains(".conv_block.") }
        .compactMap { $0.split(separator: ".").dropFirst().first.flatMap { Int($0) } })
    let last = shapes.keys.filter { $0.hasSuffix(".weight") }
      .compactMap { $0.split(separator: ".").dropFirst().first.flatMap { Int($0) } }.max()
    guard let stem = shapes["model.1.weight"], stem.rank == 4, stem[2] == 7,
      let first = blocks.min(),
      let last, let head = shapes["model.\(last).weight"], head.rank == 4
    else { return nil }
    func isConvolution(_ name: String) -> Bool { shapes["\(name).weight"]?.rank == 4 }
    // Reflection padding is a layer before each convolution of a block; zeros are the convolution's own.
    let isMirrored = !isConvolution("model.\(first).conv_block.0")
    let second = isMirrored ? 6 : 4
    let up = first + blocks.count
    // Enlarging without weights and without a filter may be any of several things.
    guard
      isConvolution("model.\(up)") || !isConvolution("model.\(up + 1)")
        || shapes["model.\(up).filt"] != nil
    else { return nil }
    return [
      ("channels", .int(stem[1])), ("out", .int(head[0])), ("base", .int(stem[0])),
      ("blocks", .int(blocks.count)),
      ("norm", norm(shapes, weight: "model.2.weight", bias: "model.1.bias")),
      ("dropout", .num(isConvolution("model.\(first).conv_block.\(second)") ? 0.5 : 0)),
      ("padding", .text(isMirrored ? "reflect" : "zero")),
      (
        "up",
        .text(
          isConvolution("model.\(up)")
            ? "deconv" : isConvolution("model.\(up + 1)") ? "blur" : "bilinear")
      ),
      // A blur is a layer of the list, which moves the second convolution.
      ("down", .text(isConvolution("model.7") ? "conv" : "blur")),
    ]
  }
}
