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
      of the image. A `landmark_regressor()` uses the part of the image in the box. For cfa() the face \
      is cropped (an eighth wider on each side, a quarter higher above), resized to 128x128 by \
      Pillow's bicubic filter, and each landmark is the peak of its heat map, enlarged by cubic \
      interpolation as in OpenCV.
      """,
      Parameter("p", "A network made by landmark_regressor() or cfa()."),
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
    let isGray = layer.settings["channels"] == .int(1)
    let colors = try image.converted(to: isGray ? .gray : .rgb, budget: session.budget)
    let part = try Tensor(colors, range: .signed, on: session.backend).selecting([
      .all, .slice(start: box.y, stop: box.y + box.height, step: nil),
      .slice(start: box.x, stop: box.x + box.width, step: nil),
    ])
    let found = try apply(part, session.pass(train: nil, isPrecise: false)).floats()
    return stride(from: 0, to: found.count, by: 2).map {
      (Double(found[$0]) + Double(box.x), Double(found[$0 + 1]) + Double(box.y))
    }
  }
}
