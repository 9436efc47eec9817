// SPDX-License-Identifier: MIT

/// A small layer of a kind, with the shape of an input that it takes and that of the result.
///
/// Help shows its code, and one suite of tests makes and runs it.
public struct LayerExample: Sendable {
  /// The options given.
  public let settings: [(name: String, value: Setting)]
  /// The layers given, with their options.
  public let layers: [(kind: LayerKind, settings: [(name: String, value: Setting)])]
  /// The sizes of an input.
  public let input: [Int]
  /// The sizes of the result.
  public let output: [Int]

  /// Describes a layer that is not given others; without `output` the result has the input's sizes.
  public init(_ settings: KeyValuePairs<String, Setting> = [:], input: [Int], output: [Int]? = nil)
  {
    self.settings = settings.map { ($0.key, $0.value) }
    layers = []
    self.input = input
    self.output = output ?? input
  }

  /// Describes a layer of others; without `output` the result has the input's sizes.
  public init(
    of layers: KeyValuePairs<LayerKind, KeyValuePairs<String, Setting>>, input: [Int],
    output: [Int]? = nil
  ) {
    settings = []
    self.layers = layers.map { ($0.key, $0.value.map { ($0.key, $0.value) }) }
    self.input = input
    self.output = output ?? input
  }
}

extension LayerKind {
  /// How a script makes the example: `conv(3, 16, padding=1)`.
  public var exampleCode: String { LayerExample.code(self, example.settings, example.layers) }

  /// The layer of the example.
  ///
  /// Throws `E-memory`, and `E-arg` where `weights` have no device.
  public func exampleLayer(_ weights: FirstWeights) throws -> Layer {
    let parts = try example.layers.enumerated().map { index, one in
      (
        "\(one.kind.name)\(index + 1)",
        try one.kind(one.settings.map { ($0.name, $0.value) }, weights)
      )
    }
    return try self(example.settings.map { ($0.name, $0.value) }, parts: parts, weights)
  }
}

extension LayerExample {
  /// A call with the first options by position, as long as none is left out, and the others by name.
  fileprivate static func code(
    _ kind: LayerKind, _ settings: [(name: String, value: Setting)],
    _ layers: [(kind: LayerKind, settings: [(name: String, value: Setting)])] = []
  ) -> String {
    var words = layers.map { code($0.kind, $0.settings) }
    for (place, setting) in settings.enumerated() {
      let isInPlace =
        layers.isEmpty
        && kind.options.prefix(place + 1).map(\.name) == settings.prefix(place + 1).map(\.name)
      words.append(isInPlace ? "\(setting.value)" : "\(setting.name)=\(setting.value)")
    }
    return "\(kind.name)(\(words.joined(separator: ", ")))"
  }
}
