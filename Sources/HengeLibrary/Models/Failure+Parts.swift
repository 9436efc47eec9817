// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage

/// What a number in place of a layer's name is answered with.
let layerAdvice = "m.layers: the names of its layers, in quotes"

extension Failure {
  /// A model has no `what` called `name`, but those of `names`.
  static func unknownPart(
    _ what: String, _ name: String, among names: [String], parameter: String?
  ) -> Failure {
    let known = names.filter { !$0.isEmpty }
    let shown = known.prefix(6).joined(separator: ", ")
    let more = known.count > 6 ? ", …, \(known.count) in all" : ""
    return Failure(
      "E-name", "the model has no \(what) `\(name)`",
      notes: known.isEmpty ? [] : ["it has \(shown)\(more)"],
      suggestion: (Suggestion.closest(to: name, among: known) ?? known.first).map { "\"\($0)\"" },
      parameter: parameter)
  }
}
