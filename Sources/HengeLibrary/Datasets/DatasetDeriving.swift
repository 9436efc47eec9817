// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

private var dataset: Parameter { Parameter("A", "A dataset.") }
private var count: Parameter { Parameter("count", "Number of items.") }
private var stream: Parameter {
  Parameter(
    "rng", "Random stream to draw from, made by rng(name).", default: RandomHandle?.none,
    isKeywordOnly: true)
}

/// Parts of a split: one part's size, or all; fractions of the whole, or numbers of items.
struct SplitParts: ValueConvertible {
  let value: Value
  private let numbers: [Number]
  static var kind: String { "num | list of num" }

  static func from(_ value: Value) -> SplitParts? {
    if let number = Number.from(value) { return SplitParts(value: value, numbers: [number]) }
    return [Number].from(value).map { SplitParts(value: value, numbers: $0) }
  }

  /// The parts of `dataset`; a single number's rest is the second part.
  func split(_ dataset: Dataset) throws -> [Dataset] {
    let isOne = Number.from(value) != nil
    let counts = numbers.compactMap { number -> Int? in
      if case .int(let count) = number { count } else { nil }
    }
    if counts.count == numbers.count {
      guard isOne else { return try dataset.split(counts: counts) }
      guard (0...dataset.count).contains(counts[0]) else {
        throw Failure(
          "E-range",
          "the first part cannot have \(counted(counts[0], "item")): the dataset has \(dataset.count)",
          suggestion: "a fraction, such as 0.8", parameter: "parts")
      }
      return try dataset.split(counts: [counts[0], dataset.count - counts[0]])
    }
    let fractions = numbers.map(\.double)
    if isOne, !(0...1).contains(fractions[0]) {
      throw Failure(
        "E-range",
        "the fraction of the first part must be from 0 to 1, not \(fractions[0])",
        suggestion: "0.8", parameter: "parts")
    }
    return try dataset.split(fractions: isOne ? [fractions[0], 1 - fractions[0]] : fractions)
  }
}

extension Session {
  /// Lends `body` the handle's stream, or the session's stream `name`.
  fileprivate func draw<Result>(
    from name: String, _ handle: RandomHandle?,
    _ body: (inout RandomStream) throws -> Result
  ) rethrows -> Result {
    if let handle { return try body(&handle.stream) }
    return try streams.draw(from: name, body)
  }
}

/// Built-ins that make datasets from datasets.
func datasetDeriving(_ session: Session) -> [Builtin] {
  choosing(session) + [
    Builtin(
      "join", "Concatenates two datasets: all items of `A`, then all of `B`.", dataset,
      Parameter("B", "A dataset with the same channels, size and range."),
      examples: [
        Example("A = faces(\"anime\", 3)\nB = faces(\"photo\", 2)\nlen(A.join(B))\n#=> 5")
      ], seeAlso: ["pairs"], errors: ["E-shape"]
    ) { (A: Dataset, B: Dataset) in try A.joined(with: B) },
    Builtin(
      "batches",
      "Returns the images as batches [N, C, H, W] to loop over. The last batch may be smaller.",
      dataset, Parameter("size", "Batch size: number of images per batch."),
      examples: [
        Example("[len(x) for x in faces(\"anime\", 5).batches(2)]", gives: "[2, 2, 1]")
      ], seeAlso: ["shuffle"], errors: ["E-range", "E-shape"]
    ) { (A: Dataset, n: Int) in try BatchesObject(A, size: n) }.alsoCalled(
      "batch", "minibatch", "dataloader", "data loader"),
    Builtin(
      "batches",
      "Returns the pairs as batches [a, b] to loop over, with a and b tensors [N, C, H, W].",
      Parameter("P", "Pairs of datasets."),
      Parameter("size", "Batch size: number of pairs per batch."),
      examples: [
        Example(
          """
          P = pairs(faces("anime", 3), faces("photo", 3))
          len(P.batches(2))
          #=> 2
          """)
      ], seeAlso: ["pairs"], errors: ["E-range", "E-shape"]
    ) { (P: PairsObject, n: Int) in try BatchesObject(P.pairs, size: n) },
  ]
}

/// Built-ins that choose items of a dataset.
private func choosing(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "take", "Returns the first `count` items, or all if there are fewer.", dataset, count,
      examples: [Example("len(faces(\"anime\", 10).take(3))", gives: "3")],
      seeAlso: ["sample", "split"], errors: ["E-range"]
    ) { (A: Dataset, n: Int) in try A.take(n) },
    Builtin(
      "shuffle",
      "Returns the items in random order, drawn from the random stream `shuffle` or from a stream of your own.",
      dataset, stream,
      examples: [Example("len(faces(\"anime\", 10).shuffle())", gives: "10")],
      seeAlso: ["sample", "rng"]
    ) { (A: Dataset, handle: RandomHandle?) in
      try session.draw(from: "shuffle", handle) { try A.shuffled(&$0) }
    },
    Builtin(
      "sample",
      "Returns `count` items drawn at random, from the random stream `sample` or from a stream of your own.",
      dataset, count,
      Parameter(
        "replace", "Whether to draw with replacement: an item may be drawn more than once.",
        default: false, isKeywordOnly: true),
      stream,
      examples: [Example("len(faces(\"anime\", 10).sample(20, replace=true))", gives: "20")],
      seeAlso: ["shuffle", "rng"], errors: ["E-range"]
    ) { (A: Dataset, n: Int, replace: Bool, handle: RandomHandle?) in
      try session.draw(from: "sample", handle) {
        try A.sample(n, replacement: replace, from: &$0)
      }
    },
    Builtin(
      "split",
      """
      Splits a dataset into consecutive parts, such as training and test images. Fractions must sum \
      to 1; ints are numbers of items. With a single number, the second part is the rest.
      """,
      dataset, Parameter("parts", "A fraction or a number of items, or a list of them."),
      examples: [
        Example("train, test = faces(\"anime\", 10).split(0.8)\nlen(test)\n#=> 2")
      ], seeAlso: ["shuffle", "take"], errors: ["E-range"]
    ) { (A: Dataset, parts: SplitParts) in try parts.split(A) }.alsoCalled(
      "train test split", "validation set", "overfit", "overfitting"
    )
    .inPlaceOf(
      "cross validation",
      advice: "A.split(0.8) makes one training and one validation set"),
  ]
}
