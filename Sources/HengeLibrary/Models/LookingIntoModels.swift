// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor
internal import HengeTraining

private typealias Parameter = HengeLanguage.Parameter

/// Built-ins that show what a model does and how it has changed.
func lookingIntoModels(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "patch_map",
      """
      Overlays a PatchGAN discriminator's score map on the image: which parts look real to it. The \
      lowest score is black, the highest pale yellow, over the luminance of the image. Each score \
      is placed at the center of its patch, with linear interpolation in between. d(x) returns \
      the scores.
      """,
      Parameter("d", "Discriminator that returns one map [1, P, Q], such as a patchgan."),
      Parameter("x", "An image [C, H, W] or a batch [N, C, H, W]."),
      Parameter(
        "range",
        "Scores of black and pale yellow; by default the lowest and the highest.",
        default: [Double]?.none, isKeywordOnly: true),
      Parameter(
        "alpha", "Opacity of the map: 0 shows only the luminance, 1 only the map.", default: 0.5,
        isKeywordOnly: true),
      Parameter(
        "over", "Image under the map; by default the first three channels of x, or the first.",
        default: Tensor?.none, isKeywordOnly: true),
      examples: [
        Example(
          """
          d = patchgan(base=4, layers=2)
          A = faces("anime", 2)
          patch_map(d, A[0]).shape
          #=> 3x64x64
          patch_map(d, A.tensor(), range=(0, 1)).shape
          #=> 2x3x64x64
          """)
      ], seeAlso: ["heat", "overlay", "tap"], errors: ["E-shape", "E-range"]
    ) { (d: ModelObject, x: Tensor, range: [Double]?, alpha: Double, over: Tensor?) in
      try PatchMap(d, x, range, alpha, over).picture(session)
    },
    Builtin(
      "inert",
      """
      Finds input channels that have no effect on the model's output for a dataset. Returns a table \
      with the columns layer, channels (number of input channels), unread (all of their weights are \
      0), empty (0 in every image), cancelled (constant over each image, and removed by the instance \
      normalization after the layer), and which (their indices).
      """,
      Parameter("m", "A model."),
      Parameter("data", "A dataset, or a batch of images [N, C, H, W]."),
      examples: [
        Example(
          """
          m = sequential(conv(4, 2), instance_norm(2))
          x = cat([randn(2x3x8x8), ones(2x1x8x8)], axis=1)
          inert(m, x)[0].cancelled
          #=> 1
          inert(m, zeros(1x4x8x8))[0].which
          #=> "0, 1, 2, 3"
          """)
      ], seeAlso: ["dead_units", "tap"], errors: ["E-shape", "E-data"]
    ) { (m: ModelObject, data: Batches) in
      TableObject(try inertTable(m, data, session), on: session.backend)
    },
    Builtin(
      "filters",
      """
      Draws the filters of a convolution, all with the same scale. Filters of one input channel are \
      tiles in the colors of `signed`. Filters of three channels are color images, with gray for \
      zero. Otherwise each row is a filter, and each column an input channel.
      """,
      Parameter("m", "A model."),
      Parameter("layer", "Name of a convolution, such as \"down.1.conv\".")
        .suggesting(layerAdvice),
      Parameter("cols", "Number of tiles per row, if each filter is one tile.", default: 8),
      Parameter(
        "most", "Maximum number of filters, and of channels per filter, to draw.", default: 32,
        isKeywordOnly: true),
      Parameter("zoom", "Pixels per weight.", default: 4, isKeywordOnly: true),
      examples: [
        Example(
          """
          m = sequential(conv(3, 8))
          filters(m, "conv1", cols=4).shape
          #=> 3x26x54
          """)
      ], seeAlso: ["tiles", "signed", "tap"], errors: ["E-name", "E-shape", "E-range"]
    ) { (call: Call, m: ModelObject, layer: String, columns: Int, most: Int, zoom: Int) in
      try filterPicture(m, layer, columns, most, zoom, call, session)
    },
    Builtin(
      "compare",
      """
      Compares the weights of two models or trainers, or of snapshots of them. Returns a table with \
      the columns name, shape, change (relative change ‖b - a‖ / ‖a‖), largest (largest |b - a| of an \
      element) and cosine (cosine similarity), computed in double precision.
      """,
      Parameter("a", "A model, a trainer, or a snapshot of one."),
      Parameter(
        "b",
        "The model, trainer or snapshot to compare with. Names and shapes of the weights must be the same."
      ),
      examples: [
        Example(
          """
          m = sequential(conv(3, 4))
          s = snapshot(m)
          m["conv1.weight"] = 2 * m["conv1.weight"]
          compare(s, m)[0].change
          #=> 1.0
          """)
      ], seeAlso: ["snapshot", "copy", "summary"], errors: ["E-shape", "E-type"]
    ) { (a: Weights, b: Weights) in
      let changes = try ParameterChange.between(a.tensors("a"), b.tensors("b"))
      let table = try Table(columns: [
        .init("name", .texts(changes.map(\.name))),
        .init("shape", .texts(changes.map { "\($0.shape)" })),
        .init("change", .numbers(changes.map(\.relative))),
        .init("largest", .numbers(changes.map(\.largest))),
        .init("cosine", .numbers(changes.map(\.cosine))),
      ])
      return TableObject(table, on: session.backend)
    },
  ]
}

/// A model or a trainer of networks, or a snapshot of one.
private struct Weights: ValueConvertible {
  let value: Value
  static var kind: String { "model | trainer | snapshot" }

  static func from(_ value: Value) -> Weights? {
    guard case .object(let object) = value else { return nil }
    let isMeant =
      object is ModelObject || object is NetworkTrainerObject
      || type(of: object).kind == ModelObject.State.kind
    return isMeant ? Weights(value: value) : nil
  }

  /// The weights by name; `parameter` names the argument.
  func tensors(_ parameter: String) throws -> [(name: String, value: Tensor)] {
    guard case .object(let object) = value else { return [] }
    switch object {
    case let model as ModelObject:
      return model.layer.allParameters.map { ($0.name, $0.parameter.value) }
    case let state as ModelObject.State:
      return zip(state.owner.allParameters, state.state).map { ($0.name, $1.value) }
    case let trainer as NetworkTrainerObject:
      return trainer.trainer.weights(in: trainer.trainer.state)
    case let kept as NetworkTrainerObject.State: return kept.owner.weights(in: kept.state)
    default:
      throw Failure(
        "E-type", "compare takes models and trainers of networks, and snapshots of them",
        suggestion: "s = snapshot(t); …; compare(s, t)", parameter: parameter)
    }
  }
}

private func inertTable(_ m: ModelObject, _ data: Batches, _ session: Session) throws -> Table {
  let finder = InertChannels(m.layer)
  var isLooked = false
  try data.each { batch in
    isLooked = true
    _ = try m.apply(
      batch, session.pass(train: false) { path, layer, x, _ in try finder.look(path, layer, x) })
  }
  guard isLooked else { throw Failure("E-data", "there are no images", parameter: "data") }
  let rows = try finder.rows()
  return try Table(columns: [
    .init("layer", .texts(rows.map(\.path))), .init("channels", .integers(rows.map(\.channels))),
    .init("unread", .integers(rows.map(\.unread.count))),
    .init("empty", .integers(rows.map(\.empty.count))),
    .init("cancelled", .integers(rows.map(\.cancelled.count))),
    .init(
      "which",
      .texts(
        rows.map { row in
          (row.unread + row.empty + row.cancelled).sorted().map(String.init)
            .joined(separator: ", ")
        })),
  ])
}

private func filterPicture(
  _ m: ModelObject, _ name: String, _ columns: Int, _ most: Int, _ zoom: Int, _ call: Call,
  _ session: Session
) throws -> Tensor {
  for (parameter, value) in [("most", most), ("zoom", zoom)] where value < 1 {
    throw Failure(
      "E-range", "`\(parameter)` must be 1 or more, not \(value)", parameter: parameter)
  }
  let convolutions = m.layer.allLayers.filter { $0.layer.filters?.rank == 4 }
  guard let filters = convolutions.first(where: { $0.path == name })?.layer.filters else {
    let names = convolutions.map(\.path)
    throw Failure.unknownPart("convolution", name, among: names, parameter: "layer")
  }
  let (count, channels) = (filters.shape[0], filters.shape[1])
  let isColoured = channels == 3
  let shown = isColoured ? channels : min(channels, most)
  if count > most || channels > shown {
    call.note(
      "\(min(count, most)) of \(count) filters and \(shown) of \(channels) channels are shown; most= shows more"
    )
  }
  let part = try filters.selecting([
    .slice(start: 0, stop: most, step: nil), .slice(start: 0, stop: shown, step: nil),
  ]).contiguous()
  var montage = Montage(budget: session.budget)
  montage.zoom = zoom
  let pixels: Pixels
  if isColoured {
    let reach = try part.map(.abs).maximum().item().double
    let scaled = reach > 0 && reach.isFinite ? try part / .num(reach) : part
    pixels = try montage.grid(
      (0..<part.shape[0]).map { try scaled.selecting([.at($0)]).picture(range: .signed).pixels },
      columns: columns)
  } else {
    let planes = Planes(
      channels: part.shape[0] * shown, height: part.shape[2], width: part.shape[3],
      values: try part.floats())
    pixels = try montage.tiles(
      planes, columns: shown == 1 ? columns : shown, each: false, colours: .signed)
  }
  return try Tensor(pixels, range: .signed, on: session.backend)
}

/// A discriminator's score map over the images that it judges.
private struct PatchMap {
  let pictures: Tensor
  let map: Tensor
  let range: ClosedRange<Float>?
  let alpha: Double
  let isOne: Bool

  init(
    _ d: ModelObject, _ x: Tensor, _ range: [Double]?, _ alpha: Double, _ over: Tensor?
  ) throws {
    guard x.rank == 3 || x.rank == 4, x.count > 0 else {
      throw Failure(
        "E-shape", "patch_map takes images CxHxW and batches NxCxHxW, not \(x.shape)",
        parameter: "x")
    }
    isOne = x.rank == 3
    let batch = isOne ? try x.expanded(at: 0) : x
    let y = try d.apply(batch, d.session.pass(train: false))
    guard y.rank == 4, y.shape[1] == 1 else {
      throw Failure(
        "E-shape",
        "patch_map shows one map [N, 1, P, Q], but the output of this model is \(y.shape)",
        notes: ["a patchgan returns one score per patch"], parameter: "d")
    }
    map = try y.cast(to: .f32).laid(
      over: batch.shape[2], batch.shape[3], by: d.layer.grid(behind: .pixels))
    pictures = try PatchMap.luminance(under: over, batch)
    self.alpha = alpha
    self.range = try PatchMap.span(range)
  }

  /// The range that was given, checked.
  private static func span(_ range: [Double]?) throws -> ClosedRange<Float>? {
    guard let range else { return nil }
    guard range.count == 2, range[0] < range[1], Float(range[0]).isFinite, Float(range[1]).isFinite
    else {
      throw Failure(
        "E-range", "`range` must be two finite numbers, the smaller one first",
        suggestion: "range=(0, 1)",
        parameter: "range")
    }
    return Float(range[0])...Float(range[1])
  }

  /// One gray plane for each image of the batch, `[N, 1, H, W]`.
  private static func luminance(under given: Tensor?, _ batch: Tensor) throws -> Tensor {
    let source = try given.map { $0.rank == 3 ? try $0.expanded(at: 0) : $0 } ?? batch
    guard source.rank == 4, source.shape[1] > 0, source.shape[0] == batch.shape[0],
      source.shape[2] == batch.shape[2], source.shape[3] == batch.shape[3]
    else {
      throw Failure(
        "E-shape",
        "the image under the map must have the size of x, \(batch.shape), not \(source.shape)",
        parameter: "over")
    }
    let plane = { (index: Int) in
      try source.selecting([.all, .slice(start: index, stop: index + 1, step: nil)])
    }
    guard source.shape[1] >= 3 else { return try plane(0) }
    return try plane(0) * .num(0.299) + plane(1) * .num(0.587) + plane(2) * .num(0.114)
  }

  /// `[3, H, W]`, or `[N, 3, H, W]` for a batch.
  func picture(_ session: Session) throws -> Tensor {
    let common = try range ?? ColourMap.heat.range(of: map.floats()[...], budget: session.budget)
    let shown = try (0..<map.shape[0]).map { index in
      let planes = Planes(
        channels: 1, height: map.shape[2], width: map.shape[3],
        values: try map.selecting([.at(index)]).floats())
      let pixels = try pictures.selecting([.at(index)]).colors().picture(range: .signed).pixels
        .overlaid(with: planes, alpha: alpha, over: common, budget: session.budget)
      return try Tensor(pixels, range: .signed, on: session.backend)
    }
    return isOne ? shown[0] : try Tensor.stacked(shown)
  }
}
