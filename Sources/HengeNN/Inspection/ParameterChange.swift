// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// The change of a parameter from one state of a network to another.
public struct ParameterChange: Sendable {
  /// The parameter's path: `res.2.conv1.weight`.
  public let name: String
  /// The shape of it.
  public let shape: Shape
  /// `|after - before| / |before|` by Euclidean norms: 0 where nothing moved, infinite from zeros.
  public let relative: Double
  /// The largest `|after - before|` of an element.
  public let largest: Double
  /// The cosine of the angle between both: NaN where one is zero.
  public let cosine: Double

  /// The changes of all parameters, computed in double precision.
  ///
  /// Throws `E-shape` where both do not have the same parameters with the same shapes.
  public static func between(
    _ before: [(name: String, value: Tensor)], _ after: [(name: String, value: Tensor)]
  ) throws -> [ParameterChange] {
    let (first, second) = (Set(before.map(\.name)), Set(after.map(\.name)))
    for (own, other, words) in [(before, second, "first"), (after, first, "second")] {
      if let lone = own.first(where: { !other.contains($0.name) }) {
        throw Failure(
          "E-shape", "only the \(words) network has a parameter `\(lone.name)`",
          notes: ["weights are compared by name, so both networks need the same names"],
          parameter: "b")
      }
    }
    let values = Dictionary(after.map { ($0.name, $0.value) }) { first, _ in first }
    return try before.compactMap { name, old in
      guard let new = values[name] else { return nil }
      guard old.shape == new.shape else {
        throw Failure(
          "E-shape",
          "`\(name)` is \(old.shape) in the first network and \(new.shape) in the second",
          parameter: "b")
      }
      let (x, y) = (try old.cast(to: .f64), try new.cast(to: .f64))
      func norm(_ tensor: Tensor) throws -> Double { try tensor.norm().item().double }
      let apart = try y - x
      let (length, distance) = (try norm(x), try norm(apart))
      return ParameterChange(
        name: name, shape: old.shape, relative: distance == 0 ? 0 : distance / length,
        largest: x.count == 0 ? 0 : try apart.map(.abs).maximum().item().double,
        cosine: try (x * y).sum().item().double / (length * norm(y)))
    }
  }
}
