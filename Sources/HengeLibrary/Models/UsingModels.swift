// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

private let small = "m = sequential(conv(3, 4), relu(), conv(4, 2))"
private var model: HengeLanguage.Parameter { HengeLanguage.Parameter("m", "A model.") }

/// Built-ins that run, inspect, copy and freeze models.
func usingModels(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "model", as: .call,
      "Runs a model on an image or a batch. By default it runs in evaluation mode (no dropout, running statistics); inside `grad` and `minimize`, and with train=true, in training mode.",
      model, Parameter("x", "An image [C, H, W] or a batch [N, C, H, W]."),
      Parameter(
        "train", "Whether to run in training mode: with dropout and the statistics of the batch.",
        default: Bool?.none, isKeywordOnly: true),
      Parameter(
        "precise", "Whether to compute in double precision (several times slower).", default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          \(small)
          m(zeros(3x8x8)).shape
          #=> 2x4x4
          m(zeros(5x3x8x8), precise=true).shape
          #=> 5x2x4x4
          """)
      ], seeAlso: ["tap", "summary", "sequential"], errors: ["E-shape"]
    ) { (m: ModelObject, x: Tensor, train: Bool?, isPrecise: Bool) in
      if train == true, m.layer.isForInference {
        throw Failure(
          "E-arg",
          "this network was read from an ONNX file, which has it as it is when it does not learn",
          suggestion: "m(x)", parameter: "train")
      }
      return try m.apply(x, session.pass(train: train, isPrecise: isPrecise))
    }.alsoCalled("inference", "predict", "forward pass"),
    Builtin(
      "summary",
      "Returns a table of a model's layers for an input of a given shape: output shape, parameters, GFLOP (multiplications and additions) and bytes of the output of each layer, and totals.",
      model, Parameter("shape", "Shape of the input: CxHxW or NxCxHxW."),
      examples: [Example("\(small)\nsummary(m, 3x8x8)[-1].parameters\n#=> 186")],
      seeAlso: ["tap"], errors: ["E-shape"]
    ) { (m: ModelObject, shape: Shape) in
      TableObject(
        try Failure.renaming(["x": "shape"]) { try m.summaryTable(shape) }, on: session.backend)
    }.rewriting { $0.count == 1 ? "summary(\($0[0].text), 3x64x64)" : nil }
      .alsoCalled("flops", "macs", "torchinfo"),
    Builtin(
      "tap",
      "Runs a model and returns the feature maps of its layers: a record of tensors by layer name, or those of one layer.",
      model, Parameter("x", "An image [C, H, W] or a batch [N, C, H, W]."),
      Parameter("layer", "Name of one layer; by default all layers.", default: String?.none)
        .suggesting(layerAdvice),
      examples: [
        Example(
          """
          \(small)
          maps = tap(m, zeros(3x8x8))
          maps.conv1.shape
          #=> 4x6x6
          tap(m, zeros(3x8x8), "conv2").shape
          #=> 2x4x4
          """)
      ], seeAlso: ["summary", "tiles"], errors: ["E-name", "E-shape"]
    ) { (m: ModelObject, x: Tensor, layer: String?) in
      try tapped(m, x, layer, session)
    }.rewriting { arguments in
      guard arguments.count == 3, case .str = arguments[1].value else { return nil }
      return "tap(\(arguments[0].text), \(arguments[2].text), \(arguments[1].text))"
    }.alsoCalled("activations", "hook", "intermediate layer").givingFields { (m: ModelObject) in
      m.layer.allLayers.map { $0.path.isEmpty ? "output" : $0.path }
    },
    Builtin(
      "freeze",
      "Freezes weights: optimizers do not update them.",
      model,
      Parameter(
        "part", "Name of a layer or a weight; by default the whole model.", default: String?.none),
      examples: [
        Example(
          """
          \(small)
          freeze(m, "conv1")
          before = m["conv1.weight"]
          x = randn(1x3x8x8)
          adam(m, lr=0.1).minimize(() => m(x).mean());
          all(m["conv1.weight"] == before)
          #=> true
          """)
      ],
      seeAlso: ["unfreeze", "adam"], errors: ["E-name"]
    ) { (m: ModelObject, part: String?) in try setFrozen(m, part, true) }.alsoCalled(
      "fine-tune", "fine-tuning", "transfer learning"),
    Builtin(
      "unfreeze", "Unfreezes weights: optimizers update them again.",
      model,
      Parameter(
        "part", "Name of a layer or a weight; by default the whole model.", default: String?.none),
      examples: [Example("\(small)\nfreeze(m)\nunfreeze(m, \"conv2\")")],
      seeAlso: ["freeze"], errors: ["E-name"]
    ) { (m: ModelObject, part: String?) in try setFrozen(m, part, false) },
    Builtin(
      "copy", "Returns an independent copy of a model with the same weights.", model,
      examples: [
        Example(
          """
          \(small)
          n = copy(m)
          all(n["conv1.weight"] == m["conv1.weight"])
          #=> true
          """)
      ],
      seeAlso: ["snapshot", "save"]
    ) { (m: ModelObject) in ModelObject(try m.layer.copy(), session) },
    Builtin(
      "dead_units",
      "Finds dead units: channels that are 0 after a ReLU for every image of a dataset. Returns a table with the columns layer, channels and dead (number of dead channels).",
      model, Parameter("data", "A dataset, or a batch of images [N, C, H, W]."),
      examples: [
        Example("\(small)\ndead_units(m, randn(4x3x8x8))[0].channels\n#=> 4")
      ], seeAlso: ["tap"], errors: ["E-shape"]
    ) { (m: ModelObject, data: Batches) in
      TableObject(try deadUnits(m, data, session), on: session.backend)
    },
    Builtin(
      "features",
      "Returns one layer's feature maps for every image of a dataset, as one tensor [N, …].",
      model, Parameter("layer", "Name of the layer.").suggesting(layerAdvice),
      Parameter("data", "A dataset, or a batch of images [N, C, H, W]."),
      examples: [
        Example(
          """
          \(small)
          A = faces("anime", 2, size=8x8)
          features(m, "conv1", A).shape
          #=> 2x4x6x6
          """)
      ],
      seeAlso: ["tap"], errors: ["E-name", "E-shape"]
    ) { (m: ModelObject, layer: String, data: Batches) in
      try m.features(layer, data)
    }.alsoCalled("embedding", "embeddings"),
  ]
}

/// A dataset or a tensor, read in batches.
struct Batches: ValueConvertible {
  let value: Value
  static var kind: String { "dataset | tensor" }
  static func from(_ value: Value) -> Batches? {
    Dataset.from(value) != nil || Tensor.from(value) != nil ? Batches(value: value) : nil
  }

  /// Calls `body` with batches [N, C, H, W]; what it throws about an input `x` is about the argument
  /// `parameter`.
  func each(size: Int = 16, as parameter: String = "data", _ body: (Tensor) throws -> Void) throws {
    try Failure.renaming(["x": parameter]) { try batches(of: size, body) }
  }

  private func batches(of size: Int, _ body: (Tensor) throws -> Void) throws {
    if let tensor = Tensor.from(value) {
      let batch = tensor.rank == 3 ? try tensor.expanded(at: 0) : tensor
      for first in stride(from: 0, to: batch.shape.sizes.first ?? 0, by: size) {
        try body(try batch.selecting([.slice(start: first, stop: first + size, step: nil)]))
      }
    } else if let dataset = Dataset.from(value) {
      for number in 0..<(try dataset.batchCount(size: size)) {
        try body(try dataset.batch(number, size: size))
      }
    }
  }
}

private func tapped(_ m: ModelObject, _ x: Tensor, _ layer: String?, _ session: Session) throws
  -> Value
{
  if let layer { return try tappedTensor(m, x, layer).value }
  var fields: [(String, Value)] = []
  let isOne = x.rank == 3
  _ = try m.apply(
    x,
    session.pass(train: nil) { path, _, _, y in
      let name = path.isEmpty ? "output" : path
      fields.append((name, (isOne && y.rank > 0 ? try y.selecting([.at(0)]) : y).value))
    })
  return Value(fields: fields)
}

private func tappedTensor(_ m: ModelObject, _ x: Tensor, _ layer: String) throws -> Tensor {
  let path = layer == "output" ? "" : layer
  guard m.layer.layer(at: path) != nil else {
    let names = m.layer.allLayers.map(\.path).filter { !$0.isEmpty }
    throw Failure.unknownPart("layer", layer, among: names, parameter: "layer")
  }
  return try m.result(at: path, x)
}

extension ModelObject {
  /// One layer's feature maps for every image of a dataset, as one tensor `[N, ...]`.
  func features(_ layer: String, _ data: Batches) throws -> Tensor {
    var parts: [Tensor] = []
    try data.each { parts.append(try tappedTensor(self, $0, layer)) }
    guard !parts.isEmpty else {
      throw Failure("E-data", "there are no images")
    }
    return try Tensor.concatenated(parts, axis: 0)
  }
}

private func setFrozen(_ m: ModelObject, _ part: String?, _ isFrozen: Bool) throws -> Nothing {
  let parameters = m.layer.allParameters.filter { name, _ in
    part.map { name == $0 || name.hasPrefix($0 + ".") } ?? true
  }
  guard !parameters.isEmpty else {
    let names = m.layer.allLayers.map(\.path)
    throw Failure.unknownPart("part with weights", part ?? "", among: names, parameter: "part")
  }
  for (_, parameter) in parameters { parameter.isFrozen = isFrozen }
  return .nothing
}

/// For each ReLU, the channels that never were above 0.
private func deadUnits(_ m: ModelObject, _ data: Batches, _ session: Session) throws -> Table {
  let rectifiers = m.layer.allLayers.filter { $0.layer.isRectifier }.map(\.path)
  var largest: [String: Tensor] = [:]
  try data.each { batch in
    _ = try m.apply(
      batch,
      session.pass(train: false) { path, layer, _, y in
        guard layer.isRectifier, y.rank >= 2 else { return }
        let axes = [0] + Array(y.shape.sizes.indices.dropFirst(2))
        let own = try y.maximum(axes)
        largest[path] =
          try largest[path].map {
            try Tensor.combine(.maximum, .tensor($0), .tensor(own))
          } ?? own
      })
  }
  let rows = try rectifiers.compactMap { path -> (String, Int, Int)? in
    guard let peak = largest[path] else { return nil }
    let dead = try Tensor.compare(.lessOrEqual, .tensor(peak), 0).sum().item()
    return (path, peak.count, Int(dead.double))
  }
  return try Table(columns: [
    .init("layer", .texts(rows.map(\.0))), .init("channels", .integers(rows.map(\.1))),
    .init("dead", .integers(rows.map(\.2))),
  ])
}
