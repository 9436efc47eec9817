// SPDX-License-Identifier: MIT
import HengeBackend
import HengeData
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

@testable import HengeTraining

/// What a trainer notices of the images that its generators make.
@Suite struct RecentImagesTests {
  /// A generator that multiplies all pixels by `factor` and adds `shift`.
  private func generator(_ factor: Float, _ shift: Float = 0, on backend: any Backend) throws
    -> Layer
  {
    let layer = try LayerKind.conv(
      [("in", .int(3)), ("out", .int(3)), ("kernel", .int(1))], .zeros(on: backend))
    try set(layer, factor, shift)
    return layer
  }

  private func set(_ layer: Layer, _ factor: Float, _ shift: Float = 0) throws {
    for (name, parameter) in layer.allParameters {
      let numbers =
        name == "weight"
        ? (0..<9).map { $0 % 4 == 0 ? factor : 0 } : [Float](repeating: shift, count: 3)
      parameter.set(
        try Tensor(numbers, parameter.value.shape, on: parameter.value.backend))
    }
  }

  /// A CycleGAN that learns nothing, whose `g_ba` returns what it is given.
  private func trainer(_ bench: CycleGANTests.Bench, g_ab: Layer) throws -> AdversarialTrainer {
    let weights = FirstWeights(
      from: Draws(RandomStream(seed: 3, name: "weights")), on: bench.backend)
    func discriminator() throws -> Layer {
      try LayerKind.patchDiscriminator([("base", .int(2)), ("layers", .int(1))], weights)
    }
    return try AdversarialTrainer(
      .cyclegan,
      .init(
        networks: [
          "g_ab": g_ab, "g_ba": generator(1, on: bench.backend), "d_a": discriminator(),
          "d_b": discriminator(),
        ], sets: [bench.a, bench.b], configuration: .init(epochs: 100, pool: 0), learningRate: 0,
        seed: 3))
  }

  /// What is noticed in `count` steps, by step.
  private func notices(_ trainer: NetworkTrainer, _ count: Int) throws -> [(Int, Notice)] {
    var told: [(Int, Notice)] = []
    try trainer.observed(by: {
      if case .noticed(let notice) = $0 { told.append((trainer.count, notice)) }
    }) {
      for _ in 0..<count { try trainer.step() }
    }
    return told
  }

  private func figure(_ name: String, _ trainer: NetworkTrainer) throws -> Double {
    let place = try #require(trainer.figureNames.firstIndex(of: name))
    return try #require(trainer.log.last).figures[place]
  }

  @Test func aTrainerSaysSoAfterItsFirstSteps() throws {
    let bench = try CycleGANTests.Bench()
    let trainer = try trainer(bench, g_ab: generator(-1, on: bench.backend))
    let told = try notices(trainer, 205)
    #expect(told.map(\.0) == [201])
    let notice = try #require(told.first).1
    #expect(
      notice.message.hasPrefix(
        "the output of g_ab has inverted colors at step 201: its correlation with the input is -1.0 over the last 64 images, that of B with A "
      ))
    #expect(notice.advice == "training continues; if it stays so, try identity=10, or another seed")
    #expect(abs(try figure("correlation_g_ab", trainer) + 1) < 1e-6)
    #expect(abs(try figure("correlation_g_ba", trainer) - 1) < 1e-6)
  }

  /// Takes in `count` times five images, times `factor` plus `shift`, beside others; returns what was noticed.
  private func feed(
    _ recent: inout RecentImages, _ bench: CycleGANTests.Bench, _ factor: Double,
    _ shift: Double = 0, count: Int = 14
  ) throws -> (noticed: [String], last: RecentImages.Finding?) {
    let (given, target) = (try bench.a.tensor(0..<5), try bench.b.tensor(0..<5))
    let made = try given * .num(factor) + .num(shift)
    var (noticed, last): ([String], RecentImages.Finding?) = ([], nil)
    for _ in 0..<count {
      let finding = try recent.add(made, of: given, beside: target, isEarly: false)
      if finding.inversion != nil { noticed.append("inversion") }
      if finding.collapse != nil { noticed.append("collapse") }
      last = finding
    }
    return (noticed, last)
  }

  @Test func invertedColorsAreNoticedOnceAndAgainAfterRecovery() throws {
    let bench = try CycleGANTests.Bench()
    var recent = RecentImages()
    #expect(try feed(&recent, bench, -0.8, count: 12).noticed == [])
    #expect(try feed(&recent, bench, -0.8).noticed == ["inversion"])
    #expect(try feed(&recent, bench, -0.8).noticed == [])
    #expect(try feed(&recent, bench, 0.8).noticed == [])
    #expect(try feed(&recent, bench, -0.8).noticed == ["inversion"])
  }

  @Test func outputsThatAreAllAlikeAreNoticed() throws {
    let bench = try CycleGANTests.Bench()
    var recent = RecentImages()
    let (noticed, last) = try feed(&recent, bench, 0.02, 0.3)
    #expect(noticed == ["collapse"])
    #expect(try #require(last).spread < 0.05)
    #expect(try feed(&recent, bench, 0.02, 0.3).noticed == [])
    #expect(try feed(&recent, bench, 1).noticed == [])
    let (again, constant) = try feed(&recent, bench, 0, -0.2)
    #expect(again == ["collapse"])
    #expect(try #require(constant).spread < 1e-6)
    // A constant image has no correlation, which is nothing to tell of.
    #expect(try #require(constant).correlation.isNaN)
  }

  @Test func aGeneratorThatDoesItsWorkIsNotNoticed() throws {
    let bench = try CycleGANTests.Bench()
    var recent = RecentImages()
    for (factor, shift) in [(1.0, 0.0), (0.3, 0.5), (0.8, -0.2)] {
      let (noticed, last) = try feed(&recent, bench, factor, shift)
      #expect(noticed == [])
      #expect(try #require(last).spread > 0.2)
    }
  }

  /// Black on white and white on black: outputs of inverted colors are right.
  @Test func setsOfOppositeColorsMayBeInverted() throws {
    let bench = try CycleGANTests.Bench()
    var recent = RecentImages()
    let given = try bench.a.tensor(0..<5)
    for step in 0..<20 {
      let finding = try recent.add(-given, of: given, beside: -given, isEarly: false)
      #expect(finding.inversion == nil && finding.collapse == nil)
      #expect(abs(finding.correlation + 1) < 1e-6)
      #expect(finding.spread.isNaN == (step < 12))
    }
    #expect(recent.rows?.shape == (try Shape([64, RecentImages.columns(channels: 3)])))
  }

  @Test func correlationIsOfAllPixelsAndOfMeansWhereChannelsDiffer() throws {
    let bench = try CycleGANTests.Bench()
    let (a, b) = (try bench.a.tensor(1..<2), try bench.b.tensor(2..<3))
    func correlation(_ x: [Double], _ y: [Double]) -> Double {
      let n = Double(x.count)
      let (mx, my) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
      let xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
      let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }
      let yy = y.reduce(0) { $0 + ($1 - my) * ($1 - my) }
      return xy / (xx * yy).squareRoot()
    }
    var recent = RecentImages()
    let found = try recent.add(b, of: a, beside: b, isEarly: false).correlation
    #expect(abs(found - correlation(try b.doubles(), try a.doubles())) < 1e-5)
    var gray = RecentImages()
    let one = try b.mean([1], keepingAxes: true)
    let mean = try gray.add(one, of: a, beside: one, isEarly: false).correlation
    let want = correlation(try one.doubles(), try a.mean([1]).doubles())
    #expect(abs(mean - want) < 1e-5)
  }

  /// A run that was saved goes on to notice the same at the same steps; one of a version that kept no images
  /// and no figures goes on, too.
  @Test func aResumedRunNoticesTheSame() throws {
    let bench = try CycleGANTests.Bench()
    let trainer = try trainer(bench, g_ab: generator(-1, on: bench.backend))
    #expect(try notices(trainer, 190).isEmpty)
    let stored = try Safetensors(
      decoding: bench.bytes(of: trainer)[...], path: "t.safetensors", budget: bench.budget)
    func resumed(_ file: Safetensors) throws -> AdversarialTrainer {
      let other = try self.trainer(bench, g_ab: generator(0, on: bench.backend))
      try other.resume(file, from: "t.safetensors", on: bench.backend)
      return other
    }
    let same = try resumed(stored)
    let (first, second) = (try notices(trainer, 12), try notices(same, 12))
    #expect(first.map(\.0) == [201] && first.map(\.1) == second.map(\.1))
    #expect(try bench.bytes(of: trainer) == bench.bytes(of: same))

    var metadata = stored.metadata
    metadata["figures"] = nil
    let old = try resumed(
      Safetensors(
        arrays: stored.arrays.filter { $0.name != "figures" && !$0.name.hasPrefix("state.recent") },
        metadata: metadata))
    #expect(old.log.count == 190 && old.log[0].figures.allSatisfy(\.isNaN))
    // Nothing is said until there are enough images.
    #expect(try notices(old, 15).isEmpty)
    #expect(try figure("accuracy_d_a", old).isFinite)

    let broken = try Safetensors(
      arrays: stored.arrays.map {
        $0.name == "state.recent.g_ab"
          ? NamedArray($0.name, try #require(stored.arrays.first).array) : $0
      }, metadata: stored.metadata)
    #expect { _ = try resumed(broken) } throws: { ($0 as? Failure)?.code == "E-file" }
  }
}
