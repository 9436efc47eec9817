// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeNN
public import HengeTensor

/// Landmarks of faces, by regression: a small U-Net makes one map for each, and the landmark is the
/// mean of all places weighted by the softmax of its map.
///
/// This mean has a gradient, so that the network learns from coordinates. Images are resized to the
/// size that it works on, bilinear with antialiasing; landmarks are in pixels of the image given, the
/// origin at the center of the top left one.
///
/// Shape: `[N, C, H, W]` → `[N, P, 2]`, x and y of each landmark.
/// [Sun et al. 2018, integral regression]
public final class LandmarkRegressor: Layer {
  private let body: Layer
  private let size: Int

  init(_ body: Layer, size: Int) {
    self.body = body
    self.size = size
  }

  /// The layers that make the maps.
  public override var parts: [(name: String, layer: Layer)] { body.parts }

  /// Its result has no channels.
  public override var channelEffect: ChannelEffect { .unknown }

  /// Constant matrices resize images, which are of one size.
  public override var exportsOneSize: Bool { true }

  /// The maps, `Softmax`, and products with constant matrices.
  public override func export(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    try exported(x, to: graph)
  }

  /// Makes the maps and finds the places.
  public override func forward(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard x.rank == 4, x.shape[2] > 0, x.shape[3] > 0 else {
      throw Failure(
        "E-shape", "landmarks are found in images CxHxW or a batch of them, not \(x.shape)",
        parameter: "x")
    }
    let (height, width) = (x.shape[2], x.shape[3])
    let isOwnSize = height == size && width == size
    let maps = try body.forward(
      isOwnSize ? x : x.resizedBilinear(toHeight: size, width: size), pass)
    let (rows, columns) = (maps.shape[2], maps.shape[3])
    let flat = Array(maps.shape.sizes.prefix(2))
    let chances = try maps.reshaped(flat + [rows * columns]).softmax()
      .reshaped(flat + [rows, columns])
    /// The mean place along an axis of the image of `length` pixels, the other one summed up.
    func mean(_ count: Int, over length: Int, without axis: Int) throws -> Tensor {
      let step = Double(length) / Double(count)
      let places = try Tensor(
        (0..<count).map { Float((Double($0) + 0.5) * step - 0.5) }, Shape([count]),
        on: maps.backend)
      return try (try chances.sum([axis]) * places).sum([2])
    }
    return try Tensor.stacked(
      [
        mean(columns, over: width, without: 2), mean(rows, over: height, without: 3),
      ], axis: 2)
  }
}

extension LandmarkRegressor {
  /// Products with constant matrices resize the images and sum up the places.
  fileprivate func exported(_ x: Graph.Value, to graph: Graph) throws -> Graph.Value {
    let shape = try graph.inputShape()
    let (height, width) = (shape[2], shape[3])
    var images = x
    if height != size || width != size {
      let rows = try resizing(height, on: graph).transposed()
      images = graph.add("MatMul", [graph.constant(try rows.contiguous(), "rows"), images])
      images = graph.add(
        "MatMul", [images, graph.constant(try resizing(width, on: graph), "columns")])
    }
    let maps = try body.export(images, to: graph)
    let flat = graph.add("Reshape", [maps, graph.ints([0, 0, -1], "sizes")])
    let chances = graph.add("Softmax", [flat], ["axis": .int(-1)])
    let head = try graph.outputShape(of: "head")
    let (rows, columns) = (head[2], head[3])
    func place(_ index: Int, of count: Int, _ length: Int) -> Double {
      (Double(index) + 0.5) * Double(length) / Double(count) - 0.5
    }
    let places = (0..<rows * columns).flatMap {
      [place($0 % columns, of: columns, width), place($0 / columns, of: rows, height)]
    }
    return graph.add(
      "MatMul", [chances, try graph.constant(places, [rows * columns, 2], "places")])
  }

  /// The matrix `[length, size]` by which rows of `length` pixels are resized.
  private func resizing(_ length: Int, on graph: Graph) throws -> Tensor {
    // Each image has a line of one white pixel.
    let lines = try Tensor.eye(length, on: graph.backend).reshaped([1, length, length, 1])
    return try lines.resizedBilinear(toHeight: size, width: 1).reshaped([length, size])
  }
}

private enum RegressorOption {
  static let points = Option(
    "points",
    "Number of landmarks. Five are eye.left, eye.right, nose, mouth.left and mouth.right.",
    .int(least: 1, most: 1000), default: .int(5))
  static let base = Option(
    "base", "Channels of the first layer; the inner ones have 2 and 4 times as many.",
    .int(least: 1, most: 4096), default: .int(8))
  static let size = Option(
    "size", "Height and width to which images are resized, a multiple of 16.",
    .int(least: 32, most: 4096), default: .int(64))
}

extension LayerKind {
  /// ``LandmarkRegressor``, with 49,000 parameters where base is 8.
  ///
  /// Two convolutions of stride 1, each followed by a pooling, a U-Net of two levels on the maps of
  /// a quarter of the size, and the landmarks' maps.
  public static let landmarkRegressor = LayerKind(
    "landmark_regressor",
    "Landmark regressor: a small U-Net that finds the landmarks of a face, to be trained with exact or labeled points. For an image [C, H, W] it returns x and y of each landmark in pixels of the image, [points, 2]: the mean of all places, weighted by the softmax of the landmark's map [Sun et al. 2018]. landmarks(A, from=m) and points(m, x) use a trained one.",
    [RegressorOption.points, RegressorOption.base, RegressorOption.size, SharedOption.channels],
    landmarks: .points,
    example: LayerExample(
      ["points": 5, "base": 2, "size": 32], input: [1, 3, 24, 40], output: [1, 5, 2])
  ) { building in
    let settings = building.settings
    let (base, size) = (try settings[RegressorOption.base], try settings[RegressorOption.size])
    guard size % 16 == 0 else {
      throw Failure(
        "E-range", "`size` of landmark_regressor must be a multiple of 16, not \(size)",
        suggestion: "size=\(max(32, (size + 8) / 16 * 16))", parameter: "size")
    }
    let maker = Maker(weights: building.weights)
    func block(_ input: Int, _ output: Int) throws -> Layer {
      // Normalization subtracts what a bias would add.
      try maker.sequential([
        ("conv", try maker.conv(input, output, padding: 1, bias: false)),
        ("norm", try maker.norm(.instance, output)), ("relu", try maker.plain(.relu)),
      ])
    }
    func level(_ parts: [(String, Layer)]) throws -> Layer {
      let up = try maker.plain(.upsample, [("mode", .text("bilinear"))])
      return try LayerKind.skip(
        [], parts: [("pool", try maker.plain(.maxPool))] + parts + [("up", up)], maker.weights)
    }
    let inner = try level([("block", block(4 * base, 4 * base))])
    return LandmarkRegressor(
      try maker.sequential([
        ("stem", try block(settings[SharedOption.channels], base)),
        ("pool.1", try maker.plain(.maxPool)), ("down", try block(base, 2 * base)),
        ("pool.2", try maker.plain(.maxPool)),
        (
          "context",
          try level([
            ("block", block(2 * base, 4 * base)), ("context", inner),
            ("join", block(8 * base, 4 * base)),
          ])
        ),
        ("join", try block(6 * base, 4 * base)),
        // A bias would move no landmark: the softmax does not change.
        (
          "head",
          try maker.conv(4 * base, settings[RegressorOption.points], padding: 1, bias: false)
        ),
      ]), size: size)
  }
}
