// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeImage
public import HengeLanguage
internal import HengeTensor

extension ResizeFilter: Choice {}

/// How `pad` fills what it adds.
enum PadMode: String, Choice {
  case constant
  case reflect
  case edge
}

/// Sizes in which one may be -1, for the rest.
struct OpenShape: ValueConvertible {
  let sizes: [Int]
  static var kind: String { "shape" }
  static func from(_ value: Value) -> OpenShape? {
    if let shape = Shape.from(value) { return OpenShape(sizes: shape.sizes) }
    if let size = Int.from(value) { return OpenShape(sizes: [size]) }
    return [Int].from(value).map(OpenShape.init)
  }
  var value: Value { sizes.value }
}

private var tensorParameter: Parameter {
  Parameter("x", "A tensor.")
}

/// Built-ins that change the shape of tensors, or move their elements.
func shaping(_ session: Session) -> [Builtin] {
  joining(session)
    + [
      Builtin(
        "reshape", "Gives the same elements, row by row, under another shape.", tensorParameter,
        Parameter("shape", "The new sizes; one may be -1, for what is left."),
        examples: [Example("reshape(arange(6), (2, -1)).shape", gives: "2x3")], errors: ["E-shape"]
      ) { (x: Tensor, shape: OpenShape) in try x.reshaped(shape.sizes) },
      Builtin(
        "permute", "Gives the axes in another order.", tensorParameter,
        Parameter("order", "The old place of each new axis."),
        examples: [Example("permute(zeros(2x3x4), [2, 0, 1]).shape", gives: "4x2x3")],
        seeAlso: ["reshape"], errors: ["E-index"]
      ) { (x: Tensor, order: [Int]) in try x.permuted(order) },
      Builtin(
        "flip", "Reverses the order along axes.", tensorParameter,
        Parameter("axis", "The axis or axes; none for all.", default: Axes?.none),
        examples: [Example("str(flip(arange(3)))", gives: "\"tensor([2, 1, 0])\"")],
        errors: ["E-index"]
      ) { (x: Tensor, axes: Axes?) in try x.flipped(axes?.axes) },
      Builtin(
        "roll", "Moves elements along axes; those that leave one end come in at the other.",
        tensorParameter, Parameter("shift", "How far, towards the end; a list for several axes."),
        Parameter(
          "axis", "The axis or axes; none for all elements, row by row.", default: Axes?.none),
        examples: [Example("str(roll(arange(4), 1))", gives: "\"tensor([3, 0, 1, 2])\"")],
        seeAlso: ["flip"], errors: ["E-index", "E-arg"]
      ) { (x: Tensor, shift: Axes, axes: Axes?) in
        try x.rolled(by: shift.axes, axes: axes?.axes)
      },
      Builtin(
        "pad", "Adds elements around the last two axes, or around as many as `width` has numbers.",
        tensorParameter, Parameter("width", "How many on each side; a list for several axes."),
        Parameter(
          "mode", "What they are: one value, the mirror, or the edge.", default: PadMode.constant),
        Parameter("value", "The one value.", default: Number.num(0)),
        examples: [Example("pad(zeros(3x4x4), 1).shape", gives: "3x6x6")], seeAlso: ["crop"],
        errors: ["E-shape", "E-range"]
      ) { (x: Tensor, width: Axes, mode: PadMode, value: Number) in
        let widths =
          width.axes.count == 1
          ? Array(repeating: width.axes[0], count: min(2, x.rank)) : width.axes
        let padding: Tensor.Padding =
          switch mode {
          case .constant: .constant(value.scalar)
          case .reflect: .reflect
          case .edge: .edge
          }
        return try x.padded(widths.map { (before: $0, after: $0) }, with: padding)
      },
      Builtin(
        "crop", "Takes a part of the last axes, from the middle unless `at` says where it begins.",
        tensorParameter, Parameter("size", "The sizes of the part."),
        Parameter("at", "Where it begins along each of those axes.", default: [Int]?.none),
        examples: [Example("crop(zeros(3x8x8), 4x4).shape", gives: "3x4x4")],
        seeAlso: ["pad", "resize"],
        errors: ["E-shape", "E-index"]
      ) { (x: Tensor, size: Shape, at: [Int]?) in try x.cropped(to: size.sizes, at: at) },
      Builtin(
        "resize", "Gives pictures at another size, antialiased, with Pillow's filters.",
        Parameter("x", "Pictures, [H, W], [C, H, W] or [N, C, H, W]."),
        Parameter("size", "Height and width, in pixels."),
        Parameter("filter", "How new pixels are made of old ones.", default: ResizeFilter.bicubic),
        examples: [Example("resize(zeros(3x4x4), 2x2).shape", gives: "3x2x2")],
        seeAlso: ["crop", "pad"],
        errors: ["E-shape", "E-range"]
      ) { (x: Tensor, size: Shape, filter: ResizeFilter) in
        try x.resized(to: size, filter, in: session)
      },
      Builtin(
        "rotate",
        "Rotates images clockwise about their centers, with bilinear interpolation; the size stays. Angles are counted clockwise, as those of faces: Pillow's rotate counts the other way.",
        Parameter("x", "Images, [H, W], [C, H, W] or [N, C, H, W]."),
        Parameter("angle", "Degrees, clockwise."),
        Parameter(
          "mode", "What comes in at the borders: one value, the mirror, or the edge.",
          default: PadMode.constant),
        Parameter("value", "The one value; -1 is black.", default: -1.0),
        examples: [
          Example("rotate(tensor([[1, 2], [3, 4]]), 90)[0, 0].item()", gives: "3.0")
        ],
        seeAlso: ["flip", "augment"], errors: ["E-shape", "E-range"]
      ) { (x: Tensor, angle: Double, mode: PadMode, value: Double) in
        try x.rotated(by: angle, mode, value: value, in: session)
      },
    ]
}

private func joining(_ session: Session) -> [Builtin] {
  let parts = Parameter("parts", "A list of tensors.")
  return [
    Builtin(
      "cat", "Joins tensors along an axis they have; the other sizes must be equal.", parts,
      Parameter("axis", "The axis to join along.", default: 0),
      examples: [Example("cat([zeros(2x3), zeros(1x3)]).shape", gives: "3x3")], seeAlso: ["stack"],
      errors: ["E-shape"]
    ) { (parts: [Tensor], axis: Int) in try Tensor.concatenated(parts, axis: axis) },
    Builtin(
      "stack", "Joins tensors of one shape along a new axis.",
      Parameter("parts", "A list of tensors or numbers."),
      Parameter("axis", "Where the new axis is.", default: 0),
      examples: [Example("stack([zeros(2), ones(2)]).shape", gives: "2x2")], seeAlso: ["cat"],
      errors: ["E-shape"]
    ) { (parts: [TensorLike], axis: Int) in
      try Tensor.stacked(parts.map { try $0.tensor(on: session.backend) }, axis: axis)
    },
  ]
}

extension Tensor {
  /// The planes of the last two axes at another size.
  func resized(to size: Shape, _ filter: ResizeFilter, in session: Session) throws -> Tensor {
    guard rank >= 2, size.rank == 2 else {
      throw Failure(
        "E-shape", "cannot resize \(shape) to \(size)",
        notes: ["pictures have at least two axes, and a size has two: height x width"],
        suggestion: "resize(x, 64x64)", parameter: rank >= 2 ? "size" : "x")
    }
    try refuseTape("resize")
    let outer = Array(shape.sizes.dropLast(2))
    let planes = outer.reduce(1, *)
    let source = try cast(to: .f32)
    let movement = AffineMap.resized(
      height: shape[rank - 2], width: shape[rank - 1], toHeight: size[0], width: size[1])
    return try Tensor(bytesOf: .f32, try Shape(outer + size.sizes), on: backend) { target in
      try source.withBytes { bytes in
        try resizePlanes(
          bytes.bindMemory(to: Float.self), planes: planes,
          from: PictureSize(height: shape[rank - 2], width: shape[rank - 1]),
          into: target.bindMemory(to: Float.self),
          size: PictureSize(height: size[0], width: size[1]), filter: filter, pool: session.pool,
          budget: session.budget, interrupt: session.interrupt)
      }
    }.moved(from: self, by: movement)
  }

  /// The planes of the last two axes turned clockwise.
  fileprivate func rotated(by degrees: Double, _ mode: PadMode, value: Double, in session: Session)
    throws -> Tensor
  {
    guard rank >= 2 else {
      throw Failure(
        "E-shape", "cannot rotate \(shape): images have at least two axes", parameter: "x")
    }
    guard degrees.isFinite else {
      throw Failure("E-range", "`angle` is a finite number of degrees", parameter: "angle")
    }
    try refuseTape("rotate")
    let source = try cast(to: .f32)
    let size = PictureSize(height: shape[rank - 2], width: shape[rank - 1])
    let border: PlaneBorder =
      switch mode {
      case .constant: .constant(Float(value))
      case .reflect: .reflect
      case .edge: .edge
      }
    return try Tensor(bytesOf: .f32, shape, on: backend) { target in
      try source.withBytes { bytes in
        try turnPlanes(
          bytes.bindMemory(to: Float.self), planes: shape.sizes.dropLast(2).reduce(1, *), of: size,
          into: target.bindMemory(to: Float.self), degrees: degrees, border: border,
          pool: session.pool, interrupt: session.interrupt)
      }
    }.moved(
      from: self, by: .turned(degrees: degrees, height: size.height, width: size.width))
  }
}
