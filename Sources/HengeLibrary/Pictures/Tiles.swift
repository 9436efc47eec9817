// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// How images and maps are arranged: the options of `row`, `grid`, `tiles`, `heat` and `signed`.
private struct TileOptions {
  /// The built-in that takes them.
  let name: String
  let columns: Int?
  let each: Bool
  let zoom: Int
  let labels: [String]
  let bar: Bool

  static func parameters(columns: Int?, each: Bool) -> [Parameter] {
    [
      columns.map { Parameter("cols", "Number of tiles per row.", default: $0) }
        ?? Parameter(
          "cols", "Number of tiles per row; by default all are in one row.", default: Int?.none),
      Parameter(
        "each",
        "Whether to scale each tile to its own range of values; with false all have the same scale.",
        default: each),
      Parameter(
        "zoom", "Magnification of each tile, an integer factor.", default: 1, isKeywordOnly: true),
      Parameter(
        "labels", "Texts below the tiles, one for each.", default: [String](), isKeywordOnly: true),
      Parameter(
        "bar",
        "Whether to draw a color bar with its numbers: at the right of all tiles, or, if each has its own range, of each.",
        default: false, isKeywordOnly: true),
    ]
  }

  /// The tiles in a grid, each over its range or over `common`.
  func arranged(
    _ pictures: [(pixels: Pixels, range: ClosedRange<Double>)], _ colours: ColourMap,
    common: ClosedRange<Double>?, _ session: Session
  ) throws -> Tensor {
    guard !pictures.isEmpty else {
      throw Failure("E-arg", "a \(name) needs at least one image", parameter: "pictures")
    }
    guard labels.isEmpty || labels.count == pictures.count else {
      throw Failure(
        "E-arg", "\(counted(labels.count, "label")) for \(counted(pictures.count, "tile"))",
        suggestion: "one label for each, or none", parameter: "labels")
    }
    func colourBar(_ range: ClosedRange<Double>) -> ColourBar {
      ColourBar(
        colours, low: range.lowerBound.general(digits: 3), high: range.upperBound.general(digits: 3)
      )
    }
    let tiles = pictures.enumerated().map { index, picture in
      MontageTile(
        picture.pixels, label: labels.isEmpty ? "" : TextWidth.visible(labels[index]),
        bar: bar && common == nil ? colourBar(picture.range) : nil)
    }
    let montage = Montage(budget: session.budget).zoomed(zoom)
    let wholeBar = bar ? common.map(colourBar) : nil
    let scale = wholeBar.map { "scale: \($0.low) to \($0.high)" } ?? ""
    return try session.sheet(labels: [labelLine("tiles", labels), scale], montage) {
      try $0.grid(tiles, columns: columns ?? max(1, pictures.count), bar: wholeBar)
    }
  }

  /// Maps in colors.
  func coloured(_ map: Tensor, _ colours: ColourMap, _ session: Session) throws -> Tensor {
    let maps = try map.maps()
    // Of no map, coloring says what is missing.
    guard maps.channels > 0 else {
      let nothing = try colours.coloured(maps, budget: session.budget)
      return try Tensor(nothing, range: .signed, on: session.backend)
    }
    let common = each ? nil : try colours.range(of: maps.values[...], budget: session.budget)
    let pictures = try (0..<maps.channels).map { channel in
      let plane = Planes(
        channels: 1, height: maps.height, width: maps.width, values: Array(maps.plane(channel)))
      let range = try common ?? colours.range(of: plane.values[...], budget: session.budget)
      return (
        pixels: try colours.coloured(plane, over: range, budget: session.budget),
        range: Double(range.lowerBound)...Double(range.upperBound)
      )
    }
    return try arranged(
      pictures, colours, common: common.map { Double($0.lowerBound)...Double($0.upperBound) },
      session)
  }

  /// Images; each over its own values, or over -1..1.
  func pictures(_ list: PictureList, _ call: Call, _ session: Session) throws -> Tensor {
    guard each else {
      let pictures = try list.pictures(call, as: "pictures").map { ($0, -1.0...1.0) }
      return try arranged(pictures, .gray, common: -1...1, session)
    }
    var pictures: [(pixels: Pixels, range: ClosedRange<Double>)] = []
    try Failure.renaming(["x": "pictures"]) {
      try list.eachImage { image, _, groups in
        let range = try image.ownRange()
        let (low, high) = (range.lowerBound, range.upperBound)
        // Equal values are mid gray, as in maps.
        let shown =
          try low < high
          ? ImageRange(low: low, high: high)
          : ImageRange(low: low - 1, high: low + 1)
        pictures.append((try image.picture(range: shown, groups: groups).pixels, range))
      }
    }
    return try arranged(pictures, .gray, common: nil, session)
  }
}

extension Tensor {
  /// The range of its finite values; 0 to 0 where there are none.
  fileprivate func ownRange() throws -> ClosedRange<Double> {
    let values = try doubles().filter(\.isFinite)
    return (values.min() ?? 0)...(values.max() ?? 0)
  }
}

/// Built-ins that arrange images and maps.
func tiles(_ session: Session) -> [Builtin] {
  [
    arranging(
      "row", "Arranges images in one row. Smaller images are centered.", columns: nil,
      example: Example("row([zeros(3x8x8), ones(3x8x8)]).shape", gives: "3x8x18"), session),
    arranging(
      "grid", "Arranges images in a grid. Smaller images are centered.", columns: 8,
      example: Example(
        "grid(faces(\"anime\", 4, size=32x32), cols=2).shape", gives: "3x66x66"),
      session
    ).alsoCalled("contact sheet", "mosaic"),
    colouring(
      "tiles", .gray, "Arranges the channels of feature maps as gray tiles in a grid.",
      columns: 8, each: true,
      example: Example("tiles(randn(4x8x8), cols=2).shape", gives: "3x18x18"), session),
    colouring(
      "signed", .signed,
      "Colors the values of a map: blue for negative values, white for zero, red for positive values. Several channels are tiles.",
      columns: nil, each: false,
      example: Example("signed(randn(8x8)).shape", gives: "3x8x8"), session
    ).alsoCalled("diverging colormap"),
    colouring(
      "heat", .heat,
      "Colors the values of a map: black for the smallest value, red, then pale yellow for the largest. Several channels are tiles.",
      columns: nil, each: false,
      example: Example("heat(randn(8x8), zoom=4).shape", gives: "3x32x32"), session
    ).alsoCalled("colormap", "cmap", "pseudocolor", "colorbar"),
  ]
}

private func arranging(
  _ name: String, _ summary: String, columns: Int?, example: Example, _ session: Session
) -> Builtin {
  let options = TileOptions.parameters(columns: columns, each: false)
  return Builtin(
    name, summary,
    Parameter("pictures", "A batch [N, C, H, W], a dataset, or a list of images [C, H, W]."),
    options[0], options[1], options[2], options[3], options[4],
    examples: [example], seeAlso: ["row", "grid", "sheet", "animate"].filter { $0 != name },
    errors: ["E-shape", "E-range", "E-arg"]
  ) {
    (
      call: Call, pictures: PictureList, cols: Int?, each: Bool, zoom: Int, labels: [String],
      bar: Bool
    ) in
    try TileOptions(name: name, columns: cols, each: each, zoom: zoom, labels: labels, bar: bar)
      .pictures(pictures, call, session)
  }
}

private func colouring(
  _ name: String, _ colours: ColourMap, _ summary: String, columns: Int?, each: Bool,
  example: Example, _ session: Session
) -> Builtin {
  let options = TileOptions.parameters(columns: columns, each: each)
  return Builtin(
    name, summary, Parameter("map", "A map [H, W], or feature maps [C, H, W]."),
    options[0], options[1], options[2], options[3], options[4],
    examples: [example],
    seeAlso: ["tiles", "heat", "signed", "overlay", "grid"].filter { $0 != name },
    errors: ["E-shape", "E-range", "E-arg"]
  ) { (map: Tensor, cols: Int?, each: Bool, zoom: Int, labels: [String], bar: Bool) in
    try TileOptions(name: name, columns: cols, each: each, zoom: zoom, labels: labels, bar: bar)
      .coloured(map, colours, session)
  }
}
