// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor
internal import HengeVision

/// The parameters of a search for faces.
enum DetectionParameters {
  static var image: HengeLanguage.Parameter {
    Parameter(
      "x",
      "An image [C, H, W] or [H, W], values -1..1, or u8. Only the first three channels are used."
    )
  }
  static var padding: HengeLanguage.Parameter {
    Parameter(
      "pad",
      "Padding in pixels: extends the image on each side before the search, by repeating its edge. Use it to find faces that fill the image.",
      default: 0)
  }
  static var box: HengeLanguage.Parameter {
    Parameter(
      "box",
      "The face: a record (x=, y=, width=, height=), as detect returns; by default the whole image.",
      default: Box?.none)
  }
}

/// Built-ins that find faces and the points in them.
func detecting(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "cascade",
      """
      Loads a face detector: a cascade of boosted trees in OpenCV's XML format, with LBP or \
      Haar-like features [Viola & Jones 2001]. OpenCV contains cascades for photographs; \
      lbpcascade_animeface.xml finds drawn faces. Cascades with HOG features and files of OpenCV 1 \
      are refused.
      """,
      Parameter("path", "The XML file."),
      examples: [
        Example("cascade(\"lbpcascade_animeface.xml\")", gives: nil)
      ], seeAlso: ["detect", "predictor", "landmarks"], errors: ["E-file"]
    ) { (call: Call, path: String) in
      CascadeObject(
        try Cascade(
          reading: session.paths.toRead(path, from: call.folder), budget: session.budget))
    },
    Builtin(
      "detect",
      """
      Finds faces in an image with a cascade. Returns a list of boxes, records (x=, y=, width=, \
      height=) in pixels, the largest first; the list is empty if no face is found. x and y are the \
      top left corner, relative to the image without its padding, so with `pad` they can be \
      negative. The boxes are those of OpenCV's detectMultiScale on the gray image.
      """,
      DetectionParameters.image,
      Parameter("c", "A cascade."), DetectionParameters.padding,
      Parameter(
        "scale", "Factor between two sizes of the search window, larger than 1.", default: 1.1),
      Parameter(
        "neighbours",
        "Number of neighboring detections that a face needs (minNeighbors in OpenCV); 0 returns every detection.",
        default: 3),
      Parameter(
        "smallest", "Size of the smallest face, height x width; by default the cascade's window.",
        default: SmallestFace?.none),
      examples: [
        Example(
          "detect(faces(\"anime\", 1)[0], cascade(\"lbpcascade_animeface.xml\"), pad=16)",
          gives: nil)
      ], seeAlso: ["cascade", "points", "landmarks"], errors: ["E-shape", "E-range"]
    ) {
      (
        x: Tensor, c: CascadeObject, padding: Int, scale: Double, neighbors: Int,
        smallest: SmallestFace?
      ) in
      try c.cascade.faces(
        in: x.detectable(),
        DetectionSettings(
          padding: padding, scale: scale, neighbors: neighbors,
          smallest: smallest.map { ($0.width, $0.height) }), budget: session.budget)
    },
    Builtin(
      "predictor",
      """
      Loads a landmark predictor: dlib's shape_predictor, an ensemble of regression trees \
      [Kazemi & Sullivan 2014]. dlib's files for 5 and for 68 points of a face are examples.
      """,
      Parameter("path", "The .dat file."),
      examples: [
        Example("predictor(\"shape_predictor_5_face_landmarks.dat\")", gives: nil)
      ], seeAlso: ["points", "cascade", "landmarks"], errors: ["E-file"]
    ) { (call: Call, path: String) in
      PredictorObject(
        try ShapePredictor(
          reading: session.paths.toRead(path, from: call.folder), budget: session.budget))
    },
    Builtin(
      "points",
      """
      Returns the landmarks of a face as a tensor [N, 2] of x and y, in pixels of the image, in \
      the predictor's own order. They are rounded to whole pixels and equal to dlib's.
      """,
      Parameter("p", "A predictor."),
      DetectionParameters.image,
      DetectionParameters.box,
      examples: [
        Example(
          "points(predictor(\"shape_predictor_5_face_landmarks.dat\"), faces(\"photo\", 1)[0])",
          gives: nil)
      ], seeAlso: ["predictor", "detect", "landmarks", "tilt"],
      errors: ["E-shape", "E-range", "E-type"]
    ) { (p: PredictorObject, x: Tensor, box: Box?) in
      let image = try x.detectable()
      let points = try p.predictor.points(
        in: image, box: box ?? Box(whole: image), budget: session.budget)
      return try Tensor(
        points.flatMap { [Float($0.x), Float($0.y)] }, Shape([points.count, 2]),
        on: session.backend)
    },
  ]
}

extension Box {
  /// All of an image.
  init(whole image: Pixels) {
    self.init(x: 0, y: 0, width: image.width, height: image.height)
  }
}
