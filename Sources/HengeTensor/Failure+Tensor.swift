// SPDX-License-Identifier: MIT
internal import HengeBackend

// The words of this floor: every message a tensor operation can end in.

extension Failure {
  /// Two shapes that do not broadcast, with the axes that differ.
  static func cannotCombine(
    _ verb: String, _ a: Shape, _ b: Shape, joinedBy word: String = "and"
  ) -> Failure {
    var differing: [String] = []
    let rank = max(a.rank, b.rank)
    for axis in 0..<rank {
      let (i, j) = (axis - rank + a.rank, axis - rank + b.rank)
      guard i >= 0, j >= 0, a[i] != b[j], a[i] != 1, b[j] != 1 else { continue }
      differing.append("axis \(axis): \(a[i]) against \(b[j])")
    }
    var notes: [String] = []
    if !differing.isEmpty {
      notes.append(differing.joined(separator: ";  ") + "   (only equal sizes or 1 combine)")
    }
    let (short, long) = a.rank < b.rank ? (a, b) : (b, a)
    if short.rank > 0, short.rank < long.rank,
      short.sizes.elementsEqual(long.sizes.prefix(short.rank))
    {
      notes.append(
        "the shapes are aligned at the last axis: keepdims=true keeps reduced axes")
    }
    return Failure("E-shape", "cannot \(verb) \(a) \(word) \(b)", notes: notes)
  }

  /// Integer arithmetic that has no result.
  static func arithmetic(
    _ fault: ArithmeticFault, in operation: String, operands: [Tensor]
  ) -> Failure {
    let operation = symbols[operation] ?? operation
    let kinds = operands.map { "\($0.type.rawValue) \($0.shape)" }.joined(separator: " and ")
    switch fault {
    case .overflow:
      return Failure(
        "E-range", "\(operation) of \(kinds): a result does not fit a 64-bit integer",
        suggestion: "compute in floats: f64(…)")
    case .zeroDivision:
      return Failure(
        "E-range", "\(operation) of \(kinds): an integer is divided by 0",
        suggestion: "compute in floats, where the result is inf or nan: f32(…)")
    case .negativePower:
      return Failure(
        "E-range", "\(operation) of \(kinds): an integer has no negative power",
        suggestion: "compute in floats: f32(…)")
    case .notAnInteger:
      return Failure(
        "E-range",
        "\(operation) of \(kinds): nan, inf or a number beyond 64 bits cannot become an integer",
        suggestion: "clip(x, low, high), or where(x == x, x, 0) against nan")
    }
  }

  /// What programs call an operation.
  private static let symbols = [
    "add": "+", "subtract": "-", "multiply": "*", "floorDivide": "//", "modulo": "%",
    "power": "**", "negate": "-", "square": "** 2",
  ]

  /// An element type an operation has no meaning for.
  static func wrongType(_ operation: String, _ type: ElementType, wants: String, try fix: String)
    -> Failure
  {
    Failure(
      "E-type", "\(operation) works on \(wants), not on \(type.rawValue)", suggestion: fix)
  }

  /// An axis that is not there.
  static func noAxis(_ axis: Int, of shape: Shape) -> Failure {
    let range =
      shape.rank == 0
      ? "it has none" : "its axes are 0 to \(shape.rank - 1), or -\(shape.rank) to -1"
    return Failure("E-index", "there is no axis \(axis) in \(shape): \(range)", parameter: "axis")
  }

  /// An axis named twice.
  static func axisTwice(_ axes: [Int], of shape: Shape) -> Failure {
    Failure("E-index", "an axis of \(shape) occurs twice in \(axes)", parameter: "axis")
  }

  /// An index outside its axis.
  static func index(_ index: Int, axis: Int, of shape: Shape) -> Failure {
    let size = shape[axis]
    let range = size == 0 ? "it has no elements" : "valid are \(-size) to \(size - 1)"
    return Failure(
      "E-index",
      "index \(index) is outside axis \(axis) of \(shape), which has size \(size): \(range)")
  }

  /// A reduction that needs an element and has none.
  static func nothingToReduce(_ name: String, _ shape: Shape, axes: [Int]) -> Failure {
    let place =
      axes.count == shape.rank ? "" : " along axis \(axes.map(String.init).joined(separator: ", "))"
    return Failure(
      "E-shape", "\(shape)\(place) is empty, so it has no \(name)",
      suggestion: "test x.numel > 0 first")
  }
}
