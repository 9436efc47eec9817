// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
public import HengeLanguage
internal import HengeTensor
public import HengeVision

extension Box: ValueConvertible {
  /// What signatures and messages call it.
  public static var kind: String { "record" }

  /// Takes records with whole numbers `x`, `y`, `width` and `height`.
  public static func from(_ value: Value) -> Box? {
    guard case .record(let record) = value else { return nil }
    let fields = Dictionary(
      zip(record.names, record.values), uniquingKeysWith: { first, _ in first })
    let sides = ["x", "y", "width", "height"].map { name in
      fields[name].flatMap { value -> Int? in
        Int.from(value) ?? Double.from(value).flatMap { Int(exactly: $0) }
      }
    }
    guard let x = sides[0], let y = sides[1], let width = sides[2], let height = sides[3] else {
      return nil
    }
    return Box(x: x, y: y, width: width, height: height)
  }

  /// As ``from(_:)``; throws `E-type` for a record that lacks a field.
  public static func from(_ value: Value, in call: Call) throws -> Box? {
    if let box = from(value) { return box }
    guard case .record(let record) = value else { return nil }
    throw Failure(
      "E-type", "a box is a record of whole numbers x, y, width and height",
      notes: [
        "this one has \(record.names.isEmpty ? "no fields" : record.names.joined(separator: ", "))"
      ],
      suggestion: "(x=0, y=0, width=64, height=64)", parameter: "box")
  }

  /// The value of the language.
  public var value: Value {
    record([
      ("x", .int(x)), ("y", .int(y)), ("width", .int(width)), ("height", .int(height)),
    ]).value
  }
}

/// The smallest face: a shape, height x width, or the length of both sides.
struct SmallestFace: ValueConvertible {
  let width: Int
  let height: Int

  static var kind: String { "shape | int" }

  static func from(_ value: Value) -> SmallestFace? {
    if let side = Int.from(value) { return SmallestFace(width: side, height: side) }
    guard let shape = ShapeValue.from(value), shape.sizes.count == 2 else { return nil }
    return SmallestFace(width: shape.sizes[1], height: shape.sizes[0])
  }

  var value: Value { [height, width].value }
}

extension Tensor {
  /// The image as bytes for a detector: `u8` as they are, other types in `low...high`, rounded.
  ///
  /// Of more than three channels the first three are the colors.
  func detectable(low: Double = -1, high: Double = 1) throws -> Pixels {
    var planes = self
    if rank == 2 { planes = try expanded(at: 0) }
    if rank == 4, shape[0] == 1 { planes = try selecting([.at(0)]) }
    guard planes.rank == 3, planes.count > 0, planes.shape[0] != 2 else {
      throw Failure(
        "E-shape", "\(shape) is not an image",
        notes: ["an image is HxW, or CxHxW with 1 channel, or 3 colors and maybe more"],
        suggestion: rank == 4 ? "x[0]" : nil, parameter: "x")
    }
    if planes.shape[0] > 3 { planes = try planes.selecting([.slice(start: 0, stop: 3, step: nil)]) }
    let isBytes = planes.type == .u8
    let bytes = try planes.pixels(
      low: isBytes ? 0 : Float(low), high: isBytes ? 255 : Float(high)
    ).bytes
    return Pixels(
      height: planes.shape[1], width: planes.shape[2], channels: planes.shape[0], bytes: bytes)
  }
}
