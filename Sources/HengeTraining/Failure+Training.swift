// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData

extension Failure {
  static func negativeSteps(_ steps: Int) -> Failure {
    Failure(
      "E-range", "the number of steps must be 0 or more, not \(steps)", suggestion: "t.step(1000)",
      parameter: "n")
  }

  static func notPositive(_ parameter: String, _ value: Int) -> Failure {
    Failure(
      "E-range", "`\(parameter)` must be at least 1, not \(value)",
      suggestion: parameter == "keep" ? "keep=1000" : "\(parameter)=100", parameter: parameter)
  }

  static func batchTooLarge(_ batch: Int) -> Failure {
    Failure(
      "E-range", "`batch` is at most \(DifferenceVector.largestBatch), not \(batch)",
      suggestion: "batch=100", parameter: "batch")
  }

  static func learningRate(_ rate: Double) -> Failure {
    Failure(
      "E-range", "`lr` must be a number from 0 to a million, not \(rate)", parameter: "lr")
  }

  static func emptySet(_ parameter: String) -> Failure {
    Failure("E-data", "the dataset has no images", parameter: parameter)
  }

  static func setsDiffer(_ a: Shape, _ b: Shape) -> Failure {
    Failure(
      "E-shape", "the images of A are \(a) and those of B are \(b)",
      notes: ["both datasets need images of the same size"],
      suggestion: a.rank == 3 && b.rank == 3 && a[0] == b[0]
        ? "size=\(a[1])x\(a[2]) for both" : "channels=\"rgb\" for both", parameter: "B")
  }

  static func rangesDiffer(_ a: ImageRange, _ b: ImageRange) -> Failure {
    Failure(
      "E-range", "A has values in \(a) and B in \(b)",
      suggestion: "the same range= for both", parameter: "B")
  }

  static func vectorShape(_ given: Shape, _ expected: Shape) -> Failure {
    Failure(
      "E-shape", "the vector is \(expected) and cannot be added to images of \(given)",
      notes: ["it takes one image, \(expected), or a batch, Nx\(expected)"], parameter: "x")
  }

  /// `name` is `A`, or `val.A` for a held-out dataset.
  static func otherData(_ name: String, _ path: String, _ difference: String) -> Failure {
    let isHeldOut = name.hasPrefix("val.")
    let which = isHeldOut ? "\(name.dropFirst(4)) of val=" : name
    return Failure(
      "E-data",
      "\(which) is not the dataset that \(quotedPath(path)) was \(isHeldOut ? "measured" : "trained") with: \(difference)",
      notes: ["continuing with other data is a different run"],
      suggestion: "the same images, size and range, or resume(…, data=\"changed\")",
      parameter: isHeldOut ? "val" : name)
  }

  static func brokenCheckpoint(_ path: String, _ what: String) -> Failure {
    Failure("E-file", "\(path) is not a complete trainer file: \(what)", parameter: "path")
  }
}
