// SPDX-License-Identifier: MIT
import HengeBackend
import Glibc
import HengeCPU
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

/// One line of Golden/measures.txt, which measure_cases.py explains.
private struct MeasureCase {
  let name: String
  let numbers: [Int]
  let expected: [Double]

  init?(_ line: Substring) {
    let fields = line.split(separator: "|").map(trimmed)
    guard fields.count == 3 else { return nil }
    name = fields[0]
    numbers = fields[1].split(separator: " ").compactMap { Int($0) }
    expected = fields[2].split(separator: " ").compactMap { Double($0) }
  }

  static func named(_ name: String) -> [MeasureCase] {
    let path = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    return contents(ofFile: "/\(path)/Golden/measures.txt").split(separator: "\n")
      .compactMap { MeasureCase($0) }.filter { $0.name == name }
  }
}

/// Bytes of a linear congruential generator as numbers from -1 to 1.
private func noise(_ count: Int, _ seed: Int) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = (state * 1_103_515_245 + 12345) % (1 << 31)
    return Float(state >> 16 & 255) / 127.5 - 1
  }
}

/// Noise; for even seeds each number is averaged with the one before it.
private func pictures(
  _ n: Int, _ c: Int, _ h: Int, _ w: Int, _ seed: Int, on backend: any Backend
) throws -> Tensor {
  var values = noise(n * c * h * w, seed)
  if seed % 2 == 0 {
    values = zip(values, values.prefix(1) + values.dropLast()).map { ($0 + $1) / 2 }
  }
  return try Tensor(values, Shape([n, c, h, w]), on: backend)
}

private func processor(threads: Int = 2) -> CPUBackend {
  CPUBackend(pool: Pool(threads: threads), budget: MemoryBudget(limit: 1 << 30))
}

private func failure(_ body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch { return error as? Failure }
}

@Suite struct SlicedWassersteinTests {
  private func sample(
    _ measure: SlicedWasserstein, _ batches: [Tensor]
  ) throws -> PatchSample {
    var sample = PatchSample(measure)
    for batch in batches { try sample.append(batch) }
    return sample
  }

  private func levels(_ n: [Int], on backend: any Backend, batch: Int = 100) throws
    -> [SlicedWasserstein.Level]
  {
    let measure = try SlicedWasserstein(
      patches: n[7], directions: n[8], repeats: n[9], smallest: n[10], seed: UInt64(n[11]))
    let sets = try [
      pictures(n[3], n[0], n[1], n[2], n[5], on: backend),
      pictures(n[4], n[0], n[1], n[2], n[6], on: backend),
    ].map { set in
      try sample(
        measure,
        stride(from: 0, to: set.shape[0], by: batch).map {
          try set.selecting([.slice(start: $0, stop: $0 + batch, step: nil)])
        })
    }
    return try measure.levels(between: sets[0], and: sets[1])
  }

  @Test func `numpy finds the same distances on every level`() throws {
    let cases = MeasureCase.named("swd")
    #expect(cases.count == 5)
    for item in cases {
      let found = try levels(item.numbers, on: processor())
      #expect(found.count == item.expected.count)
      for (level, expected) in zip(found, item.expected) {
        #expect(abs(level.distance / expected - 1) < 1e-5, "\(item.numbers) \(level)")
      }
    }
  }

  @Test func `the reference backend finds the same distances`() throws {
    let item = try #require(MeasureCase.named("swd").last)
    let found = try levels(item.numbers, on: ReferenceBackend())
    #expect(abs(found[0].distance / item.expected[0] - 1) < 1e-5)
  }

  @Test func `the number of threads and the batches change no bit`() throws {
    let item = try #require(MeasureCase.named("swd").first)
    let one = try levels(item.numbers, on: processor(threads: 1))
    #expect(try levels(item.numbers, on: processor(threads: 3)) == one)
    let inParts = try levels(item.numbers, on: processor(), batch: 4)
    #expect(inParts.map(\.height) == [32, 16])
    for (level, other) in zip(inParts, one) {
      #expect(abs(level.distance / other.distance - 1) < 1e-6)
    }
  }

  @Test func `a set has no distance from itself, nor one picture from many copies of it`() throws {
    let backend = processor()
    let measure = try SlicedWasserstein(patches: 9, directions: 4, repeats: 1)
    let batch = try pictures(3, 3, 20, 20, 1, on: backend)
    let once = try sample(measure, [batch])
    #expect(try measure.distance(between: once, and: once) == 0)
    let still = try sample(measure, [try Tensor.full(Shape([2, 3, 9, 9]), .num(0.3), on: backend)])
    let black = try sample(measure, [try Tensor.zeros(Shape([2, 3, 9, 9]), on: backend)])
    #expect(try measure.distance(between: still, and: black) < 1e-3)
  }

  @Test func `sets that cannot be compared are refused`() throws {
    let backend = processor()
    let measure = try SlicedWasserstein(patches: 4, directions: 4, repeats: 1)
    let wide = try sample(measure, [pictures(1, 3, 20, 24, 1, on: backend)])
    let grey = try sample(measure, [pictures(1, 1, 20, 24, 1, on: backend)])
    #expect(
      failure { _ = try measure.distance(between: wide, and: grey) }
        == Failure(
          "E-shape",
          "swd compares images of the same size; those of A are 3x20x24, of B 1x20x24",
          notes: ["images of different sizes have pyramids with different levels"],
          suggestion: "resize(x, 20x24) for each x of B", parameter: "B"))
    #expect(
      failure { _ = try measure.distance(between: PatchSample(measure), and: wide) }
        == Failure("E-data", "there are no images in A", parameter: "A"))
    #expect(
      failure { _ = try sample(measure, [pictures(1, 3, 6, 24, 1, on: backend)]) }
        == Failure(
          "E-shape", "swd compares 7x7 patches, and images of 3x6x24 have none"))
    #expect(
      failure { _ = try SlicedWasserstein(smallest: 6) }
        == Failure(
          "E-range", "`smallest` must be an integer from 7 to 1048576, not 6", parameter: "smallest"
        )
    )
  }
}

@Suite struct StructuralSimilarityTests {
  private func pair(_ n: [Int], on backend: any Backend) throws -> (Tensor, Tensor) {
    let first = try pictures(1, n[0], n[1], n[2], n[3], on: backend).selecting([.at(0)])
    let second = try pictures(1, n[0], n[1], n[2], n[4], on: backend).selecting([.at(0)])
    let x = try first.cast(to: .f64)
    return (x, try x * .num(0.8) + second.cast(to: .f64) * .num(0.1))
  }

  @Test func `scikit-image finds the same similarities`() throws {
    let cases = MeasureCase.named("ssim")
    #expect(cases.count == 4)
    for backend in (TestedBackend.all + [.reference]).map({ $0.make() }) {
      for item in cases {
        let (x, y) = try pair(item.numbers, on: backend)
        let found = try x.structuralSimilarity(to: y)
        #expect(abs(found - item.expected[0]) < 1e-9, "\(item.numbers)")
      }
    }
  }

  @Test func `scikit-image matches the same histograms`() throws {
    let cases = MeasureCase.named("histogram_match")
    #expect(cases.count == 3)
    for backend in [processor(), ReferenceBackend()] as [any Backend] {
      for item in cases {
        let n = item.numbers
        var a = try pictures(1, n[0], n[1], n[2], n[5], on: backend).selecting([.at(0)])
          .cast(to: .f64)
        var b = try pictures(1, n[0], n[3], n[4], n[6], on: backend).selecting([.at(0)])
          .cast(to: .f64)
        b = try (b * .num(0.5)) + .num(0.2)
        if n[6] % 2 == 1 {
          a = try (a * .num(4)).map(.round) * .num(0.25)
          b = try (b * .num(8)).map(.round) * .num(0.125)
        }
        let matched = try a.matchingHistogram(of: b).doubles()
        let weighted = matched.enumerated().reduce(0) { $0 + cos(Double($1.offset)) * $1.element }
        for (own, expected) in zip([matched.reduce(0, +), weighted, matched[0]], item.expected) {
          #expect(abs(own - expected) < 1e-9, "\(n)")
        }
      }
    }
  }

  @Test func `histograms are matched image by image, and refused where there are none`() throws {
    let backend = processor()
    let x = try pictures(2, 3, 6, 5, 1, on: backend)
    let target = try pictures(1, 3, 4, 9, 2, on: backend).selecting([.at(0)])
    let matched = try x.matchingHistogram(of: target)
    #expect(matched.shape == x.shape && matched.type == .f32)
    let second = try x.selecting([.at(1)]).matchingHistogram(of: target)
    #expect(try matched.selecting([.at(1)]).floats() == second.floats())
    #expect(try second.matchingHistogram(of: target).floats() == second.floats())
    let bytes = try Tensor([7, 7, 9] as [UInt8], Shape([1, 1, 3]), on: backend)
    #expect(try bytes.matchingHistogram(of: bytes).floats() == [7, 7, 9])
    for (image, other, parameter) in [
      (x, x, "target"), (try target.selecting([.at(0)]), target, "x"),
      (x, try Tensor.zeros(Shape([3, 0, 4]), on: backend), "target"),
    ] {
      let failure = #expect(throws: Failure.self) { try image.matchingHistogram(of: other) }
      #expect(failure?.code == "E-shape" && failure?.parameter == parameter)
    }
    let failure = #expect(throws: Failure.self) {
      try x.matchingHistogram(of: try target * .num(.nan))
    }
    #expect(failure?.code == "E-finite")
  }

  @Test func `a batch has the mean of its pictures`() throws {
    let backend = processor()
    let x = try pictures(3, 2, 12, 15, 1, on: backend)
    let y = try pictures(3, 2, 12, 15, 2, on: backend)
    let each = try (0..<3).map {
      try x.selecting([.at($0)]).structuralSimilarity(to: y.selecting([.at($0)]))
    }
    #expect(abs(try x.structuralSimilarity(to: y) - each.reduce(0, +) / 3) < 1e-12)
    #expect(try x.structuralSimilarity(to: x) == 1)
  }

  @Test func `pictures of other shapes and smaller than the window are refused`() throws {
    let backend = processor()
    let x = try Tensor.zeros(Shape([3, 10, 20]), on: backend)
    let y = try Tensor.zeros(Shape([3, 20, 10]), on: backend)
    #expect(
      failure { _ = try x.structuralSimilarity(to: y) }
        == Failure(
          "E-shape", "ssim compares tensors of the same shape, not 3x10x20 and 3x20x10",
          parameter: "y"))
    #expect(
      failure { _ = try x.structuralSimilarity(to: x) }
        == Failure(
          "E-shape", "ssim needs images of at least 11x11 pixels, not 3x10x20",
          notes: ["images are HxW, CxHxW or NxCxHxW"], parameter: "x"))
  }
}

@Suite struct FeatureDistanceTests {
  /// Correlated numbers: noise, each added to the one before it in its row.
  private func features(_ n: Int, _ d: Int, _ seed: Int, on backend: any Backend) throws -> Tensor {
    let values = noise(n * d, seed).map { Double($0) }
    let mixed = values.indices.map { index in
      values[index] + 0.5 * values[index % d == 0 ? index + d - 1 : index - 1]
        + 0.1 * Double(seed % 5)
    }
    return try Tensor(mixed, Shape([n, d]), on: backend)
  }

  private func sets(_ n: [Int], on backend: any Backend) throws -> (Tensor, Tensor) {
    (
      try features(n[0], n[2], n[3], on: backend), try features(n[1], n[2], n[4], on: backend)
    )
  }

  @Test func `scipy finds the same Fréchet distances`() throws {
    let cases = MeasureCase.named("fid")
    #expect(cases.count == 3)
    for backend in (TestedBackend.all + [.reference]).map({ $0.make() }) {
      for item in cases {
        let (x, y) = try sets(item.numbers, on: backend)
        let found = try FeatureDistance.frechet(x, y)
        #expect(abs(found / item.expected[0] - 1) < 1e-9, "\(item.numbers)")
      }
    }
  }

  @Test func `numpy finds the same kernel distances`() throws {
    let cases = MeasureCase.named("kid")
    #expect(cases.count == 3)
    for item in cases {
      let (x, y) = try sets(item.numbers, on: processor())
      let found = try FeatureDistance.kernel(x, y)
      #expect(found.count == 1)
      #expect(abs(found[0] - item.expected[0]) < 1e-12, "\(item.numbers)")
    }
  }

  @Test func `draws of larger sets lie around the distance of all, and repeat`() throws {
    let (x, y) = try sets([90, 64, 33, 2, 9], on: processor())
    let all = try FeatureDistance.kernel(x, y)[0]
    let draws = try FeatureDistance.kernel(x, y, subsets: 30, size: 20, seed: 4)
    #expect(draws.count == 30)
    #expect(Set(draws).count == 30)
    #expect(abs(draws.reduce(0, +) / 30 - all) < 0.02)
    #expect(try FeatureDistance.kernel(x, y, subsets: 30, size: 20, seed: 4) == draws)
  }

  @Test func `maps count as their means over pixels`() throws {
    let backend = processor()
    let (x, y) = (
      try pictures(9, 3, 5, 4, 1, on: backend), try pictures(8, 3, 5, 4, 2, on: backend)
    )
    let (a, b) = try (x.cast(to: .f64).mean([2, 3]), y.cast(to: .f64).mean([2, 3]))
    #expect(try FeatureDistance.kernel(x, y) == FeatureDistance.kernel(a, b))
    #expect(try FeatureDistance.frechet(x, y) == FeatureDistance.frechet(a, b))
  }

  @Test func `too few pictures are refused, unless they are asked for`() throws {
    let (x, y) = try sets([5, 9, 5, 1, 2], on: processor())
    #expect(
      failure { _ = try FeatureDistance.frechet(x, y) }
        == Failure(
          "E-data",
          "fid needs more than 5 images to estimate the covariance of 5 features, and A has 5",
          notes: [
            "with fewer, the distance depends on the number of images; kid does not have this bias"
          ],
          suggestion: "kid(…), a layer with fewer channels, or few=true", parameter: "A"))
    #expect(try FeatureDistance.frechet(x, y, few: true) > 0)
    #expect(
      failure {
        _ = try FeatureDistance.kernel(y, y.selecting([.slice(start: 0, stop: 1, step: nil)]))
      }
        == Failure(
          "E-data", "kid needs two images or more, and B has 1", parameter: "B"))
    #expect(
      failure { _ = try FeatureDistance.kernel(y, y / .int(0)) }
        == Failure(
          "E-data", "kid needs finite numbers, but features of B are nan or inf",
          parameter: "B"))
  }

  @Test func `features of another layer are refused`() throws {
    let backend = processor()
    let (x, y) = (
      try features(9, 4, 1, on: backend), try features(9, 5, 1, on: backend)
    )
    #expect(
      failure { _ = try FeatureDistance.frechet(x, y) }
        == Failure(
          "E-shape",
          "fid compares features of one layer: those of A are 4 numbers, of B 5", parameter: "B"))
    #expect(
      failure { _ = try FeatureDistance.kernel(x, y.selecting([.at(0)])) }
        == Failure(
          "E-shape", "kid takes features NxD or maps NxDxHxW, not shape(5)", parameter: "B"))
  }
}
