// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

extension ReferenceNames {
  /// The network whose weights `arrays` are, by their names and shapes; nil where there is none.
  ///
  /// What is guessed is checked: every name and every shape must be there.
  public static func recognised(
    _ arrays: [NamedArray], from path: String, on backend: any Backend
  ) throws -> Layer? {
    let shapes = Dictionary(
      arrays.map { (plain($0.name), $0.array.shape) }, uniquingKeysWith: { first, _ in first })
    guard shapes.count == arrays.count,
      let blueprint = resnet(shapes) ?? unet(shapes) ?? patches(shapes) ?? pixels(shapes)
        ?? faces(shapes),
      let model = try? blueprint.build(among: LayerKind.architectures, .zeros(on: backend)),
      let pairs = pairs(of: model)
    else { return nil }
    let own = Dictionary(
      model.allParameters.map { ($0.name, $0.parameter.value.shape) },
      uniquingKeysWith: { first, _ in first })
    guard pairs.allSatisfy({ shapes[$0.reference] == own[$0.own] }) else { return nil }
    let known = Set(pairs.map(\.reference))
    guard shapes.keys.allSatisfy({ known.contains($0) || isExtra($0) }) else { return nil }
    let found = Dictionary(
      arrays.map { (plain($0.name), $0.array) }, uniquingKeysWith: { first, _ in first })
    let named = pairs.compactMap { pair in found[pair.reference].map { NamedArray(pair.own, $0) } }
    guard let match = WeightMatching(model, path: path).byOwnNames(named) else { return nil }
    let values = try match.parts.map { try $0.value(on: backend) }
    for (part, value) in zip(match.parts, values) { part.parameter.set(value) }
    return model
  }

  /// What names and shapes leave open about a network that was recognized by them.
  public static func guesses(about model: Layer) -> [String] {
    switch model.kind {
    case LayerKind.unetGenerator.name:
      [
        "the file does not show the dropout rate: dropout=0 is a guess, which does not change the results"
      ]
    case LayerKind.resnetGenerator.name where model.settings["up"] == .text("bilinear"):
      ["up=\"nearest\" has the same names: bilinear is a guess"]
    default: []
    }
  }

  /// A name without what a network of several devices puts before it.
  private static func plain(_ name: String) -> String {
    name.hasPrefix("module.") ? String(name.dropFirst(7)) : name
  }

  /// Whether an array is none of a network's weights, by its name.
  ///
  /// Old PyTorch kept statistics with instance normalization, and still counts them with others; a
  /// blur keeps what it blurs by.
  static func isExtra(_ name: String) -> Bool { isStatistic(name) || name.hasSuffix(".filt") }

  private static func isStatistic(_ name: String) -> Bool {
    ["running_mean", "running_var", "num_batches_tracked"].contains { name.hasSuffix(".\($0)") }
  }

  private static func faces(_ shapes: [String: Shape]) -> Blueprint? {
    guard shapes["CFM_features.0.weight"] != nil, let last = shapes["stages.1.10.bias"],
      last.rank == 1
    else { return nil }
    return try? blueprint(.cfa, [("maps", .int(last[0]))])
  }

  private static func norm(_ shapes: [String: Shape], weight: String, bias: String) -> Setting {
    .text(shapes[weight]?.rank == 1 ? "batch" : shapes[bias] != nil ? "instance" : "none")
  }

  private static func resnet(_ shapes: [String: Shape]) -> Blueprint? {
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
    // Mirroring is a layer before each convolution of a block; zeros are the convolution's own.
    let isMirrored = !isConvolution("model.\(first).conv_block.0")
    let second = isMirrored ? 6 : 4
    let up = first + blocks.count
    // What enlarges without weights and without a filter may be any of several things.
    guard
      isConvolution("model.\(up)") || !isConvolution("model.\(up + 1)")
        || shapes["model.\(up).filt"] != nil
    else { return nil }
    return try? blueprint(
      .resnetGenerator,
      [
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
      ])
  }

  private static func unet(_ shapes: [String: Shape]) -> Blueprint? {
    guard let first = shapes["model.model.0.weight"], first.rank == 4,
      let last = shapes["model.model.3.weight"], last.rank == 4
    else { return nil }
    var levels = 1
    while shapes["\(unetList(levels)).1.weight"] != nil { levels += 1 }
    let lowest = unetList(levels - 1)
    return try? blueprint(
      .unetGenerator,
      [
        ("channels", .int(first[1])), ("out", .int(last[1])), ("base", .int(first[0])),
        ("downs", .int(levels)),
        ("norm", norm(shapes, weight: "\(lowest).4.weight", bias: "model.model.0.bias")),
      ])
  }

  private static func patches(_ shapes: [String: Shape]) -> Blueprint? {
    guard let first = shapes["model.0.weight"], first.rank == 4, first[2] == 4 else { return nil }
    let convolutions = shapes.values.filter { $0.rank == 4 }.count
    return try? blueprint(
      .patchDiscriminator,
      [
        ("channels", .int(first[1])), ("base", .int(first[0])), ("layers", .int(convolutions - 2)),
        ("norm", norm(shapes, weight: "model.3.weight", bias: "model.2.bias")),
      ])
  }

  private static func pixels(_ shapes: [String: Shape]) -> Blueprint? {
    guard let first = shapes["net.0.weight"], first.rank == 4 else { return nil }
    return try? blueprint(
      .pixelDiscriminator,
      [
        ("channels", .int(first[1])), ("base", .int(first[0])),
        ("norm", norm(shapes, weight: "net.3.weight", bias: "net.2.bias")),
      ])
  }

  private static func blueprint(_ kind: LayerKind, _ settings: [(String, Setting)]) throws
    -> Blueprint
  {
    Blueprint(kind.name, try kind.settings(settings))
  }
}
