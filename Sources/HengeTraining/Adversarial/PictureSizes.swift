// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeData
internal import HengeTensor
internal import HengeNN

/// The sizes of images that generators and discriminators can be trained on.
public enum PictureSizes {
  /// Refuses sets that the networks cannot be trained on: sizes that differ or that `divisor` does not divide,
  /// images too small for discriminators that halve them `halvings` times, values other than -1...1.
  ///
  /// `layers` is the option that this follows from, where it was given.
  ///
  /// Returns the images' `[C, H, W]` as they are trained on, of A and of B. `parameter` is where both came
  /// from, if from one.
  public static func checked(
    _ a: Dataset, _ b: Dataset, _ augment: Augmentation?, divisor unit: Int, halvings: Int,
    layers: Int?, parameter: String? = nil
  ) throws -> (Shape, Shape) {
    var shapes: [Shape] = []
    for (name, set) in [("A", a), ("B", b)] {
      guard set.count > 0 else { throw Failure.emptySet(name) }
      guard set.range == (try ImageRange(low: -1, high: 1)) else {
        throw Failure(
          "E-range", "\(name) has values in \(set.range), but the generators return -1..1",
          suggestion: "range=(-1, 1)", parameter: parameter ?? name)
      }
      let shape = try trained(set, augment, parameter ?? name)
      guard shape[1] % unit == 0, shape[2] % unit == 0 else {
        let halvings = unit.trailingZeroBitCount
        let count = halvings == 2 ? "two" : String(halvings)
        throw Failure(
          "E-shape", "images of \(shape[1])x\(shape[2]) are not divisible by \(unit)",
          notes: 1 << halvings == unit
            ? ["\(count) layers of the generator halve them, and \(count) double them again"] : [],
          suggestion: "size=\(nearest(shape[1], unit))x\(nearest(shape[2], unit))",
          parameter: parameter ?? name)
      }
      let (side, least) = (min(shape[1], shape[2]), 3 << min(halvings, 20))
      guard side >= least else {
        let fitting = (0..<min(halvings, 21)).last { 3 << min($0, 20) <= side }
        throw Failure(
          "E-shape",
          "images of \(shape[1])x\(shape[2]) are too small for discriminators \(layers.map { "with \($0) layers" } ?? "that halve them \(halvings) times")",
          notes: ["they need at least \(least)x\(least)"],
          suggestion: layers.flatMap { layers in
            fitting.map { $0 > 0 ? "layers=\(layers - halvings + $0)" : nil } ?? nil
          } ?? "size=\(least)x\(least)",
          parameter: layers == nil ? parameter ?? name : "layers")
      }
      shapes.append(shape)
    }
    guard shapes[0][1] == shapes[1][1], shapes[0][2] == shapes[1][2] else {
      throw Failure.setsDiffer(shapes[0], shapes[1])
    }
    return (shapes[0], shapes[1])
  }

  /// The shape of the training images; an error is about the argument `parameter`.
  private static func trained(_ set: Dataset, _ augment: Augmentation?, _ parameter: String) throws
    -> Shape
  {
    try Failure.renaming([nil: parameter]) { try set.trainedShape(augment) }
  }

  /// The nearest size that divides by `unit`.
  private static func nearest(_ size: Int, _ unit: Int) -> Int {
    max(unit, (size + unit / 2) / unit * unit)
  }
}
