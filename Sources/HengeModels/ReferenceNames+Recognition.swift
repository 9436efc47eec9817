// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeFiles
public import HengeNN
internal import HengeTensor

extension ReferenceNames {
  /// The network whose weights `arrays` are, by their names and shapes; nil where there is none.
  ///
  /// Guesses are checked: every name and every shape must be there. Throws `E-memory`.
  public static func recognised(
    _ arrays: [NamedArray], from path: String, on backend: any Backend
  ) throws -> Layer? {
    let shapes = Dictionary(
      arrays.map { (plain($0.name), $0.array.shape) }, uniquingKeysWith: { first, _ in first })
    guard shapes.count == arrays.count,
      let (kind, reference, settings) = declaration(of: shapes),
      let model = try? Blueprint(kind.name, kind.settings(settings))
        .build(among: LayerKind.architectures, .zeros(on: backend))
    else { return nil }
    let pairs = reference.pairs(model)
    let own = Dictionary(
      model.allParameters.map { ($0.name, $0.parameter.value.shape) },
      uniquingKeysWith: { first, _ in first })
    guard pairs.allSatisfy({ shapes[$0.reference] == own[$0.own] }) else { return nil }
    let known = Set(pairs.map(\.reference))
    guard
      try arrays.allSatisfy({ try known.contains(plain($0.name)) || isExtra($0, to: model) })
    else { return nil }
    let found = Dictionary(
      arrays.map { (plain($0.name), $0.array) }, uniquingKeysWith: { first, _ in first })
    let named = pairs.compactMap { pair in found[pair.reference].map { NamedArray(pair.own, $0) } }
    guard let match = try WeightMatching(model, path: path).byOwnNames(named) else { return nil }
    let values = try match.parts.map { try $0.value(on: backend) }
    for (part, value) in zip(match.parts, values) { part.parameter.set(value) }
    return model
  }

  /// The first architecture that arrays of these names and shapes may belong to, with its settings.
  private static func declaration(
    of shapes: [String: Shape]
  ) -> (LayerKind, ReferenceNaming, [(String, Setting)])? {
    for kind in LayerKind.architectures {
      if let reference = kind.reference, let settings = reference.settings(shapes) {
        return (kind, reference, settings)
      }
    }
    return nil
  }

  /// A name without what a network of several devices puts before it.
  private static func plain(_ name: String) -> String {
    name.hasPrefix("module.") ? String(name.dropFirst(7)) : name
  }

  /// Whether an array is none of the weights of `model` and may be left out.
  ///
  /// Old PyTorch kept statistics with instance normalization, and still counts them with others; a
  /// blur keeps what it blurs by, which must be what the model blurs by. Throws `E-memory`.
  static func isExtra(_ array: NamedArray, to model: Layer) throws -> Bool {
    if isStatistic(array.name) { return true }
    return try array.name.hasSuffix(".filt") && isBlur(array.array, of: model)
  }

  /// Whether an array is what a layer of `model` blurs by: the outer product of its filter with itself,
  /// for each channel.
  ///
  /// Throws `E-memory`.
  static func isBlur(_ array: ArrayData, of model: Layer) throws -> Bool {
    let taps = model.allLayers.compactMap(\.layer.blur).first { taps in
      array.shape.sizes.dropFirst() == [1, taps.count, taps.count]
    }
    guard let taps, array.elementType.isFloat,
      let backend = model.allParameters.first?.parameter.value.backend
    else { return false }
    let kernel = taps.flatMap { row in taps.map { row * $0 } }
    return try Tensor(array, on: backend).cast(to: .f32).floats().enumerated().allSatisfy {
      abs($1 - kernel[$0 % kernel.count]) < 1e-6
    }
  }

  private static func isStatistic(_ name: String) -> Bool {
    ["running_mean", "running_var", "num_batches_tracked"].contains { name.hasSuffix(".\($0)") }
  }
}
