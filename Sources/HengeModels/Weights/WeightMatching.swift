// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

/// Looks for the places of a file's arrays in a model.
struct WeightMatching {
  /// What goes where.
  struct Match {
    let parts: [WeightFitting.Part]
    var leftOver: [String] = []
    var notes: [String] = []
  }

  /// The file does not fit; a part of it may.
  struct Mismatch: Error {
    let failure: Failure
  }

  let model: Layer
  let path: String
  let places: [WeightPlace]

  init(_ model: Layer, path: String) {
    self.model = model
    self.path = path
    places = WeightPlace.all(of: model)
  }

  // MARK: Parts

  /// What goes where out of `file`, or out of the only part of it that fits, which is said.
  func match(_ file: ForeignFile) throws -> (match: Match, part: String?) {
    do {
      return (try matchWhole(file), nil)
    } catch let mismatch as Mismatch {
      let parts = CheckpointParts(file.arrays)
      var found: [(part: String, result: Result<Match, any Error>)] = []
      // A normalization may lack two of four arrays, and filters be multiplied out.
      let (count, elements) = (model.allParameters.count + 1, model.parameterCount / 16)
      for part in parts.parts(ofAtLeast: count / 2, elements: elements) ?? [] {
        do {
          found.append((part.path, .success(try matchWhole(file.with(part.arrays)))))
        } catch is Mismatch {
        } catch { found.append((part.path, .failure(error))) }
      }
      guard found.count <= 1 else {
        throw Failure.file(
          path,
          "contains several networks that fit this model: \(CheckpointParts.list(found.map(\.part)))",
          suggestion: "part=\"\(found[0].part)\"")
      }
      if let (part, result) = found.first { return (try result.get(), part) }
      var failure = mismatch.failure
      if parts.topmost.count > 1, parts.topmost.allSatisfy({ Int($0) == nil }) {
        failure = Failure(
          failure.code, failure.message,
          notes: failure.notes + [
            "its parts are \(CheckpointParts.list(parts.topmost)), and none of them fits"
          ], suggestion: failure.suggestion)
      }
      throw failure
    }
  }

  // MARK: One network

  private func matchWhole(_ file: ForeignFile) throws -> Match {
    if let match = try byOwnNames(file.arrays) ?? byReferenceNames(file.arrays) { return match }
    if !file.arrays.isEmpty, file.arrays.allSatisfy({ WeightName($0.name).isPosition }) {
      return try withoutRoles(file)
    }
    var layers = try ForeignLayer.all(of: file.arrays, from: path)
    let network = file.kerasConfig.flatMap { KerasNetwork($0) }
    do { try ForeignLayer.describe(&layers, by: network, from: path) } catch {
      guard let failure = error as? Failure else { throw error }
      throw Mismatch(failure: failure)
    }
    let leftOver = try leaveOut(&layers)
    let isFirst = network?.hasChannelsFirst ?? false
    let sizes = places.map { $0.parameters.reduce(0) { $0 + $1.parameter.value.count } }
    let assignment = WeightAssignment(layers, places, isListed: file.isListed) { layer, place in
      // Most pairs differ in how many numbers they have.
      (layers[layer].keras != nil || layers[layer].count == sizes[place])
        && WeightFitting(layers[layer], into: places[place], isChannelsFirst: isFirst) != nil
    }
    switch assignment.outcome() {
    case .none: throw Mismatch(failure: mismatch(layers, places, assignment))
    case .open(let one, let other): throw open(one, other, layers, places)
    case .only(let chosen):
      let parts = zip(places, chosen).flatMap { place, layer in
        WeightFitting(layers[layer], into: place, isChannelsFirst: isFirst)?.parts ?? []
      }
      return Match(
        parts: parts, leftOver: leftOver,
        notes: notes(zip(places, chosen).map { ($0, layers[$1]) }))
    }
  }

  /// Every parameter under its own name; nil where one is not there, or has another shape.
  func byOwnNames(_ arrays: [NamedArray]) throws -> Match? {
    try by(model.allParameters.map { ($0.name, $0.name) }, arrays) { _ in true }
  }

  /// Every parameter under its name in the reference program, after one prefix.
  private func byReferenceNames(_ arrays: [NamedArray]) throws -> Match? {
    guard let pairs = model.reference?.pairs(model), let first = pairs.first?.reference else {
      return nil
    }
    let prefixes = arrays.map(\.name).filter { $0 == first || $0.hasSuffix("." + first) }
      .map { $0.dropLast(first.count) }
    guard prefixes.count == 1 else { return nil }
    return try by(pairs.map { ($0.own, prefixes[0] + $0.reference) }, arrays) {
      try ReferenceNames.isExtra($0, to: model)
    }
  }

  private func by(
    _ pairs: [ReferenceNaming.Pair], _ arrays: [NamedArray],
    mayLeave: (NamedArray) throws -> Bool
  ) throws -> Match? {
    let named = Dictionary(arrays.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let sources = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    var parts: [WeightFitting.Part] = []
    for (name, parameter) in model.allParameters {
      guard let source = sources[name].flatMap({ named[$0] }),
        source.array.shape == parameter.value.shape, source.array.elementType.isFloat
      else { return nil }
      parts.append(.init(name: name, parameter: parameter, source: source, layout: .same))
    }
    let taken = Set(parts.compactMap(\.source?.name))
    let left = arrays.filter { !taken.contains($0.name) }
    guard !parts.isEmpty, try left.allSatisfy(mayLeave) else { return nil }
    return Match(
      parts: parts,
      leftOver: left.map(\.name).filter { !$0.hasSuffix("num_batches_tracked") })
  }

  /// Removes what is no weight: counters, what layers blur by, statistics that old PyTorch kept with
  /// instance normalization.
  private func leaveOut(_ layers: inout [ForeignLayer]) throws -> [String] {
    var leftOver: [String] = []
    let hasStatistics = places.contains { $0.shape(.mean) != nil }
    let blurs = model.allLayers.contains { $0.layer.blur != nil }
    for index in layers.indices {
      if blurs, let blur = layers[index].remove(.blur),
        try !ReferenceNames.isBlur(blur.array, of: model)
      {
        throw Mismatch(
          failure: .file(
            path,
            "`\(shortened(blur.name))`, \(blur.array.shape), is not the filter that a layer of this model blurs by"
          ))
      }
      let isCounted = layers[index].remove(.counter) != nil
      guard !hasStatistics, layers[index].hasStatistics else { continue }
      guard !isCounted, !layers[index].isOfKeras else {
        throw Mismatch(
          failure: .file(
            path,
            "contains running statistics, \(layers[index].description), and this model has no batch normalization that uses them"
          ))
      }
      leftOver += [WeightRole.mean, .variance].compactMap { layers[index].remove($0)?.name }
    }
    layers.removeAll { $0.arrays.isEmpty }
    return leftOver
  }

  private func notes(_ chosen: [(WeightPlace, ForeignLayer)]) -> [String] {
    var notes: [String] = []
    let uneven = chosen.compactMap { place, layer -> (WeightPlace, Double)? in
      guard let keras = layer.keras, keras.kind.hasSuffix("normalization"), let own = place.epsilon
      else { return nil }
      let theirs: Double =
        switch keras.options["epsilon"] {
        case .number(let number)?: number
        case .integer(let number)?: Double(number)
        default: 1e-3
        }
      return abs(own - theirs) > 1e-3 * theirs ? (place, theirs) : nil
    }
    if let (place, epsilon) = uneven.first {
      notes.append(
        "Keras adds \(epsilon) to the variance, `\(place.path)` adds \(place.epsilon ?? 0): with eps=\(epsilon) the model computes what Keras does"
      )
    }
    let wide = chosen.first { _, layer in
      layer.keras?.kind == "separable_conv2d" || layer.keras?.kind == "depthwise_conv2d"
    }
    if let (place, layer) = wide {
      notes.append(
        "`\(place.path)` has the filters of \(layer.keras?.kind ?? "") multiplied out, which produces the same images"
      )
    }
    return notes
  }
}
