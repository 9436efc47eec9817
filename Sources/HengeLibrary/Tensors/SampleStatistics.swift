// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// Numbers of a list or of a tensor of any shape.
private struct Sample: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | list of num" }
  static func from(_ value: Value) -> Sample? {
    Tensor.from(value) != nil || [Double].from(value) != nil ? Sample(value: value) : nil
  }

  /// The numbers; throws `E-finite` where one is NaN.
  func numbers() throws -> [Double] {
    let numbers = try Tensor.from(value)?.doubles() ?? [Double].from(value) ?? []
    let missing = numbers.count { $0.isNaN }
    guard missing == 0 else {
      throw Failure(
        "E-finite", "\(missing) of \(numbers.count) values are NaN",
        suggestion: Tensor.from(value) == nil ? "[v for v in § if v == v]" : "§[§ == §]",
        parameter: "x")
    }
    return numbers
  }
}

/// The bins of a histogram: their number or their edges.
private struct Bins: ValueConvertible {
  let value: Value
  static var kind: String { "int | list of num" }
  static func from(_ value: Value) -> Bins? {
    Int.from(value) != nil || [Double].from(value) != nil ? Bins(value: value) : nil
  }

  /// The most bins.
  private static let most = 1_000_000

  func edges(of numbers: [Double], _ range: (Double, Double)?) throws -> [Double] {
    guard let count = Int.from(value) else {
      let edges = [Double].from(value) ?? []
      guard edges.count > 1, zip(edges, edges.dropFirst()).allSatisfy({ $0 <= $1 }) else {
        throw Failure(
          "E-range", "`bins` as a list has at least two edges in ascending order", parameter: "bins"
        )
      }
      return edges
    }
    guard (1...Bins.most).contains(count) else {
      throw Failure("E-range", "`bins` must be 1 to \(Bins.most), not \(count)", parameter: "bins")
    }
    let (low, high) = range ?? (numbers.min() ?? 0, numbers.max() ?? 1)
    guard low.isFinite, high.isFinite, (high - low).isFinite else {
      throw Failure(
        "E-finite", "the values reach from \(low) to \(high)", suggestion: "range=(-1, 1)",
        parameter: "x")
    }
    return Histogram.edges(count, from: low, to: high)
  }
}

/// Built-ins about samples of numbers.
func sampleStatistics(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "interval",
      "Returns a confidence interval of a statistic by the bootstrap [Efron 1979] as a record of the statistic's `value` and the ends `low` and `high`. It draws as many values with replacement, `samples` times, and takes quantiles of the statistics of these samples: at the levels α' and 1 - α', where α' = Φ(-√(n / (n - 1)) · t) with Student's t for n - 1 degrees of freedom, so that small samples have no intervals that are too narrow [expanded percentile interval, Hesterberg 2015].",
      Parameter("x", "A tensor of any shape or a list, at least 2 numbers."),
      Parameter(
        "f",
        "The statistic: a function of a tensor f64 [N] that returns a number; by default the mean.",
        default: Callback?.none),
      Parameter("level", "Confidence level, more than 0 and less than 1.", default: 0.95),
      Parameter("samples", "Number of samples, 100 to 1000000.", default: 2000),
      Parameter("seed", "Seed of the samples: another seed draws other samples.", default: 0),
      examples: [
        Example("i = interval([3, 4, 6, 7, 9])\ni.low < i.value and i.value < i.high\n#=> true"),
        Example("interval(arange(50), median, level=0.9).value\n#=> 24.5"),
      ], seeAlso: ["std", "quantile", "group"], errors: ["E-range", "E-finite", "E-type"]
    ) { (call: Call, x: Sample, f: Callback?, level: Double, samples: Int, seed: Int) in
      let numbers = try x.numbers()
      guard numbers.count > 1 else {
        throw Failure(
          "E-range", "an interval needs at least 2 values, not \(numbers.count)", parameter: "x")
      }
      guard level > 0, level < 1 else {
        throw Failure(
          "E-range", "`level` must be more than 0 and less than 1, not \(level)",
          suggestion: level > 1 && level < 100 ? "\(level / 100)" : nil, parameter: "level")
      }
      guard (100...1_000_000).contains(samples) else {
        throw Failure(
          "E-range", "`samples` must be 100 to 1000000, not \(samples)", parameter: "samples")
      }
      func statistic(_ values: [Double]) throws -> Double {
        guard let f else { return values.reduce(0, +) / Double(values.count) }
        let tensor = try Tensor(values, Shape([values.count]), on: session.backend)
        let answer = try f.call([tensor.value]).scalar
        guard let number = Double.from(answer) else {
          throw Failure(
            "E-type", "the statistic must return a number, not \(answer.kindWithArticle)",
            parameter: "f")
        }
        return number
      }
      var stream = RandomStream(seed: UInt64(bitPattern: Int64(seed)), name: "bootstrap")
      let value = try statistic(numbers)
      let ends = try Bootstrap(of: numbers.count, level: level, samples: samples)
        .interval(from: &stream) { places in
          try call.machine.host.checkInterrupt()
          return try statistic(places.map { numbers[$0] })
        }
      return Value(fields: [
        ("value", value.value), ("low", ends.low.value), ("high", ends.high.value),
      ])
    }.alsoCalled("confidence interval", "bootstrap", "error bar"),
    Builtin(
      "histogram",
      "Counts the values between the edges of bins, as numpy's histogram: a record of `counts` (i64) and `edges` (f64, one more). A bin contains its lower edge, the last one also its upper edge; values outside of all bins do not count.",
      Parameter("x", "A tensor of any shape or a list of numbers."),
      Parameter("bins", "Number of bins of equal width, or a list of their edges.", default: 10),
      Parameter(
        "range", "The edges of the first and the last bin; by default the extreme values.",
        default: [Double]?.none),
      examples: [
        Example("print(histogram([0, 1, 1, 4], bins=2).counts)", prints: "tensor([3, 1])"),
        Example("print(histogram([0, 1, 1, 4], bins=[0, 1, 2]).counts)", prints: "tensor([1, 2])"),
      ], seeAlso: ["hist", "bincount", "quantile"], errors: ["E-range", "E-finite"]
    ) { (x: Sample, bins: Bins, range: [Double]?) in
      if let range {
        guard range.count == 2, range[0] <= range[1] else {
          throw Failure(
            "E-range", "`range` is two ascending numbers", suggestion: "range=(0, 1)",
            parameter: "range")
        }
      }
      let numbers = try x.numbers()
      let found = Histogram(
        numbers, edges: try bins.edges(of: numbers, range.map { ($0[0], $0[1]) }))
      return Value(fields: [
        (
          "counts", try Tensor(found.counts, Shape([found.counts.count]), on: session.backend).value
        ),
        ("edges", try Tensor(found.edges, Shape([found.edges.count]), on: session.backend).value),
      ])
    },
  ]
}
