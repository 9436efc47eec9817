// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeData
import HengeDrawnFaces
import HengeFiles
import HengeImage
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

@testable import HengeTraining

@Suite struct DifferenceVectorTests {
  /// Two small sets of drawn faces on `threads` threads.
  private struct Bench {
    let a: Dataset
    let b: Dataset
    let backend: any Backend
    let interrupt = Interrupt()

    init(threads: Int = 2, count: Int = 30) throws {
      let budget = MemoryBudget(limit: 1_000_000_000)
      let pool = Pool(threads: threads)
      backend = CPUBackend(pool: pool, budget: budget)
      let loader = PictureLoader(
        backend: backend, budget: budget, pool: pool, interrupt: interrupt,
        cache: PixelCache(limit: 100_000_000, budget: budget))
      let size = PictureSize(height: 16, width: 16)
      a = try Dataset.faces(.anime, count: count, size: size, loader: loader)
      b = try Dataset.faces(.photo, count: count + 7, size: size, loader: loader)
    }

    func trainer(
      _ rule: DifferenceVector.Rule, batch: Int = 10, keep: Int = 1000, learningRate: Double = 0.1
    ) throws -> DifferenceVector {
      try DifferenceVector(
        a, b, .init(rule: rule, batch: batch, keep: keep), learningRate: learningRate, seed: 3,
        on: backend)
    }
  }

  /// The paper's loop as it is written: one update after the other, two means each.
  private func slowVector(_ trainer: DifferenceVector, updates: Int) throws -> [Double] {
    func images(_ set: Dataset) throws -> [[Double]] {
      try (0..<set.count).map { try set.image($0).doubles() }
    }
    let (a, b) = (try images(trainer.a), try images(trainer.b))
    let batch = Double(trainer.configuration.batch)
    let sign = trainer.configuration.rule == .paper ? 1.0 : -1.0
    var vector = [Double](repeating: 0, count: a[0].count)
    for update in 0..<updates {
      let fromA = trainer.draws(of: update, from: a.count, "a")
      let fromB = trainer.draws(of: update, from: b.count, "b")
      for place in vector.indices {
        let meanA = fromA.reduce(0) { $0 + a[$1][place] } / batch
        let meanB = fromB.reduce(0) { $0 + b[$1][place] } / batch
        vector[place] += trainer.state.learningRate * (meanB - meanA + sign * vector[place])
      }
    }
    return vector
  }

  @Test(arguments: DifferenceVector.Rule.allCases, [1, 7, 120])
  func equalsTheSlowLoopToRounding(_ rule: DifferenceVector.Rule, updates: Int) throws {
    let trainer = try Bench().trainer(rule)
    try trainer.step(updates)
    let fast = try trainer.vector().doubles()
    let slow = try slowVector(trainer, updates: updates)
    let largest = slow.reduce(0) { max($0, abs($1)) }
    for (x, y) in zip(fast, slow) { #expect(abs(x - y) <= 1e-6 * largest) }
  }

  @Test(arguments: DifferenceVector.Rule.allCases)
  func aRunInPartsGivesTheSameBytes(_ rule: DifferenceVector.Rule) throws {
    let bench = try Bench()
    let whole = try bench.trainer(rule, keep: 300)
    try whole.step(2345)
    let parts = try bench.trainer(rule, keep: 300)
    for part in [1, 299, 5, 700, 0, 1340] {
      try parts.step(part)
      _ = try parts.vector()
    }
    #expect(try whole.file().encoded() == parts.file().encoded())
    #expect(try whole.vector().isIdentical(to: parts.vector()))
    #expect(whole.state.snapshots.map(\.count) == [300, 600, 900, 1200, 1500, 1800, 2100])
  }

  @Test func oneThreadAndThreeGiveTheSameBytes() throws {
    let vectors = try [1, 2, 3].map { threads in
      let trainer = try Bench(threads: threads).trainer(.corrected)
      try trainer.step(1500)
      return try trainer.file().encoded()
    }
    #expect(vectors[0] == vectors[1])
    #expect(vectors[0] == vectors[2])
  }

  @Test func aResumedRunGivesTheSameBytes() throws {
    let bench = try Bench()
    let whole = try bench.trainer(.paper, keep: 400)
    try whole.step(1700)
    let first = try bench.trainer(.paper, keep: 400)
    try first.step(950)
    let stored = try Safetensors(
      decoding: first.file().encoded()[...], path: "t.safetensors",
      budget: MemoryBudget(limit: 100_000_000))
    let other = try Bench(threads: 1)
    let resumed = try DifferenceVector(
      resuming: stored, from: "t.safetensors", a: other.a, b: other.b, on: other.backend)
    try resumed.step(750)
    #expect(try whole.file().encoded() == resumed.file().encoded())
  }

  @Test func otherDataIsRefusedByWhatDiffers() throws {
    let bench = try Bench()
    let stored = try bench.trainer(.corrected).file()
    func difference(_ a: Dataset, _ b: Dataset) -> String? {
      do {
        try TrainedData.refuseOther([("A", a), ("B", b)], than: stored, from: "t.safetensors")
        return nil
      } catch {
        return (error as? Failure)?.message
      }
    }
    #expect(difference(bench.a, bench.b) == nil)
    let other = "is not the dataset that \"t.safetensors\" was trained with:"
    let count = bench.a.count
    #expect(
      try difference(bench.a.take(count - 1), bench.b)
        == "A \(other) \(count) images then, \(count - 1) now")
    let order = Array((0..<bench.b.count).reversed())
    #expect(
      try difference(bench.a, bench.b.selecting(order))
        == "B \(other) the number of images is the same, but not the images or their order")
  }

  @Test func aFileWithoutAnEntryIsRefusedByName() throws {
    let bench = try Bench()
    var stored = try bench.trainer(.corrected).file()
    stored.metadata["count"] = nil
    #expect(throws: Failure.brokenCheckpoint("t", "`count` is missing")) {
      try DifferenceVector(
        resuming: stored, from: "t", a: bench.a, b: bench.b, on: bench.backend)
    }
  }

  @Test(arguments: [
    ("count", "9000000000000000000"), ("base_count", "-1"), ("count", "-5"),
    ("snapshot_counts", "-9223372036854775808"),
  ])
  func aFileWhoseCountsNoRunHasIsRefused(key: String, text: String) throws {
    let bench = try Bench()
    let trainer = try bench.trainer(.corrected, keep: 20)
    try trainer.step(30)
    var stored = try trainer.file()
    stored.metadata[key] = text
    let failure = #expect(throws: Failure.self) {
      try DifferenceVector(
        resuming: stored, from: "t", a: bench.a, b: bench.b, on: bench.backend)
    }
    #expect(failure?.message.hasPrefix("t is not a complete trainer file") == true)
  }

  @Test func anInterruptComesBetweenUpdatesAndLeavesTheTrainerAsItWas() throws {
    let bench = try Bench()
    let trainer = try bench.trainer(.corrected, batch: 1000)
    try trainer.step(1500)
    bench.interrupt.request()
    #expect(throws: Interrupted.self) { try trainer.step(1_000_000_000) }
    #expect(trainer.state.count == 1500)
    bench.interrupt.clear()
    let other = try bench.trainer(.corrected, batch: 1000)
    try other.step(1500)
    #expect(try trainer.vector().isIdentical(to: other.vector()))
  }

  @Test func thePapersRuleIsFiniteAt1000AndInfiniteAt8000() throws {
    let trainer = try Bench().trainer(.paper)
    try trainer.train()
    let counts = trainer.state.snapshots.map(\.count)
    #expect(counts == [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 9999])
    let finite = try trainer.state.snapshots.map { snapshot in
      try snapshot.vector.doubles().allSatisfy(\.isFinite)
    }
    #expect(finite == [true, true, true, true, true, true, true, false, false, false])
    let last = try trainer.vector().doubles()
    #expect(last.allSatisfy { $0.isInfinite })
    // The sign at the end is the sign of the difference after 1,000 updates.
    let first = try trainer.state.snapshots[0].vector.doubles()
    #expect(zip(first, last).allSatisfy { ($0 < 0) == ($1 < 0) })
  }

  @Test func theCorrectedRuleComesToTheDifferenceOfTheMeans() throws {
    let trainer = try Bench().trainer(.corrected, batch: 100)
    try trainer.train()
    let target = try (trainer.b.mean() - trainer.a.mean()).doubles()
    let vectors = try trainer.state.snapshots.map { try $0.vector.doubles() }
    #expect(vectors.count == 10)
    let average = target.indices.map { place in vectors.reduce(0) { $0 + $1[place] } / 10 }
    #expect(correlation(try trainer.vector().doubles(), target) > 0.99)
    #expect(correlation(average, target) > 0.999)
  }

  @Test func aRunawayIsToldOnceWithItsReason() throws {
    let trainer = try Bench().trainer(.paper, keep: 50)
    var told: [(count: Int, growth: Double)] = []
    try trainer.step(400) { event in
      if case .runaway(let count, _, let growth, let factor, isFirst: true) = event {
        told.append((count, growth))
        #expect(factor == 1.1)
      }
    }
    #expect(told.count == 1)
    #expect(told.allSatisfy { abs($0.growth - 1.1) < 0.01 })
    var calm = 0
    try Bench().trainer(.corrected, keep: 50).step(400) { event in
      if case .kept = event { calm += 1 }
    }
    #expect(calm == 8)
  }

  @Test func aNewLearningRateActsFromThenOn() throws {
    let trainer = try Bench().trainer(.corrected)
    try trainer.step(40)
    let before = try trainer.vector()
    try trainer.setLearningRate(0)
    try trainer.step(500)
    #expect(try trainer.vector().isIdentical(to: before))
    #expect(trainer.state.count == 540)
    #expect(throws: Failure.learningRate(.infinity)) { try trainer.setLearningRate(.infinity) }
  }

  @Test func aLearningRateThatOverflowsABlockDoesNotMakeNaN() throws {
    let trainer = try Bench().trainer(.paper, learningRate: 1000)
    try trainer.step(90)
    #expect(try trainer.vector().doubles().allSatisfy { $0.isFinite })
    try trainer.step(2000)
    #expect(try trainer.vector().doubles().allSatisfy { $0.isInfinite })
  }

  @Test func thePapersRuleTruncatesAsItsProgramDoes() throws {
    let bench = try Bench()
    let trainer = try bench.trainer(.paper)
    let image = try bench.a.image(0)
    // A vector of zeros: whole pixel values stay what they are.
    #expect(try trainer.apply(to: image).isIdentical(to: image))
    try trainer.train()
    let moved = try trainer.apply(to: image).floats()
    let signs = try trainer.vector().doubles()
    #expect(zip(moved, signs).allSatisfy { $0 == ($1 > 0 ? 1 : -1) })
  }

  @Test func aPictureOfAnotherSizeIsRefused() throws {
    let bench = try Bench()
    let trainer = try bench.trainer(.corrected)
    let small = try Tensor.zeros(Shape([3, 8, 8]), on: bench.backend)
    #expect(throws: Failure.vectorShape(small.shape, trainer.shape)) {
      try trainer.apply(to: small)
    }
  }

  @Test(arguments: [(0, 1000), (1_000_001, 1000), (100, 0)])
  func settingsOutOfRangeAreRefused(batch: Int, keep: Int) throws {
    let bench = try Bench()
    #expect(throws: Failure.self) {
      try bench.trainer(.corrected, batch: batch, keep: keep)
    }
  }
}

/// Pearson's correlation.
private func correlation(_ x: [Double], _ y: [Double]) -> Double {
  let count = Double(x.count)
  let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
  let (dx, dy) = (x.map { $0 - meanX }, y.map { $0 - meanY })
  func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  return dot(dx, dy) / (dot(dx, dx) * dot(dy, dy)).squareRoot()
}
