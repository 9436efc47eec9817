// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// The values of one histogram or of several, which have names in a record.
private struct HistogramData: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | num | list | record" }

  static func from(_ value: Value) -> HistogramData? {
    if case .record = value { return HistogramData(value: value) }
    return TensorLike.from(value) == nil ? nil : HistogramData(value: value)
  }

  /// The groups with their names, empty for none.
  var groups: [(name: String, values: Value)] {
    switch value {
    case .record(let record): return Array(zip(record.names, record.values))
    case .list(let list) where list.elements.contains(where: HistogramData.isGroup):
      return list.elements.map { ("", $0) }
    default: return [("", value)]
    }
  }

  /// Whether an element of a list is several values, not one.
  private static func isGroup(_ element: Value) -> Bool {
    if case .list = element { return true }
    return (Tensor.from(element)?.rank ?? 0) > 0
  }
}

/// The built-in that plots histograms.
func histogram(_ session: Session) -> Builtin {
  Builtin(
    "hist",
    "Plots a histogram of the values of a tensor, or the histograms of several next to each other over the same bins.",
    Parameter(
      "x",
      "A tensor of any shape or a list of numbers; or a list or a record of several, one histogram for each."
    ),
    Parameter("bins", "Number of bins of equal width.", default: 30),
    Parameter(
      "log", "Whether the axis of counts is logarithmic.", default: false,
      isKeywordOnly: true),
    titleParameter, xLabelParameter,
    Parameter(
      "labels",
      "Labels of the histograms in the legend; the names of a record's fields are its labels.",
      default: Labels(names: []), isKeywordOnly: true),
    Parameter(
      "density",
      "Whether to divide the counts so that each histogram has an area of 1, to compare sets of different sizes.",
      default: false, isKeywordOnly: true),
    examples: [
      Example("print(hist(randn(1000), bins=20))", prints: "plot of 20 points in 1 series"),
      Example(
        """
        a = randn(1000)
        b = randn(1000) + 1
        print(hist([a, b], bins=20, labels=["a", "b"]))
        #=> plot of 40 points in 2 series
        """),
    ],
    seeAlso: ["plot", "histogram", "bincount"], errors: ["E-range", "E-type", "E-arg"]
  ) {
    (
      call: Call, x: HistogramData, bins: Int, log: Bool, title: String, xlabel: String,
      labels: Labels, density: Bool
    ) in
    guard (1...10_000).contains(bins) else {
      throw Failure("E-range", "`bins` must be 1 to 10000, not \(bins)", parameter: "bins")
    }
    let groups = x.groups
    guard labels.names.isEmpty || labels.names.count == groups.count else {
      throw Failure(
        "E-arg",
        "\(counted(labels.names.count, "label")) for \(counted(groups.count, "histogram"))",
        parameter: "labels")
    }
    let tensors = try groups.map { group in
      guard let values = TensorLike.from(group.values) else {
        throw Failure(
          "E-type",
          "a histogram needs a tensor or a list of numbers, not \(group.values.kindWithArticle)",
          parameter: "x")
      }
      return try values.tensor(.f64, on: session.backend)
    }
    let (histogram, omitted) = try withDoubles(of: tensors[...]) {
      try Plot.histogram(of: $0, bins: bins, isDensity: density, budget: session.budget)
    }
    if omitted > 0 {
      let count = tensors.reduce(0) { $0 + $1.count }
      call.note("\(omitted) of \(count) values are not finite and are left out")
    }
    var plot = histogram
    for (index, group) in groups.enumerated() {
      plot.series[index].name = labels.names.isEmpty ? group.name : labels.names[index]
    }
    plot.title = title
    plot.xLabel = xlabel
    plot.isLogY = log
    return PlotObject(plot, session.budget)
  }.alsoCalled("distribution").rewriting { arguments in
    // `hist(a, b)`, as plot takes several.
    let areAll = arguments.count > 1 && arguments.allSatisfy { Tensor.from($0.value) != nil }
    return areAll ? "hist([\(arguments.map(\.text).joined(separator: ", "))])" : nil
  }
}

/// Calls `body` with the elements of each `f64` tensor, without a copy of those that are contiguous.
private func withDoubles<R>(
  of tensors: ArraySlice<Tensor>, _ found: [UnsafeBufferPointer<Double>] = [],
  _ body: ([UnsafeBufferPointer<Double>]) throws -> R
) throws -> R {
  guard let first = tensors.first else { return try body(found) }
  return try first.withBytes { bytes in
    try withDoubles(
      of: tensors.dropFirst(), found + [bytes.assumingMemoryBound(to: Double.self)], body)
  }
}
