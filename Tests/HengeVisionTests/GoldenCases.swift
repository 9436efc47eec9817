// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage

@testable import HengeVision

/// What `opencv_cases.py` wrote: files, and what OpenCV and dlib find with them.
enum GoldenCases {
  static let folder = "Tests/HengeVisionTests/Golden"
  static let budget = MemoryBudget(limit: 2_000_000_000)

  struct Detection: CustomStringConvertible {
    let file: String
    let settings: DetectionSettings
    let boxes: Set<Box>
    var description: String { "\(file) \(settings)" }
  }

  struct Points {
    let box: Box
    let points: [[Int]]
  }

  static func scene() throws -> Pixels {
    try PictureReader(budget: budget).read("\(folder)/scene.png")
  }

  private static func members() throws -> [String: JSON] {
    let text = try readRegularFile("\(folder)/cases.json", budget: budget)
    return try JSON(parsing: text).members ?? [:]
  }

  static func detections() throws -> [Detection] {
    try members()["detections"].list.compactMap(\.members).map { fields in
      let smallest = fields["smallest"].list.map(\.int)
      return Detection(
        file: fields["file"].string,
        settings: DetectionSettings(
          padding: fields["pad"]?.int ?? 0, scale: fields["scale"]?.double ?? 0,
          neighbors: fields["neighbors"]?.int ?? 0,
          smallest: smallest.count == 2 ? (smallest[0], smallest[1]) : nil),
        boxes: Set(fields["boxes"].list.map(box)))
    }
  }

  static func points() throws -> [Points] {
    try members()["points"].list.compactMap(\.members).map { fields in
      Points(
        box: fields["box"].map(box) ?? Box(x: 0, y: 0, width: 0, height: 0),
        points: fields["points"].list.map { Optional($0).list.map(\.int) })
    }
  }

  struct Crop {
    let box: Box
    let points: [[Double]]
    let digest: String
  }

  static func crops() throws -> [Crop] {
    try members()["crops"].list.compactMap(\.members).map { fields in
      Crop(
        box: fields["box"].map(box) ?? Box(x: 0, y: 0, width: 0, height: 0),
        points: fields["points"].list.map { Optional($0).list.map(\.double) },
        digest: fields["sha256"].string)
    }
  }

  private static func box(_ value: JSON) -> Box {
    let numbers = Optional(value).list.map(\.int)
    return Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }
}

extension JSON {
  var int: Int { if case .integer(let value) = self { value } else { .min } }
  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: .nan
    }
  }
}

extension JSON? {
  var list: [JSON] { if case .array(let items)? = self { items } else { [] } }
  var string: String { if case .string(let text)? = self { text } else { "" } }
}

/// The message of what `body` throws; empty if it throws nothing.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch let failure as Failure {
    return "\(failure.code): \(failure.message)"
  } catch {
    return "\(error)"
  }
}
