// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeModels
internal import HengeNN
internal import HengeTensor
internal import HengeVision

/// Where the landmarks of a dataset come from.
enum LandmarkOrigin: ValueConvertible {
  case table(String)
  case predictor(PredictorObject)
  case network(ModelObject)
  case function(Callback)

  static var kind: String { "str | predictor | model | fn" }

  static func from(_ value: Value) -> LandmarkOrigin? {
    plain(value) ?? Callback.from(value).map(LandmarkOrigin.function)
  }

  static func from(_ value: Value, in call: Call) throws -> LandmarkOrigin? {
    if let plain = plain(value) { return plain }
    return try Callback.from(value, in: call).map(LandmarkOrigin.function)
  }

  private static func plain(_ value: Value) -> LandmarkOrigin? {
    if let path = String.from(value) { return .table(path) }
    if let predictor = PredictorObject.from(value) { return .predictor(predictor) }
    if let model = ModelObject.from(value),
      model.layer.landmarks != nil || model.layer is ONNXNetwork
    {
      return .network(model)
    }
    return nil
  }

  var value: Value {
    switch self {
    case .table(let path): Value(path)
    case .predictor(let predictor): predictor.value
    case .network(let model): model.value
    case .function(let function): function.value
    }
  }
}

/// Where the face of an image is.
enum BoxOrigin: ValueConvertible {
  case whole
  case cascade(CascadeObject)
  case function(Callback)

  static var kind: String { "\"whole\" | cascade | fn" }

  static func from(_ value: Value) -> BoxOrigin? {
    plain(value) ?? Callback.from(value).map(BoxOrigin.function)
  }

  static func from(_ value: Value, in call: Call) throws -> BoxOrigin? {
    if let plain = plain(value) { return plain }
    return try Callback.from(value, in: call).map(BoxOrigin.function)
  }

  private static func plain(_ value: Value) -> BoxOrigin? {
    if String.from(value) == "whole" { return .whole }
    return CascadeObject.from(value).map(BoxOrigin.cascade)
  }

  var value: Value {
    switch self {
    case .whole: Value("whole")
    case .cascade(let cascade): cascade.value
    case .function(let function): function.value
    }
  }
}

/// Finds the landmarks of images, one after another.
struct LandmarkFinder {
  let origin: LandmarkOrigin
  let boxes: BoxOrigin
  let padding: Int
  let session: Session

  /// The landmarks of an image whose black and white are `range`; none where there is no face.
  func marks(of image: Tensor, range: ImageRange) throws -> [Landmark] {
    let pixels = try image.detectable(low: range.low, high: range.high)
    guard let box = try box(of: image, pixels) else { return [] }
    switch origin {
    case .table: return []
    case .predictor(let object):
      let points = try object.predictor.points(in: pixels, box: box, budget: session.budget)
      return try named(points.map { (Double($0.x), Double($0.y)) })
    case .network(let model):
      return try named(model.landmarks(in: pixels, box: box, session), by: model)
    case .function(let function): return try marks(of: image, box, pixels, function)
    }
  }

  private func box(of image: Tensor, _ pixels: Pixels) throws -> Box? {
    switch boxes {
    case .whole: return Box(whole: pixels)
    case .cascade(let object):
      return try object.cascade.faces(
        in: pixels, DetectionSettings(padding: padding), budget: session.budget
      ).first
    case .function(let function):
      let answer = try function.call([image.value])
      if case .none = answer { return nil }
      if let list = [Box].from(answer) { return list.first }
      guard let box = Box.from(answer) else {
        throw Failure(
          "E-type",
          "the function `boxes` must return a box, a list of boxes or none, not \(answer.kindWithArticle)",
          suggestion: "(x=0, y=0, width=64, height=64)", parameter: "boxes")
      }
      return box
    }
  }

  private func named(
    _ points: [(x: Double, y: Double)], by model: ModelObject? = nil
  ) throws -> [Landmark] {
    // The five points of a network are not those of dlib's file.
    if model != nil, points.count == LandmarkFinder.fivePoints.count {
      return zip(LandmarkFinder.fivePoints, points).map { Landmark($0, x: $1.x, y: $1.y) }
    }
    guard let marks = FaceLandmarks.named(points) else {
      throw Failure(
        "E-data",
        "it finds \(counted(points.count, "point")), which have no names; those of \(FaceLandmarks.counts.map(String.init).joined(separator: ", ")) points have",
        suggestion: "landmarks(A, from=x => (nose=points(p, x)[0],))", parameter: "from")
    }
    return marks
  }

  /// The points that a function returns for a face: for the part of the image in `box`.
  private func marks(
    of image: Tensor, _ box: Box, _ pixels: Pixels, _ function: Callback
  ) throws -> [Landmark] {
    let isWhole = box == Box(whole: pixels)
    let clipped = isWhole ? box : box.inside(width: pixels.width, height: pixels.height)
    guard let clipped else { return [] }
    let part =
      isWhole
      ? image
      : try image.selecting([
        .ellipsis, .slice(start: clipped.y, stop: clipped.y + clipped.height, step: nil),
        .slice(start: clipped.x, stop: clipped.x + clipped.width, step: nil),
      ])
    let answer = try function.call([part.value])
    let found: [Landmark]
    switch answer {
    case .none: return []
    case .record(let record):
      found = try Failure.renaming(["marks": "from"]) { try Landmark.list(record) }
    default:
      guard let tensor = Tensor.from(answer), tensor.count == 10 else {
        throw Failure(
          "E-type",
          "the function `from` must return a record of points [x, y], ten numbers (the five points) or none, not \(answer.kindWithArticle)",
          notes: ["the five points: \(LandmarkFinder.fivePoints.joined(separator: ", "))"],
          suggestion: "x => (nose=[32, 40],)", parameter: "from")
      }
      let numbers = try tensor.cast(to: .f64).doubles()
      found = LandmarkFinder.fivePoints.enumerated().map { index, name in
        Landmark(name, x: numbers[2 * index], y: numbers[2 * index + 1])
      }
    }
    if let mark = found.first(where: { !$0.x.isFinite || !$0.y.isFinite }) {
      throw Failure(
        "E-data", "the function `from` put `\(mark.name)` at (\(mark.x), \(mark.y))",
        parameter: "from")
    }
    return found.map {
      Landmark($0.name, x: $0.x + Double(clipped.x), y: $0.y + Double(clipped.y))
    }
  }

  static let fivePoints = Landmark.fivePoints
}

extension Landmark {
  /// The points of a record: fields of two numbers, or records of such fields, whose names are joined
  /// by dots.
  static func list(_ record: Record, under outer: String = "") throws -> [Landmark] {
    var marks: [Landmark] = []
    for (name, value) in zip(record.names, record.values) {
      let name = outer.isEmpty ? name : "\(outer).\(name)"
      if case .record(let inner) = value {
        marks += try list(inner, under: name)
        continue
      }
      guard let point = try [Double].from(value) ?? Tensor.from(value)?.cast(to: .f64).doubles(),
        point.count == 2
      else {
        throw Failure(
          "E-type", "`\(name)` is not a point [x, y]", suggestion: "(nose=[32, 40],)",
          parameter: "marks")
      }
      marks.append(Landmark(name, x: point[0], y: point[1]))
    }
    return marks
  }
}
