// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeImage
public import HengeLanguage
internal import HengeTensor

extension ResizeFilter: Choice {}

/// Sizes of which one may be -1, to be computed from the others.
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
  joining(session) + bordering()
    + [
      Builtin(
        "reshape", "Returns the same elements, in row-major order, in another shape.",
        tensorParameter,
        Parameter("shape", "The new sizes. One may be -1: it is computed from the others."),
        examples: [Example("reshape(arange(6), (2, -1)).shape", gives: "2x3")], errors: ["E-shape"]
      ) { (x: Tensor, shape: OpenShape) in try x.reshaped(shape.sizes) },
      Builtin(
        "permute", "Reorders the axes.", tensorParameter,
        Parameter(
          "order",
          "For each axis of the result, the axis of `x`: [2, 0, 1] turns [H, W, C] into [C, H, W]."),
        examples: [Example("permute(zeros(2x3x4), [2, 0, 1]).shape", gives: "4x2x3")],
        seeAlso: ["reshape"], errors: ["E-index"]
      ) { (x: Tensor, order: [Int]) in try x.permuted(order) }.alsoCalled(
        "transpose", "swap axes", "movedim"),
      Builtin(
        "flip",
        "Reverses the order of elements along axes. flip(x, axis=-1) mirrors an image left to right.",
        tensorParameter,
        Parameter("axis", "Axis or list of axes; by default all.", default: Axes?.none),
        examples: [Example("print(flip(arange(3)))", prints: "tensor([2, 1, 0])")],
        errors: ["E-index"]
      ) { (x: Tensor, axes: Axes?) in try x.flipped(axes?.axes) }.alsoCalled(
        "mirror", "horizontal flip", "fliplr", "flipud"),
      Builtin(
        "roll",
        "Shifts elements along axes cyclically: those shifted out at the end come in at the start.",
        tensorParameter,
        Parameter("shift", "Number of positions, toward the end; a list for several axes."),
        Parameter(
          "axis", "Axis or list of axes; by default all elements in row-major order.",
          default: Axes?.none),
        examples: [Example("print(roll(arange(4), 1))", prints: "tensor([3, 0, 1, 2])")],
        seeAlso: ["flip"], errors: ["E-index", "E-arg"]
      ) { (x: Tensor, shift: Axes, axes: Axes?) in
        try x.rolled(by: shift.axes, axes: axes?.axes)
      },
      Builtin(
        "resize", "Resizes images with antialiasing, as Pillow does.",
        Parameter("x", "An image [C, H, W] or [H, W], or a batch [N, C, H, W]."),
        Parameter("size", "Height x width in pixels."),
        Parameter("filter", "Interpolation filter.", default: ResizeFilter.bicubic),
        examples: [Example("resize(zeros(3x4x4), 2x2).shape", gives: "3x2x2")],
        seeAlso: ["crop", "pad"],
        errors: ["E-shape", "E-range"]
      ) { (x: Tensor, size: Shape, filter: ResizeFilter) in
        try x.resized(to: size, filter, in: session)
      }.alsoCalled("thumbnail", "rescale image", "interpolate"),
      Builtin(
        "blur",
        "Blurs images: each pixel becomes a weighted mean of those around it, with the weights `exp(-d^2 / (2 sigma^2))` along each axis out to 4 sigma. Beyond its edges an image is mirrored.",
        Parameter("x", "An image [C, H, W] or [H, W], or a batch [N, C, H, W]."),
        Parameter("sigma", "Standard deviation of the weights, in pixels, from 0 to 100."),
        examples: [
          Example("x = zeros(5x5)\nx[2, 2] = 1\nround(blur(x, 1)[2, 2].item(), 4)\n#=> 0.1594")
        ],
        seeAlso: ["resize", "rotate"], errors: ["E-shape", "E-type", "E-range"]
      ) { (x: Tensor, sigma: Double) in
        try x.blurred(deviation: sigma)
      }.alsoCalled("gaussian blur", "gaussian_blur", "smooth image", "low pass"),
      Builtin(
        "rotate",
        "Rotates images clockwise about their center, with bilinear interpolation. The size is kept. Pillow's rotate counts angles counterclockwise.",
        Parameter("x", "An image [C, H, W] or [H, W], or a batch [N, C, H, W]."),
        Parameter("angle", "Angle in degrees, clockwise."),
        Parameter(
          "mode",
          "Padding mode for pixels outside the image: a constant, the mirrored image, or the edge pixel.",
          default: PadMode.constant),
        Parameter("value", "The constant; -1 is black.", default: -1.0),
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
      "cat", "Concatenates tensors along an existing axis. All other sizes must be equal.", parts,
      Parameter("axis", "The axis to concatenate along.", default: 0),
      examples: [Example("cat([zeros(2x3), zeros(1x3)]).shape", gives: "3x3")], seeAlso: ["stack"],
      errors: ["E-shape"]
    ) { (parts: [Tensor], axis: Int) in try Tensor.concatenated(parts, axis: axis) }.alsoCalled(
      "concat", "concatenate", "vstack", "hstack"),
    Builtin(
      "stack", "Stacks tensors of the same shape along a new axis.",
      Parameter("parts", "A list of tensors or numbers."),
      Parameter("axis", "Position of the new axis.", default: 0),
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
        notes: ["images have at least two axes, and a size has two: height x width"],
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

  /// The planes of the last two axes, rotated clockwise.
  fileprivate func rotated(by degrees: Double, _ mode: PadMode, value: Double, in session: Session)
    throws -> Tensor
  {
    guard rank >= 2 else {
      throw Failure(
        "E-shape", "cannot rotate \(shape): images have at least two axes", parameter: "x")
    }
    guard degrees.isFinite else {
      throw Failure("E-range", "`angle` must be a finite number of degrees", parameter: "angle")
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
