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

/// Built-ins that show what a model does and what has become of it.
func lookingIntoModels(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "patch_map",
      """
      Shows what a discriminator says of each part of a picture: the map of its numbers, from \
      black for the least over red to pale yellow for the greatest, over the picture's luminance. \
      Each number lies over the centre of the patch that it sees, pixels between two centres go \
      evenly from one to the next, and those outside have the outermost. d(x) gives the numbers \
      themselves.
      """,
      Parameter("d", "A model that gives one map, [1, P, Q], such as a patchgan."),
      Parameter("x", "A picture [C, H, W] or a batch [N, C, H, W]."),
      Parameter(
        "range",
        "The numbers that are black and pale yellow; by itself the least and the greatest.",
        default: [Double]?.none, isKeywordOnly: true),
      Parameter(
        "alpha", "0 shows the luminance alone, 1 the map alone.", default: 0.5, isKeywordOnly: true),
      Parameter(
        "over", "The picture under the map; by itself the first three channels of x, or the first.",
        default: Tensor?.none, isKeywordOnly: true),
      examples: [
        Example(
          "d = patchgan(base=4, layers=2); patch_map(d, zeros(3x32x32)).shape", gives: "3x32x32"),
        Example(
          "d = patchgan(base=4, layers=2); A = faces(\"anime\", 2); patch_map(d, A.tensor(), range=(0, 1)).shape",
          gives: "2x3x64x64"),
      ], seeAlso: ["heat", "overlay", "tap"], errors: ["E-shape", "E-range"]
    ) { (d: ModelObject, x: Tensor, range: [Double]?, alpha: Double, over: Tensor?) in
      try PatchMap(d, x, range, alpha, over).picture(session)
    },
    Builtin(
      "inert",
      """
      Finds input channels of a model's layers that change nothing of what it gives for a set: a \
      table of layer, channels (how many it reads) and how many of them are unread (all weights \
      that read it are 0), empty (0 everywhere in every picture) or cancelled (one number over \
      each picture, before a convolution not padded with zeros whose result goes straight into \
      an instance normalisation, which subtracts whatever such a plane adds); which lists their numbers.
      """,
      Parameter("m", "A model."), Parameter("data", "A dataset, or a batch of pictures."),
      examples: [
        Example(
          "seed(1); m = sequential(conv(4, 2), instance_norm(2)); x = cat([randn(2x3x8x8), ones(2x1x8x8)], axis=1); inert(m, x)[\"cancelled\"].item()",
          gives: "1"),
        Example(
          "seed(1); m = sequential(conv(4, 2), instance_norm(2)); inert(m, zeros(1x4x8x8))[\"which\"]",
          gives: "[\"0, 1, 2, 3\"]"),
      ], seeAlso: ["dead_units", "tap"], errors: ["E-shape", "E-data"]
    ) { (m: ModelObject, data: Batches) in
      TableObject(try inertTable(m, data, session), on: session.backend)
    },
    Builtin(
      "filters",
      """
      Shows the filters of a convolution, in one range over all of them. Filters that read one \
      channel are tiles from blue below zero over white to red, those that read three are colour \
      pictures with mid grey for zero; of others each row is a filter and each column an input \
      channel.
      """,
      Parameter("m", "A model."), Parameter("layer", "The name of a convolution, `down.1.conv`."),
      Parameter("cols", "Tiles in a row, where each filter is one tile.", default: 8),
      Parameter(
        "most", "How many filters, and how many channels of each, are shown.", default: 32,
        isKeywordOnly: true),
      Parameter("zoom", "How many pixels a weight is wide.", default: 4, isKeywordOnly: true),
      examples: [
        Example(
          "m = sequential(conv(3, 8)); filters(m, \"conv1\", cols=4).shape", gives: "3x26x54"),
        Example("m = sequential(conv(5, 2)); filters(m, \"conv1\").shape", gives: "3x26x68"),
      ], seeAlso: ["tiles", "signed", "tap"], errors: ["E-name", "E-shape", "E-range"]
    ) { (call: Call, m: ModelObject, layer: String, columns: Int, most: Int, zoom: Int) in
      try filterPicture(m, layer, columns, most, zoom, call, session)
    },
    Builtin(
      "compare",
      """
      Compares two models or trainers, or snapshots of them, weight by weight: a table of name, shape, \
      change (|b - a| / |a| by Euclidean norms: inf from zeros), largest (the largest |b - a| of \
      an element) and cosine (of the angle between both; nan where one is zero), in double \
      precision.
      """,
      Parameter("a", "The first: a model, a trainer, or a snapshot of one."),
      Parameter("b", "The second, with the same weights by name and shape."),
      examples: [
        Example(
          "m = sequential(conv(3, 4)); s = snapshot(m); m[\"conv1.weight\"] = 2 * m[\"conv1.weight\"]; compare(s, m)[\"change\"][0].item()",
          gives: "1.0"),
        Example(
          "m = sequential(conv(3, 4)); compare(m, copy(m))[\"largest\"].max()", gives: "0.0"),
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

/// A model or a trainer of networks, or what `snapshot` gave of one.
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

  /// The weights by name; `parameter` is what they were given as.
  func tensors(_ parameter: String) throws -> [(name: String, value: Tensor)] {
    guard case .object(let object) = value else { return [] }
    switch object {
    case let model as ModelObject:
      return model.layer.allParameters.map { ($0.name, $0.parameter.value) }
    case let state as ModelObject.State:
      return zip(state.owner.allParameters, state.values).map { ($0.name, $1.value) }
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
  guard isLooked else { throw Failure("E-data", "there are no pictures", parameter: "data") }
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
      "E-range", "`\(parameter)` is 1 or more, not \(value)", parameter: parameter)
  }
  let convolutions = m.layer.allLayers.filter { $0.layer.filters?.rank == 4 }
  guard let filters = convolutions.first(where: { $0.path == name })?.layer.filters else {
    let names = convolutions.map(\.path)
    throw Failure(
      "E-name", "this model has no convolution `\(name)`",
      suggestion: Suggestion.closest(to: name, among: names).map { "\"\($0)\"" }
        ?? (names.isEmpty ? nil : "m.layers lists them"), parameter: "layer")
  }
  let (count, channels) = (filters.shape[0], filters.shape[1])
  let isColoured = channels == 3
  let shown = isColoured ? channels : min(channels, most)
  if count > most || channels > shown {
    call.note(
      "\(min(count, most)) of \(count) filters and \(shown) of \(channels) channels; most= shows more"
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

/// A discriminator's map over the pictures that it judges.
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
        "E-shape", "a discriminator judges pictures CxHxW and batches NxCxHxW, not \(x.shape)",
        parameter: "x")
    }
    isOne = x.rank == 3
    let batch = isOne ? try x.expanded(at: 0) : x
    let y = try d.apply(batch, d.session.pass(train: false))
    guard y.rank == 4, y.shape[1] == 1 else {
      throw Failure(
        "E-shape", "patch_map shows one map, [N, 1, P, Q], and this model gives \(y.shape)",
        notes: ["a patchgan gives one number for each patch"], parameter: "d")
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
        "E-range", "a range is two finite numbers, the first the smaller",
        suggestion: "range=(0, 1)",
        parameter: "range")
    }
    return Float(range[0])...Float(range[1])
  }

  /// One grey plane for each picture of the batch, `[N, 1, H, W]`.
  private static func luminance(under given: Tensor?, _ batch: Tensor) throws -> Tensor {
    let source = try given.map { $0.rank == 3 ? try $0.expanded(at: 0) : $0 } ?? batch
    guard source.rank == 4, source.shape[1] > 0, source.shape[0] == batch.shape[0],
      source.shape[2] == batch.shape[2], source.shape[3] == batch.shape[3]
    else {
      throw Failure(
        "E-shape",
        "the picture under a map is as large as the one judged: \(batch.shape), not \(source.shape)",
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
    let common = try range ?? ColourMap.heat.range(of: map.floats())
    let shown = try (0..<map.shape[0]).map { index in
      let planes = Planes(
        channels: 1, height: map.shape[2], width: map.shape[3],
        values: try map.selecting([.at(index)]).floats())
      let pixels = try pictures.selecting([.at(index)]).picture(range: .signed).pixels
        .overlaid(with: planes, alpha: alpha, over: common, budget: session.budget)
      return try Tensor(pixels, range: .signed, on: session.backend)
    }
    return isOne ? shown[0] : try Tensor.stacked(shown)
  }
}
