// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
internal import HengeImage
public import HengeLanguage
internal import HengeTensor
internal import HengeThreads
internal import HengeVision

/// Built-ins of the vocabulary group "landmarks".
func landmarks(_ session: Session) -> [Builtin] {
  detecting(session) + networkPoints(session)
    + [landmarksOfDatasets(session), pointsOfDatasets(session)] + tilts() + angleChannels()
}

extension LandmarkErrors: Choice {}

private func landmarksOfDatasets(_ session: Session) -> Builtin {
  Builtin(
    "landmarks",
    """
    Returns a dataset whose items have landmarks: the named points eye.left, eye.right, nose, \
    mouth.left and mouth.right (left and right as seen in the image), possibly more, and the tilt of \
    the eyes as their angle. A file of landmarks is CelebA's list, CSV with columns such as \
    left_eye_x, or JSON, with points in pixels of the image files; items are matched by path, then by \
    file name. A predictor, a landmark_regressor(), cfa() or a function finds the points in each \
    image, once, immediately. An item without landmarks, with several or with ambiguous ones has no \
    marks; a note lists these items. map and augment transform marks and angle with the image.
    """,
    Parameter("A", "A dataset."),
    Parameter(
      "from",
      "A file of landmarks, a predictor, a network made by landmark_regressor() or cfa() or loaded from an ONNX file (see points), or a function of an image that returns a record of points [x, y], a tensor of the five points, or none. By default the known landmarks of drawn faces.",
      default: LandmarkOrigin?.none),
    Parameter(
      "boxes",
      "Where the face is: \"whole\" for the whole image (default), a cascade (its largest face), or a function of an image that returns a box, a list of boxes or none. A function passed as `from` receives that part of the image.",
      default: BoxOrigin?.none),
    DetectionParameters.padding,
    Parameter(
      "errors",
      "What to do with a point outside its image: stop with an error, or leave the item without marks.",
      default: LandmarkErrors.stop),
    examples: [
      Example(
        """
        A = landmarks(faces("photo", 2), from=x => (nose=[20, 30],))
        A.item(1).marks.nose
        #=> [20.0, 30.0]
        """)
    ], seeAlso: ["detect", "points", "tilt", "with_angle", "item"],
    errors: ["E-file", "E-data", "E-type", "E-arg"]
  ) {
    (
      call: Call, A: Dataset, origin: LandmarkOrigin?, boxes: BoxOrigin?, padding: Int,
      errors: LandmarkErrors
    ) in
    try refuseUnused(origin, boxes, padding: padding, errors)
    guard let origin else {
      try refuseWithoutMarks(A)
      return A
    }
    if case .table(let path) = origin {
      let file = session.paths.toRead(path, from: call.folder)
      return try naming("from") {
        try A.withLandmarks(
          of: LandmarkTable(reading: file, budget: session.budget), errors: errors,
          note: { call.note(session.paths.shown(in: $0)) })
      }
    }
    // Refused before any image is looked at.
    _ = try A.withLandmarks([[Landmark]](repeating: [], count: A.count))
    let finder = LandmarkFinder(
      origin: origin, boxes: boxes ?? .whole, padding: padding, session: session)
    var missing: [String] = []
    let marks = try session.progress.track("finding landmarks", total: A.count, unit: "image") {
      work in
      try (0..<A.count).map { index in
        try session.interrupt.check()
        let found = try finder.marks(of: A.image(index), range: A.range)
        if found.isEmpty { missing.append(try A.name(of: index)) }
        work.reach(index + 1)
        return found
      }
    }
    guard missing.count < A.count || A.count == 0 else {
      throw Failure(
        "E-data", "no face was found in any of the \(counted(A.count, "image"))",
        suggestion: "pad=32, or another cascade", parameter: "boxes")
    }
    if !missing.isEmpty {
      let listed = missing.prefix(3).map(\.quotedPath).joined(separator: ", ")
      call.note(
        session.paths.shown(
          in:
            "no face was found in \(missing.count) of \(counted(A.count, "image")): \(listed)\(missing.count > 3 ? ", …" : "")"
        ))
    }
    return try A.withLandmarks(marks)
  }
}

/// The points of a dataset's items as one tensor, such as regressors are trained with.
private func pointsOfDatasets(_ session: Session) -> Builtin {
  Builtin(
    "points",
    """
    Returns the landmarks of all items as a tensor [N, P, 2] of x and y, in pixels of the items' \
    images. Those of an augmented dataset are of the epoch that it shows.
    """,
    Parameter(
      "A", "A dataset whose items have these landmarks, such as faces or landmarks return."),
    Parameter(
      "names",
      "Names of the landmarks, in the order of the result; by default eye.left, eye.right, nose, mouth.left and mouth.right.",
      default: [String]?.none),
    examples: [
      Example(
        """
        A = faces("photo", 3)
        A.points().shape
        #=> 3x5x2
        A.points(["eye.left", "nose"]).shape
        #=> 3x2x2
        """)
    ], seeAlso: ["landmarks", "landmark_regressor", "item", "tensor"], errors: ["E-data"]
  ) { (A: Dataset, names: [String]?) in
    let names = names ?? LandmarkFinder.fivePoints
    guard !names.isEmpty else {
      throw Failure(
        "E-data", "`names` is an empty list", suggestion: "A.points([\"nose\"])",
        parameter: "names")
    }
    var numbers: [Float] = []
    for index in 0..<A.count {
      if index % 64 == 0 { try session.interrupt.check() }
      let record = try A.record(of: index)
      for name in names {
        guard let mark = record.marks.first(where: { $0.name == name }) else {
          let known = record.marks.map(\.name)
          throw Failure(
            "E-data",
            "\(record.name.quotedPath) has \(known.isEmpty ? "no landmarks" : "no landmark \(name.quotedPath)")",
            notes: known.isEmpty ? [] : ["it has \(known.joined(separator: ", "))"],
            suggestion: known.isEmpty
              ? "landmarks(A, from=…), or A.filter(i => len(keys(i.marks)) > 0, item=true)" : nil,
            parameter: known.isEmpty ? "A" : "names")
        }
        numbers += [Float(mark.x), Float(mark.y)]
      }
    }
    return try Tensor(numbers, Shape([A.count, names.count, 2]), on: session.backend)
  }
}

/// What `body` returns; what it throws is said of the parameter `name`, if of none yet.
private func naming<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
  do { return try body() } catch let failure as Failure where failure.parameter == nil {
    throw Failure(
      failure.code, failure.message, notes: failure.notes, suggestion: failure.suggestion,
      parameter: name)
  }
}

/// Throws `E-arg` for an argument that would have no effect: the caller expects one.
private func refuseUnused(
  _ origin: LandmarkOrigin?, _ boxes: BoxOrigin?, padding: Int, _ errors: LandmarkErrors
) throws {
  let source: String? =
    switch origin {
    case nil: "the known landmarks of drawn faces"
    case .table: "a file of landmarks"
    default: nil
    }
  if boxes != nil, let source {
    throw Failure(
      "E-arg", "`boxes` has no effect on \(source): there is no search for faces",
      suggestion: origin == nil
        ? "landmarks(A, from=p, boxes=…), with a predictor, a network or a function p"
        : "landmarks(A, from=…), without boxes", parameter: "boxes")
  }
  var isSearched = false
  if case .cascade = boxes { isSearched = true }
  guard padding == 0 || isSearched else {
    throw Failure(
      "E-arg", "`pad` has no effect without a cascade: it extends the image for its search",
      suggestion: "boxes=cascade(\"lbpcascade_animeface.xml\")", parameter: "pad")
  }
  if case .table = origin { return }
  guard errors == .stop else {
    throw Failure(
      "E-arg",
      "`errors` has no effect without a file of landmarks, whose points can be outside of their images",
      suggestion: "landmarks(A, from=\"landmarks.csv\", errors=\"skip\")", parameter: "errors")
  }
}

/// Throws `E-data` where no item has landmarks of its own.
private func refuseWithoutMarks(_ dataset: Dataset) throws {
  for index in 0..<min(dataset.count, 100) where try !dataset.record(of: index).marks.isEmpty {
    return
  }
  guard dataset.count > 0 else { return }
  throw Failure(
    "E-data", "the items of this dataset have no landmarks of their own",
    suggestion: "landmarks(A, from=\"landmarks.csv\")", parameter: "from")
}

private func tilts() -> [Builtin] {
  [
    Builtin(
      "tilt",
      """
      Returns the tilt of a face in degrees: the angle of the line between eye.left and eye.right, \
      y down, so that clockwise is positive, in -90..90. A mirrored face, whose left eye is right \
      of the other, has the tilt that it would have with the two names exchanged; a vertical line \
      is 90, or -90 where eye.right is above eye.left.
      """,
      Parameter("marks", "A record of points [x, y], as in A.item(i).marks."),
      examples: [
        Example(
          """
          i = faces("anime", 3).item(1)
          abs(tilt(i.marks) - i.angle) < 1e-6
          #=> true
          tilt((eye=(left=[10, 10], right=[20, 20]),))
          #=> 45.0
          """)
      ], seeAlso: ["landmarks", "item"], errors: ["E-data", "E-type"]
    ) { (marks: Record) in
      let points = try Landmark.list(marks)
      for name in ["eye.left", "eye.right"] where !points.contains(where: { $0.name == name }) {
        throw Failure(
          "E-data", "these marks have no `\(name)`",
          notes: ["their points: \(points.map(\.name).joined(separator: ", "))"],
          parameter: "marks")
      }
      guard let degrees = Tilt.degrees(of: points) else {
        throw Failure(
          "E-data", "both eyes are at one point, or nowhere: the line between them has no angle",
          parameter: "marks")
      }
      return degrees
    }
  ]
}
