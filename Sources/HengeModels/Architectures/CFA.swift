// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN

private let heatMaps = Option(
  "maps", "Heat maps: one for each landmark, and the background.", .int(least: 1),
  default: .int(25))

extension LayerKind {
  /// The landmark network of anime faces that the paper used: the first seven convolutions of VGG16,
  /// two more, and two stages of six, of which the second also sees the heat maps of the first.
  ///
  /// Its layers have the names of the published checkpoint. 4,182,898 parameters.
  /// [Huang et al. 2017, cascaded face alignment]
  public static let cfa = LayerKind(
    "cfa",
    "Landmark network for anime faces (cascaded face alignment, CFA), which Eki's paper used. It turns a face of 128x128 pixels into heat maps of 32x32, one for each landmark and one for the background, and has the layer names of the published checkpoint: m.load(\"checkpoint_landmark_191116.pth.tar\"). landmarks(A, from=m, boxes=…) and points(m, x, box=…) crop, resize and find the peaks as the published program does.",
    [heatMaps], reference: .cfa, landmarks: .heatMaps,
    example: LayerExample(["maps": 4], input: [1, 3, 8, 8], output: [1, 4, 2, 2])
  ) { building in
    let maker = Maker(weights: building.weights)
    let maps = try building.settings[heatMaps]
    return try maker.sequential([
      (
        "features",
        try maker.convolutions(3, [64, 64, nil, 128, 128, nil, 256, 256, 256], endsInReLU: true)
      ),
      ("CFM_features", try maker.convolutions(256, [256, 128], endsInReLU: true)),
      (
        "stages.0",
        try LayerKind.skip(
          [("first", .text("input"))], parts: try maker.stage(128, maps: maps).parts,
          building.weights)
      ),
      ("stages.1", try maker.stage(128 + maps, maps: maps)),
    ])
  }
}

extension Maker {
  /// 3x3 convolutions to these numbers of maps, each followed by a ReLU, and a max pooling where there
  /// is no number; parts are named by their place, as PyTorch does.
  fileprivate func convolutions(
    _ input: Int, _ widths: [Int?], endsInReLU: Bool
  ) throws -> Layer {
    var layers: [Layer] = []
    var channels = input
    for (index, width) in widths.enumerated() {
      guard let width else {
        layers.append(try plain(.maxPool))
        continue
      }
      layers.append(try conv(channels, width, padding: 1))
      if endsInReLU || index < widths.count - 1 { layers.append(try plain(.relu)) }
      channels = width
    }
    return try sequential(layers.enumerated().map { ("\($0.offset)", $0.element) })
  }

  /// Five convolutions with ReLU and one without, to heat maps.
  fileprivate func stage(_ input: Int, maps: Int) throws -> Layer {
    try convolutions(input, [128, 128, 128, 128, 128, maps], endsInReLU: false)
  }
}

extension ReferenceNaming {
  /// The names here are those of the published checkpoint.
  fileprivate static let cfa = ReferenceNaming { model in
    model.allParameters.map { ($0.name, $0.name) }
  } settings: { shapes in
    guard shapes["CFM_features.0.weight"] != nil, let last = shapes["stages.1.10.bias"],
      last.rank == 1
    else { return nil }
    return [("maps", .int(last[0]))]
  }
}
