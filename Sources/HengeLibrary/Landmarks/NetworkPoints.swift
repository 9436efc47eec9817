// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeVision

/// Built-ins that find landmarks with networks.
func networkPoints(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "points",
      """
      Returns the landmarks that a network finds in a face, as a tensor [N, 2] of x and y, in pixels \
      of the image. A `landmark_regressor()` uses the part of the image in the box. So does a network \
      from an ONNX file that returns [N, P, 2] or [N, 10], in pixels of its input; the part is resized \
      (bilinear) where the file says a size. For cfa() the face \
      is cropped (an eighth wider on each side, a quarter higher above), resized to 128x128 by \
      Pillow's bicubic filter, and each landmark is the peak of its heat map, enlarged by cubic \
      interpolation as in OpenCV.
      """,
      Parameter(
        "p",
        "A network made by landmark_regressor() or cfa(), or one from an ONNX file that returns points."
      ),
      DetectionParameters.image,
      DetectionParameters.box,
      examples: [
        Example(
          """
          m = landmark_regressor(base=4)
          points(m, faces("photo", 1)[0]).shape
          #=> 5x2
          """)
      ], seeAlso: ["landmark_regressor", "cfa", "detect", "landmarks"],
      errors: ["E-shape", "E-range", "E-type"]
    ) { (m: ModelObject, x: Tensor, box: Box?) in
      let image = try x.detectable()
      let points = try m.landmarks(in: image, box: box ?? Box(whole: image), session)
      return try Tensor(
        points.flatMap { [Float($0.x), Float($0.y)] }, Shape([points.count, 2]),
        on: session.backend)
    }
  ]
}

extension ModelObject {
  /// The landmarks that this network finds in a face, in pixels of the image.
  ///
  /// Throws `E-type` for a network that finds none, `E-range` for a box outside of the image.
  func landmarks(in image: Pixels, box: Box, _ session: Session) throws -> [(x: Double, y: Double)]
  {
    guard let output = layer.landmarks else {
      if let network = layer as? ONNXNetwork {
        throw Failure(
          "E-type",
          "this network returns \(network.outputs[0]), and landmarks are [N, P, 2] or [N, 10]",
          suggestion: "landmarks(A, from=x => …), a function that returns points", parameter: "p")
      }
      let finders = LayerKind.all.filter { $0.landmarks != nil }.map { "\($0.name)()" }
      throw Failure(
        "E-type",
        "this network is \(layer.kind), and points are found by one that \(finders.joined(separator: " or ")) made",
        suggestion: "landmarks(A, from=x => …), a function that returns points", parameter: "p")
    }
    // Refuses a box outside of the image, for both kinds.
    let crop = try FaceCrop(around: box, in: image)
    if output == .points { return try places(in: image, box: box, session) }
    let colors = try image.converted(to: .rgb, budget: session.budget)
    let input = try Tensor(
      crop.pixels(of: colors, budget: session.budget), range: .signed, on: session.backend)
    let maps = try apply(input, session.pass(train: nil, isPrecise: false))
    return crop.points(try maps.floats(), rows: maps.shape[1], columns: maps.shape[2])
  }

  /// The landmarks that a regressor finds in the part of an image in a box, which overlap.
  private func places(
    in image: Pixels, box: Box, _ session: Session
  ) throws -> [(x: Double, y: Double)] {
    guard let box = box.inside(width: image.width, height: image.height) else { return [] }
    let sizes = (layer as? ONNXNetwork)?.imageSizes
    let isGray = layer.settings["channels"] == .int(1) || sizes?.channels == 1
    let colors = try image.converted(to: isGray ? .gray : .rgb, budget: session.budget)
    let part = try Tensor(colors, range: .signed, on: session.backend).selecting([
      .all, .slice(start: box.y, stop: box.y + box.height, step: nil),
      .slice(start: box.x, stop: box.x + box.width, step: nil),
    ])
    // A network of another program may take images of one size only.
    let (height, width) = (sizes?.height ?? box.height, sizes?.width ?? box.width)
    let isOfSize = height == box.height && width == box.width
    let input =
      try isOfSize
      ? part
      : part.expanded(at: 0).resizedBilinear(toHeight: height, width: width).selecting([.at(0)])
    let found = try apply(input, session.pass(train: nil, isPrecise: false)).floats()
    let (down, across) = (
      Double(box.height) / Double(height), Double(box.width) / Double(width)
    )
    // The center of a pixel stays the center of the pixels that it becomes.
    func place(_ number: Float, _ scale: Double) -> Double {
      scale == 1 ? Double(number) : (Double(number) + 0.5) * scale - 0.5
    }
    return stride(from: 0, to: found.count - 1, by: 2).map {
      (place(found[$0], across) + Double(box.x), place(found[$0 + 1], down) + Double(box.y))
    }
  }
}
