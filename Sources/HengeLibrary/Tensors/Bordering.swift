// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// How `pad` fills what it adds.
enum PadMode: String, Choice {
  case constant
  case reflect
  case edge
}

/// How many elements are added before and after each of the last axes.
private struct PadWidths: ValueConvertible {
  /// A pair per axis; nil where one number is for both sides of all.
  var pairs: [(before: Int, after: Int)] = []
  /// One number for both sides of the last two axes.
  var single: Int?
  static var kind: String { "int | list of int | list of list of int" }

  static func from(_ value: Value) -> PadWidths? {
    if let width = Int.from(value) { return PadWidths(single: width) }
    if let widths = [Int].from(value) { return PadWidths(pairs: widths.map { ($0, $0) }) }
    guard let pairs = [[Int]].from(value), pairs.allSatisfy({ $0.count == 2 }) else { return nil }
    return PadWidths(pairs: pairs.map { ($0[0], $0[1]) })
  }

  var value: Value {
    single?.value ?? pairs.map { [$0.before, $0.after] }.value
  }

  /// The pairs for a tensor of `rank` axes.
  func pairs(rank: Int) -> [(before: Int, after: Int)] {
    single.map { Array(repeating: ($0, $0), count: min(2, rank)) } ?? pairs
  }
}

/// The sizes of a crop; one number is the side of a square.
private struct CropSize: ValueConvertible {
  let sizes: [Int]
  let isSquare: Bool
  static var kind: String { "shape" }

  static func from(_ value: Value) -> CropSize? {
    Shape.from(value).map { CropSize(sizes: $0.sizes, isSquare: Int.from(value) != nil) }
  }
  static func from(_ value: Value, in call: Call) throws -> CropSize? {
    try Shape.from(value, in: call).map {
      CropSize(sizes: $0.sizes, isSquare: Int.from(value) != nil)
    }
  }

  var value: Value { isSquare ? sizes[0].value : sizes.value }

  /// The sizes for a tensor of `rank` axes.
  func sizes(rank: Int) -> [Int] {
    isSquare ? Array(repeating: sizes[0], count: min(2, max(1, rank))) : sizes
  }
}

/// Built-ins that add or remove elements around a tensor.
func bordering() -> [Builtin] {
  let tensor = Parameter("x", "A tensor.")
  return [
    Builtin(
      "pad", "Pads the last two axes, or as many of the last axes as `width` has entries.",
      tensor,
      Parameter(
        "width",
        "Number of elements added on each side; for several axes a list of such numbers, or of (before, after), the last axis last: [(top, bottom), (left, right)] for images."
      ),
      Parameter(
        "mode",
        "Padding mode: a constant, the mirrored elements (without the edge), or the edge element.",
        default: PadMode.constant),
      Parameter("value", "The constant.", default: Number.num(0)),
      examples: [
        Example("pad(zeros(3x4x4), 1).shape", gives: "3x6x6"),
        Example("pad(zeros(3x4x4), [(0, 2), (1, 1)]).shape", gives: "3x6x6"),
      ], seeAlso: ["crop"], errors: ["E-shape", "E-range"]
    ) { (call: Call, x: Tensor, width: PadWidths, mode: PadMode, value: Number) in
      let padding: Tensor.Padding =
        switch mode {
        case .constant: .constant(value.scalar)
        case .reflect: .reflect
        case .edge: .edge
        }
      let pairs = width.pairs(rank: x.rank)
      if x.rank == 4, pairs.count == 4, pairs.allSatisfy({ $0.before == $0.after }) {
        call.noteOnce(
          "all 4 axes are padded; PyTorch's (left, right, top, bottom) is [(top, bottom), (left, right)]"
        )
      }
      return try x.padded(pairs, with: padding)
    }.rewriting(paddedBothWays),
    Builtin(
      "crop", "Crops the last axes, around the center or from `at`.",
      tensor,
      Parameter(
        "size",
        "Sizes of the result along these axes: height x width for images. One number crops the last two axes to a square."
      ),
      Parameter(
        "at",
        "Index of the first element along each of these axes, [top, left] for images; by default the center is kept.",
        default: [Int]?.none),
      examples: [
        Example("crop(zeros(3x8x8), 4x4).shape", gives: "3x4x4"),
        Example("crop(arange(64).reshape(8x8), 2x2, at=[1, 0])[0, 0].item()", gives: "8.0"),
      ], seeAlso: ["pad", "resize"], errors: ["E-shape", "E-index"]
    ) { (x: Tensor, size: CropSize, at: [Int]?) in
      try x.cropped(to: size.sizes(rank: x.rank), at: at)
    }.rewriting(croppedAt),
  ]
}

/// `pad(x, [(t, b), (l, r)])` for PyTorch's `pad(x, (l, r, t, b))`, whose last axis is first.
private func paddedBothWays(_ arguments: [WrittenArgument]) -> String? {
  let given = arguments.dropFirst().compactMap { Int.from($0.value) }
  guard arguments.count >= 2,
    let widths = given.count == arguments.count - 1 ? given : [Int].from(arguments[1].value),
    widths.count == 4 || widths.count == 6
  else { return nil }
  let pairs = stride(from: 0, to: widths.count, by: 2).map { (widths[$0], widths[$0 + 1]) }
  let isOne = Set(widths).count == 1 && widths.count == 4
  let list = pairs.reversed().map { "(\($0.0), \($0.1))" }.joined(separator: ", ")
  return "pad(\(arguments[0].text), \(isOne ? "\(widths[0])" : "[\(list)]"))"
}

/// `crop(x, 3x4, at=[1, 2])` for torchvision's `crop(x, 1, 2, 3, 4)` (top, left, height, width) and
/// Pillow's `crop(x, (2, 1, 6, 4))` (left, top, right, bottom).
private func croppedAt(_ arguments: [WrittenArgument]) -> String? {
  guard let x = arguments.first?.text else { return nil }
  if arguments.count == 5, arguments.dropFirst().allSatisfy({ Int.from($0.value) != nil }) {
    let (height, width) = (arguments[3].text, arguments[4].text)
    let areNumbers = [height, width].allSatisfy { Int($0) != nil }
    let size = areNumbers ? "\(height)x\(width)" : "shape(\(height), \(width))"
    return "crop(\(x), \(size), at=[\(arguments[1].text), \(arguments[2].text)])"
  }
  guard arguments.count == 2, let box = [Int].from(arguments[1].value), box.count == 4,
    box[2] > box[0], box[3] > box[1]
  else { return nil }
  return "crop(\(x), \(box[3] - box[1])x\(box[2] - box[0]), at=[\(box[1]), \(box[0])])"
}
