// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeNN
internal import HengeTensor

extension WeightMatching {
  /// Two ways are left: says between which arrays.
  func open(_ one: [Int], _ other: [Int], _ layers: [ForeignLayer], _ places: [WeightPlace])
    -> Failure
  {
    let suggestion =
      "w = load(\(quotedPath(path))), then m.load((\(exampleRecord))) with each array under the model's own name"
    guard let place = one.indices.first(where: { $0 < other.count && one[$0] != other[$0] }) else {
      return Failure.file(
        path, "fits this model in too many ways: neither names nor shapes say which",
        suggestion: suggestion)
    }
    let (first, second) = (layers[one[place]], layers[other[place]])
    return Failure.file(
      path,
      "both \(first.description) and \(second.description) fit `\(places[place].path)`, and neither their names nor their shapes say which it is",
      suggestion: suggestion)
  }

  /// `conv1=(weight=w["…"])`.
  private var exampleRecord: String {
    guard let name = places.first?.parameters.first?.name else { return "" }
    let parts = name.split(separator: ".").map(String.init)
    guard parts.allSatisfy({ $0.first?.isLetter ?? false }) else { return "weights" }
    return parts.dropLast().reversed().reduce("\(parts.last ?? "")=w[\"…\"], …") {
      "\($1)=(\($0))"
    }
  }

  /// No way is left: says what does not fit.
  func mismatch(
    _ layers: [ForeignLayer], _ places: [WeightPlace], _ assignment: WeightAssignment
  ) -> Failure {
    let own = places.reduce(0) { $0 + $1.parameters.count }
    let theirs = layers.reduce(0) { $0 + $1.ordered.count }
    let fitted = Set(places.indices.flatMap { assignment.layers(fitting: $0) })
    let stray = layers.indices.first { !fitted.contains($0) }.map { layers[$0] }
    let lacking = places.indices.first { assignment.layers(fitting: $0).isEmpty }
      .map { described(places[$0]) }
    let suggestion = "summary(m, …) lists the model's, load(…) the file's"
    if own != theirs {
      return Failure.file(
        path, "contains \(counted(theirs, "weight")), and this model has \(own)",
        notes: [
          stray.map { "\($0.description): there is no such layer in the model" },
          lacking.map { "nothing in the file fits \($0)" },
        ].compactMap { $0 }, suggestion: suggestion)
    }
    if let stray, let lacking {
      return Failure.file(
        path, "contains \(stray.description), and the model \(lacking)", suggestion: suggestion)
    }
    return Failure.file(
      path, "its layers, in the order that their names say, are not those of this model",
      notes: [
        stray.map { "\($0.description): there is no such layer in the model" },
        lacking.map { "nothing in the file fits \($0)" },
      ].compactMap { $0 }, suggestion: suggestion)
  }

  /// `` `conv1` with weight 8x3x3x3, bias 8 ``.
  private func described(_ place: WeightPlace) -> String {
    let shapes = place.parameters.map { name in
      "\(name.name.split(separator: ".").last ?? "") \(name.parameter.value.shape)"
    }
    return (place.path.isEmpty ? "" : "`\(place.path)` with ") + shapes.joined(separator: ", ")
  }
}
