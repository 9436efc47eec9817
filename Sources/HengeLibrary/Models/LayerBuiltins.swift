// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeModels
internal import HengeNN

/// A built-in for each kind of layer and each architecture, made from its declaration.
func layers(_ session: Session) -> [Builtin] {
  LayerKind.layers.map { builtin(for: $0, session) }
}

/// As ``layers(_:)``, for whole networks.
func architectures(_ session: Session) -> [Builtin] {
  LayerKind.architectures.map { builtin(for: $0, session) }
}

private func builtin(for kind: LayerKind, _ session: Session) -> Builtin {
  var declared: [(parameter: HengeLanguage.Parameter, kind: ParameterKind)] = kind.options.map {
    option in
    let kind = ParameterKind(option.kind.name + (option.initial == Setting.none ? " | none" : "")) {
      value in
      Setting(value).map { option.kind.couldBe($0) || $0 == option.initial } ?? false
    }
    guard let initial = option.initial else {
      return (HengeLanguage.Parameter(option.name, option.summary), kind)
    }
    return (HengeLanguage.Parameter(option.name, option.summary, default: initial.value), kind)
  }
  let takesLayers = kind.parts == .sequence
  if takesLayers {
    let options = zip(kind.options, declared).map { option, one in
      (
        parameter: one.parameter.initial.map {
          HengeLanguage.Parameter(option.name, option.summary, default: $0, isKeywordOnly: true)
        } ?? one.parameter, kind: one.kind
      )
    }
    declared = [
      (
        HengeLanguage.Parameter("layers", "Layers in the order in which they run.")
          .suggesting("sequential(*§)"),
        .rest(ModelObject.self)
      ),
      (
        HengeLanguage.Parameter("named", "Further layers with names, such as head=conv(8, 3)."),
        .keywords(ModelObject.self)
      ),
    ]
    declared += options
  }
  return Builtin(
    kind.name, kind.fullSummary, declared: declared, result: ModelObject.kind,
    examples: [
      Example(
        """
        m = \(kind.exampleCode)
        m(ones(\(kind.example.input.asShape))).shape
        #=> \(kind.example.output.asShape)
        """)
    ],
    seeAlso: takesLayers ? ["conv", "relu"] : ["sequential", "summary"],
    errors: ["E-shape", "E-range"] + (takesLayers ? ["E-depth"] : [])
  ) { _, values in
    let settings = try kind.settings(
      zip(kind.options, values.suffix(kind.options.count)).compactMap { option, value in
        Setting(value).map { (option.name, $0) }
      })
    if takesLayers {
      guard let rest = Rest<ModelObject>.from(values[0]),
        let named = Keywords<ModelObject>.from(values[1])
      else { return .none }
      let parts =
        numbered(rest.elements.map(\.layer)) + named.fields.map { ($0.name, $0.value.layer) }
      return try session.drawingIfAny { weights in
        .object(ModelObject(try kind.layer(settings, parts: parts, weights), session))
      }
    }
    return try session.drawingWeights { weights in
      .object(ModelObject(try kind.layer(settings, weights), session))
    }
  }
}

extension LayerKind {
  /// The summary, with how images are padded whose sides its divisor does not divide.
  fileprivate var fullSummary: String {
    guard let divisor else { return summary }
    return
      "\(summary) Outside training, an image whose sides are not divisible by \(divisor.words) is padded by reflection, and the output is cropped to its size."
  }
}

/// Names for layers without one: the kind, and a number that counts layers of this kind.
private func numbered(_ layers: [Layer]) -> [(name: String, layer: Layer)] {
  var counts: [String: Int] = [:]
  return layers.map { layer in
    counts[layer.kind, default: 0] += 1
    return ("\(layer.kind)\(counts[layer.kind] ?? 0)", layer)
  }
}

extension OptionDeclaration.Kind {
  /// What signatures and messages call it.
  fileprivate var name: String {
    switch self {
    case .int: "int"
    case .num: "num"
    case .bool: "bool"
    case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: " | ")
    case .pair: "int | (int, int)"
    case .pairOrChoice(_, let words):
      "int | (int, int) | " + words.map { "\"\($0)\"" }.joined(separator: " | ")
    case .ints: "list of int"
    }
  }

  /// Whether a setting is of the right type; the layer checks its value.
  fileprivate func couldBe(_ setting: Setting) -> Bool {
    switch (self, setting) {
    case (.int, .int), (.num, .num), (.num, .int), (.bool, .bool), (.choice, .text),
      (.pair, .int), (.pair, .ints), (.pairOrChoice, .int), (.pairOrChoice, .ints),
      (.pairOrChoice, .text), (.ints, .ints):
      true
    default: false
    }
  }
}

extension [Int] {
  /// The sizes as a shape is written: `1x3x8x8`.
  fileprivate var asShape: String { map(String.init).joined(separator: "x") }
}
