// SPDX-License-Identifier: MIT
import HengeBackend

extension Failure {
  static func emptyMontage(_ what: String) -> Failure {
    Failure("E-arg", "\(what) needs at least one image")
  }

  static func montageNumber(_ name: String, _ value: Int, atLeast least: Int) -> Failure {
    Failure("E-range", "\(name) is \(value); it must be at least \(least)", parameter: name)
  }

  static func montageLabels(_ place: String, _ labels: Int, _ cells: Int) -> Failure {
    Failure(
      "E-arg",
      "\(labels) \(labels == 1 ? "label" : "labels") at the \(place) for \(cells) "
        + (place == "top" ? "column" : "row") + (cells == 1 ? "" : "s"),
      suggestion: "one label for each, or none", parameter: place)
  }

  static func montageTooLarge() -> Failure {
    Failure("E-range", "the montage would have more pixels than can be counted")
  }

  static func noMaps() -> Failure {
    Failure("E-shape", "there is no map to draw: the number of channels is 0")
  }

  static func overlayAlpha(_ alpha: Double) -> Failure {
    Failure(
      "E-range", "alpha is \(alpha); it must be 0 (only the image) to 1 (only the map)",
      parameter: "alpha")
  }
}
