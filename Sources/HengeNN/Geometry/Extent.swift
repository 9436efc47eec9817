// SPDX-License-Identifier: MIT
internal import HengeBackend

/// How deep a network is nested, and how many layers it has.
///
/// A run goes down the nesting on the stack, and files write it as nested JSON: the limit is what
/// both take. A layer that is in a network twice counts twice, as it runs twice.
struct Extent {
  /// Layers in one another, the outermost counted.
  let depth: Int
  /// Layers in all.
  let layers: Int

  static let deepest = 40
  static let most = 100_000

  /// That of a layer with `parts` inside.
  init(of parts: [(name: String, layer: Layer)]) {
    var (depth, layers) = (0, 0)
    for (_, part) in parts {
      depth = max(depth, part.extent.depth)
      layers = min(Extent.most + 1, layers + part.extent.layers)
    }
    self.depth = depth + 1
    self.layers = layers + 1
  }

  /// Throws `E-depth` for more than a network may have.
  func check() throws {
    guard depth <= Extent.deepest else {
      throw Failure(
        "E-depth",
        "layers can be nested \(Extent.deepest) deep, and these would be \(depth) deep",
        suggestion: "one sequential(a, b, …) with all layers")
    }
    guard layers <= Extent.most else {
      throw Failure(
        "E-depth", "a network can have \(Extent.most) layers, and this one would have more",
        notes: ["a layer used twice counts twice"])
    }
  }
}

extension Layer {
  /// How deep it is nested, and how many layers it has.
  var extent: Extent { made?.extent ?? Extent(of: parts) }
}
