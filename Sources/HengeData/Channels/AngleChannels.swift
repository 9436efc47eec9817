// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import HengeTensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How the tilt of a face becomes channels.
public enum AngleEncoding: String, Sendable, CaseIterable {
  /// `x·cos(t) + y·sin(t)`, x and y from -1 at the first column and row to 1 at the last.
  case ramp
  /// `t / 180` in every pixel: -1 to 1.
  case constant
  /// cos t in every pixel of one plane and sin t in every pixel of another, for generators that read them
  /// as numbers.
  case film
  /// A plane for each landmark, `2·exp(-d² / 2σ²) - 1`: d is the distance to the point in pixels and
  /// σ the width of the image over 32.
  case heatmap
}

/// The channels that encode the tilt of a face: a ramp, a constant, or heat maps of landmarks.
public struct AngleChannels: Hashable, Sendable {
  /// How.
  public let encoding: AngleEncoding
  /// The landmarks that have a heat map, in the order of the channels; none for the other encodings.
  public let points: [String]

  /// Keeps both.
  init(_ encoding: AngleEncoding, points: [String] = []) {
    self.encoding = encoding
    self.points = points
  }

  /// The group of channels of every encoding.
  public static let group = "angle"

  /// The number of channels.
  var count: Int {
    switch encoding {
    case .ramp, .constant: 1
    case .film: 2
    case .heatmap: points.count
    }
  }

  /// The encoding for people, and for comparing datasets: `ramp`, `heatmap of nose`.
  var detail: String {
    encoding.rawValue + (points.isEmpty ? "" : " of \(points.joined(separator: ", "))")
  }

  /// The channels `[k, H, W]` of `item`, whose image has `height` and `width`.
  ///
  /// Throws `E-data`, naming the item, where its angle or a point is not known.
  func planes(
    of item: ItemRecord, height: Int, width: Int, on backend: any Backend
  ) throws -> Tensor {
    let shape = try Shape([count, height, width])
    switch encoding {
    case .constant:
      let value = Float(try AngleChannels.angle(of: item) / 180)
      return try Tensor([Float](repeating: value, count: shape.count), shape, on: backend)
    case .ramp:
      let radians = try AngleChannels.angle(of: item) * .pi / 180
      let (c, s) = (cos(radians), sin(radians))
      let columns = AngleChannels.positions(width).map { $0 * c }
      let rows = AngleChannels.positions(height).map { $0 * s }
      return try Tensor(AngleChannels.outer(rows, columns) { $0 + $1 }, shape, on: backend)
    case .film:
      let radians = try AngleChannels.angle(of: item) * .pi / 180
      let values = [cos(radians), sin(radians)].flatMap {
        [Float](repeating: Float($0), count: height * width)
      }
      return try Tensor(values, shape, on: backend)
    case .heatmap:
      let scale = 2 * pow(Double(width) / 32, 2)
      var values: [Float] = []
      values.reserveCapacity(shape.count)
      for mark in try marks(of: item) {
        let columns = (0..<width).map { exp(-pow(Double($0) - mark.x, 2) / scale) }
        let rows = (0..<height).map { exp(-pow(Double($0) - mark.y, 2) / scale) }
        values += AngleChannels.outer(rows, columns) { 2 * $0 * $1 - 1 }
      }
      return try Tensor(values, shape, on: backend)
    }
  }

  /// From -1 to 1; 0 where there is only one.
  private static func positions(_ count: Int) -> [Double] {
    guard count > 1 else { return [0] }
    return (0..<count).map { 2 * Double($0) / Double(count - 1) - 1 }
  }

  private static func outer(
    _ rows: [Double], _ columns: [Double], _ combine: (Double, Double) -> Double
  ) -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(rows.count * columns.count)
    for row in rows { for column in columns { values.append(Float(combine(row, column))) } }
    return values
  }

  private static func angle(of item: ItemRecord) throws -> Double {
    guard let angle = item.angle else { throw Failure.noAngle(item) }
    return angle
  }

  private func marks(of item: ItemRecord) throws -> [Landmark] {
    try points.map { name in
      guard let mark = item.marks.first(where: { $0.name == name }) else {
        throw Failure.noPoint(name, item)
      }
      return mark
    }
  }

  /// Throws as ``planes(of:height:width:on:)`` would, without computing any.
  func check(_ item: ItemRecord) throws {
    if encoding == .heatmap {
      _ = try marks(of: item)
    } else {
      _ = try AngleChannels.angle(of: item)
    }
  }

  /// The names of `marks`, each once, in one order, whichever file they came from: the five points,
  /// then others.
  static func order(_ marks: [Landmark]) -> [String] {
    let names = marks.map(\.name)
    return Landmark.fivePoints.filter(names.contains)
      + Set(names).subtracting(Landmark.fivePoints).sorted {
        (natural($0), $0) < (natural($1), $1)
      }
  }

  /// A key that sorts `eye.9` before `eye.10`.
  private static func natural(_ name: String) -> String {
    name.split(separator: ".", omittingEmptySubsequences: false).map { part in
      part.allSatisfy(\.isNumber)
        ? String(repeating: "0", count: max(0, 12 - part.count)) + part : String(part)
    }.joined(separator: ".")
  }
}

extension Failure {
  /// An item has no angle, which a condition asks for; `upright` declares one.
  static func noAngle(
    _ item: ItemRecord, upright: String = "with_angle(A, angle=0)"
  ) -> Failure {
    guard !item.annotation.isLost else { return .lostAnnotation(item) }
    return Failure(
      "E-data", "the angle of \(quotedPath(item.name)) is not known",
      notes: [
        item.marks.isEmpty
          ? "its landmarks are not known either"
          : "its landmarks are \(item.marks.prefix(8).map(\.name).joined(separator: ", ")); an angle needs eye.left and eye.right"
      ],
      suggestion:
        "landmarks(A, from=…), A.filter(i => i.angle != none, item=true), or \(upright) for upright faces"
    )
  }

  /// An item lacks a landmark that a heat map is of.
  static func noPoint(_ name: String, _ item: ItemRecord) -> Failure {
    guard !item.annotation.isLost else { return .lostAnnotation(item) }
    let known = item.marks.map(\.name)
    return Failure(
      "E-data", "\(quotedPath(item.name)) has no landmark \(quotedPath(name))",
      notes: [
        known.isEmpty
          ? "it has no landmarks"
          : "its landmarks: \(known.prefix(12).joined(separator: ", "))\(known.count > 12 ? ", …" : "")"
      ],
      suggestion: known.isEmpty
        ? "landmarks(A, from=…), or A.filter(i => len(keys(i.marks)) > 0, item=true)"
        : nearestName(to: name, among: known).map { "points=[\"\($0)\"]" })
  }

  private static func lostAnnotation(_ item: ItemRecord) -> Failure {
    Failure(
      "E-data",
      "the landmarks and the angle of \(quotedPath(item.name)) are unknown: its function changes pixels in a way that henge cannot trace",
      suggestion: "a function of the item that returns (image=…, marks=…, angle=…)")
  }
}
