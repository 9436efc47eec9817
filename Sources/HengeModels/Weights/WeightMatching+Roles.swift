// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

// Files whose names say nothing of what an array is to its layer: `arr_0`, `arr_1`, … of numpy.
extension WeightMatching {
  /// What goes where by shapes and numbers alone: each array into one parameter.
  func withoutRoles(_ file: ForeignFile) throws -> Match {
    let layers = try ForeignLayer.all(of: file.arrays, from: path)
    var slots: [WeightPlace] = []
    for place in places {
      for parameter in place.parameters {
        slots.append(
          WeightPlace(
            path: parameter.name, kind: place.kind, parameters: [parameter],
            epsilon: place.epsilon, flattenedChannels: place.flattenedChannels))
      }
    }
    var found: [Match] = []
    var mismatch: Mismatch?
    for isKeras in [false, true] {
      do {
        found.append(try match(layers, slots, isKeras: isKeras))
      } catch let error as Mismatch { mismatch = mismatch ?? error }
    }
    guard let first = found.first else {
      throw mismatch ?? Mismatch(failure: Failure.file(path, "contains no weights of this model"))
    }
    if found.count > 1, let other = found.last,
      first.parts.contains(where: { part in
        other.parts.contains { $0.name == part.name && $0.layout != part.layout }
      })
    {
      throw Failure.file(
        path,
        "fits this model as PyTorch lays out filters (out, in, height, width) and as Keras does (height, width, in, out)",
        suggestion: "name the arrays `conv1.weight` or `conv1/kernel`, …, as the program does")
    }
    return first
  }

  private func match(_ layers: [ForeignLayer], _ slots: [WeightPlace], isKeras: Bool) throws
    -> Match
  {
    func fitting(_ layer: Int, _ slot: Int) -> WeightFitting? {
      guard let own = slots[slot].parameters.first else { return nil }
      var named = layers[layer]
      let isKernel = isKeras && own.role == .weight && own.parameter.value.rank > 1
      named.rename(.unsaid, to: isKernel ? .kernel : own.role)
      return WeightFitting(named, into: slots[slot], isChannelsFirst: false)
    }
    let assignment = WeightAssignment(layers, slots, isListed: false) {
      fitting($0, $1) != nil
    }
    switch assignment.outcome() {
    case .none: throw Mismatch(failure: self.mismatch(layers, slots, assignment))
    case .open(let one, let other): throw open(one, other, layers, slots)
    case .only(let chosen):
      return Match(
        parts: chosen.enumerated().flatMap { fitting($1, $0)?.parts ?? [] })
    }
  }
}
