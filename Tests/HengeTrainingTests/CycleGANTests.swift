// SPDX-License-Identifier: MIT
import HengeBackend
import HengeCPU
import HengeData
import HengeDrawnFaces
import HengeFiles
import HengeImage
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import HengeThreads
import Testing

@testable import HengeTraining

@Suite struct CycleGANTests {
  /// Two small sets of drawn faces, and what trainers of them are made with.
  struct Bench {
    let a: Dataset
    let b: Dataset
    let backend: any Backend
    let budget = MemoryBudget(limit: 1_000_000_000)
    let interrupt = Interrupt()

    init(threads: Int = 2, height: Int = 16, width: Int = 16) throws {
      let pool = Pool(threads: threads)
      backend = CPUBackend(pool: pool, budget: budget, interrupt: interrupt)
      let loader = PictureLoader(
        backend: backend, budget: budget, pool: pool, interrupt: interrupt,
        cache: PixelCache(limit: 100_000_000, budget: budget))
      let size = PictureSize(height: height, width: width)
      a = try Dataset.faces(.anime, count: 5, size: size, loader: loader)
      b = try Dataset.faces(.photo, count: 7, size: size, loader: loader)
    }

    func trainer(
      _ configuration: AdversarialConfiguration = .init(epochs: 6, decay: 3, pool: 3),
      base: Int = 2, identity: Double = 5, seed: UInt64 = 3
    ) throws -> AdversarialTrainer {
      let weights = FirstWeights(
        from: Draws(RandomStream(seed: seed, name: "weights")), on: backend)
      func generator() throws -> Layer {
        try LayerKind.resnetGenerator([("base", .int(base)), ("blocks", .int(1))], weights)
      }
      func discriminator() throws -> Layer {
        try LayerKind.patchDiscriminator([("base", .int(base)), ("layers", .int(2))], weights)
      }
      return try AdversarialTrainer(
        .cyclegan,
        .init(
          networks: [
            "g_ab": generator(), "g_ba": generator(), "d_a": discriminator(),
            "d_b": discriminator(),
          ], sets: [a, b], configuration: configuration, learningRate: 2e-4,
          weights: ["identity": identity], seed: seed))
    }

    func bytes(of trainer: NetworkTrainer) throws -> [UInt8] {
      try trainer.file(budget: budget).encoded()
    }
  }

  /// What the parts of a step are called.
  static let parts = ["forward_g", "backward_g", "forward_d", "backward_d", "update"]

  // MARK: Beside PyTorch

  /// What torch_cyclegan_cases.py wrote.
  private func fixture(_ name: String) throws -> [String: ArrayData] {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let arrays = try Npz.read(
      "/\(folder)/Fixtures/\(name).npz", budget: MemoryBudget(limit: 100_000_000))
    return Dictionary(arrays.map { ($0.name, $0.array) }, uniquingKeysWith: { a, _ in a })
  }

  private func tensor(_ array: ArrayData?, _ bench: Bench) throws -> Tensor {
    try Tensor(try #require(array), on: bench.backend)
  }

  @Test(arguments: [1, 2])
  func fiveStepsAgreeWithPyTorch(_ batch: Int) throws {
    let bench = try Bench(height: 16, width: 20)
    let trainer = try bench.trainer(.init(batch: batch, epochs: 6, decay: 3, pool: 2), base: 4)
    let (before, after) = (try fixture("cyclegan"), try fixture("cyclegan-\(batch)"))
    for (name, layer) in trainer.networks {
      for (place, entry) in layer.allParameters.enumerated() {
        entry.parameter.set(try tensor(before["\(name).\(place)"], bench))
      }
    }
    let pictures = try ["a", "b"].map { try tensor(after[$0], bench).cast(to: .f32) }
    let places = try ["pool_b", "pool_a"].map { try tensor(after[$0], bench).ints() }
    let losses = try tensor(after["losses"], bench).doubles()
    for number in 0..<5 {
      let real = try pictures.map { try ($0.selecting([.at(number)]) / .num(127.5)) - .num(1) }
      let decisions = places.map { places in
        (0..<batch).map { index -> ImagePool.Decision in
          let place = places[number * batch + index]
          return place < 0 ? .pass : .swap(place)
        }
      }
      let step = AdversarialStep(
        trainer, number, images: real,
        decisions: ["pool_b": decisions[0], "pool_a": decisions[1]])
      try trainer.put(step.whole())
      let bound = number == 0 ? 1e-4 : 5e-3
      for (index, name) in trainer.lossNames.enumerated() {
        let (own, theirs) = (trainer.losses[index], losses[number * 8 + index])
        #expect(abs(own - theirs) <= bound * abs(theirs), "\(name) of step \(number + 1)")
      }
    }
    for (name, layer) in trainer.networks {
      for (place, entry) in layer.allParameters.enumerated() {
        // A bias before a normalisation changes nothing: its gradient is rounding, here and there.
        let isDead = entry.name.hasSuffix(".conv.bias") || entry.name.hasSuffix("conv1.bias")
        if isDead, !entry.name.hasPrefix("head"), !entry.name.hasPrefix("first") { continue }
        if entry.name.hasSuffix("conv2.bias") { continue }
        let theirs = try tensor(after["\(name).\(place)"], bench).cast(to: .f64).doubles()
        let own = try entry.parameter.value.cast(to: .f64).doubles()
        let distance = zip(own, theirs).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let length = theirs.reduce(0) { $0 + $1 * $1 }
        #expect(
          distance.squareRoot() <= 1e-3 * length.squareRoot(), "\(name).\(entry.name)")
      }
    }
  }

  // MARK: Exactness

  @Test(arguments: [1, 2])
  func aResumedRunGivesTheSameBytes(_ threads: Int) throws {
    let bench = try Bench(threads: threads)
    let whole = try bench.trainer()
    for _ in 0..<40 { try whole.step() }
    let first = try bench.trainer()
    for _ in 0..<20 { try first.step() }
    let stored = try Safetensors(
      decoding: bench.bytes(of: first)[...], path: "t.safetensors", budget: bench.budget)
    let other = try Bench(threads: 3 - threads)
    let resumed = try other.trainer(seed: 3)
    try resumed.resume(stored, from: "t.safetensors", on: other.backend)
    for _ in 0..<20 { try resumed.step() }
    #expect(try bench.bytes(of: whole) == other.bytes(of: resumed))
    #expect(resumed.extraState.map(\.name) == whole.extraState.map(\.name))
    #expect(whole.extraState.count == 8)
  }

  @Test(arguments: [1, 2])
  func aStepInPartsIsTheSameStep(_ batch: Int) throws {
    let bench = try Bench()
    let configuration = AdversarialConfiguration(
      batch: batch, epochs: 6, decay: 3, pool: 2, schedule: .linear)
    let (whole, parts) = (try bench.trainer(configuration), try bench.trainer(configuration))
    for _ in 0..<5 {
      try whole.step()
      let names = try CycleGANTests.parts.map { _ in try parts.substep().name }
      #expect(names == CycleGANTests.parts)
    }
    #expect(try bench.bytes(of: whole) == bench.bytes(of: parts))
  }

  @Test func partsTellWhatTheyComputed() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    let names = try CycleGANTests.parts.map { _ in try trainer.substep().values.map(\.name) }
    #expect(
      names == [
        [
          "real_a", "real_b", "fake_b", "restored_a", "same_b", "score_b", "fake_a", "restored_b",
          "same_a", "score_a", "g_ab", "cycle_a", "identity_b", "g_ba", "cycle_b", "identity_a",
        ],
        ["g_ab", "g_ba"],
        [
          "real_score_b", "fake_score_b", "d_b", "real_score_a", "fake_score_a", "d_a",
        ], ["d_a", "d_b"], trainer.lossNames,
      ])
    #expect(trainer.count == 1)
  }

  @Test func nothingIsInForceBeforeTheLastPart() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    try trainer.step()
    let before = try bench.bytes(of: trainer)
    for count in 1...4 {
      for _ in 0..<count { _ = try trainer.substep() }
      #expect(throws: Failure.self) { try trainer.step() }
      #expect(throws: Failure.self) { try trainer.save(to: "/nowhere", budget: bench.budget) }
      trainer.drop()
      #expect(try bench.bytes(of: trainer) == before)
    }
  }

  @Test func aStoppedStepLeavesNothingBehind() throws {
    let bench = try Bench()
    let (stopped, other) = (try bench.trainer(), try bench.trainer())
    try stopped.step()
    try other.step()
    let before = try bench.bytes(of: stopped)
    _ = try stopped.substep()
    bench.interrupt.request()
    #expect(throws: (any Error).self) { try stopped.substep() }
    #expect(throws: (any Error).self) { try stopped.step() }
    bench.interrupt.clear()
    #expect(try bench.bytes(of: stopped) == before)
    try stopped.step()
    try other.step()
    #expect(try bench.bytes(of: stopped) == bench.bytes(of: other))
  }

  @Test func aSnapshotBringsBackPoolsAndWeightsOfLosses() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    for _ in 0..<4 { try trainer.step() }
    let (kept, before) = (trainer.state, try bench.bytes(of: trainer))
    try trainer.setDial("cycle", 3)
    for _ in 0..<3 { try trainer.step() }
    #expect(try bench.bytes(of: trainer) != before)
    trainer.restore(kept)
    #expect(try bench.bytes(of: trainer) == before)
    #expect(trainer.dial("cycle") == 10)
  }

  @Test func frozenNetworksStayAsTheyAre() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    let frozen = ["g_ab", "d_a", "d_b"].map(trainer.network)
    for layer in frozen { for entry in layer.allParameters { entry.parameter.isFrozen = true } }
    func weights() throws -> [[Float]] {
      try trainer.networks.map {
        try $0.layer.allParameters.flatMap { try $0.parameter.value.floats() }
      }
    }
    let before = try weights()
    try trainer.step()
    let after = try weights()
    #expect(zip(before, after).map { $0 == $1 } == [true, false, true, true])
  }

  @Test func weightsChangeWhereTheyLieUnlessSomethingElseHoldsThem() throws {
    let trainer = try Bench().trainer()
    /// Where each weight and each moment lies.
    func places() -> [String: ObjectIdentifier] {
      var places: [String: ObjectIdentifier] = [:]
      for (network, layer) in trainer.networks {
        for (path, parameter) in layer.allParameters {
          places["\(network).\(path)"] = ObjectIdentifier(parameter.value.storageBlock.owner)
        }
      }
      for (name, optimizer) in trainer.optimizers {
        for (key, moments) in optimizer.state {
          for (place, moment) in moments.enumerated() {
            places["\(name) \(key) \(place)"] = ObjectIdentifier(moment.storageBlock.owner)
          }
        }
      }
      return places
    }
    for _ in 0..<2 { try trainer.step() }
    let before = places()
    try trainer.step()
    #expect(places().filter { before[$0.key] != $0.value }.map(\.key).sorted() == [])
    let kept = trainer.state
    try trainer.step()
    #expect(places().filter { before[$0.key] == $0.value }.map(\.key).sorted() == [])
    #expect(kept.tensors.count > 100)
  }

  @Test func aStepThatIsNotFiniteSaysWhereThatBeginsAndChangesNothing() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    try trainer.step()
    func message() throws -> [String] {
      let before = try bench.bytes(of: trainer)
      do {
        try trainer.step()
        return []
      } catch let failure as Failure {
        #expect(failure.code == "E-finite")
        #expect(try bench.bytes(of: trainer) == before)
        return [failure.message] + failure.notes
      }
    }
    let weight = try #require(
      trainer.network("g_ab").allParameters.first { $0.name == "res.0.conv2.weight" }?.parameter)
    let good = weight.value
    weight.set(try good * .num(.nan))
    #expect(
      try message() == [
        "the loss `g_ab` is nan",
        "it begins in the weight `g_ab.res.0.conv2.weight`, 8x8x3x3, which is not finite",
        "step 2 was not applied: the cyclegan is as it was after step 1",
      ])
    weight.set(good)
    let first = try #require(trainer.network("d_a").allParameters.first?.parameter)
    first.set(
      try Tensor.full(first.value.shape, .num(3e38), .f32, on: bench.backend))
    #expect(
      try message().dropFirst() == [
        "it begins in `d_a.first.conv`, conv(3, 2, kernel=4, stride=2, padding=1): of a finite 1x3x16x16 it makes what is not finite",
        "step 2 was not applied: the cyclegan is as it was after step 1",
      ])
  }

  @Test func aMeasureHasAName() throws {
    let trainer = try Bench().trainer()
    for name in ["a b", "", "step", "cycle_a"] {
      #expect { try trainer.measured([(name, 1)]) } throws: { ($0 as? Failure)?.code == "E-name" }
    }
    #expect { try trainer.measured([("a", 1), ("a", 2)]) } throws: {
      ($0 as? Failure)?.code == "E-name"
    }
    #expect(trainer.measures.names.isEmpty)
    try trainer.measured([("a", 1), ("größe_2", 2)])
    #expect(trainer.measures.names == ["a", "größe_2"])
  }

  @Test(arguments: [1, 3])
  func theEstimateOfMemoryIsNearWhatIsUsed(_ batch: Int) throws {
    let bench = try Bench(height: 64, width: 64)
    let trainer = try bench.trainer(.init(batch: batch, epochs: 6, decay: 3, pool: 3), base: 16)
    let estimated = try #require(try trainer.estimatedBytes())
    for _ in 0..<2 { try trainer.step() }
    let used = bench.budget.mostLive
    let ratio = Double(estimated) / Double(used)
    #expect(ratio > 0.8 && ratio < 1.6, "\(estimated) estimated, \(used) used")
  }

  // MARK: Parts of it

  @Test func theTwoLinearSchedulesFallAsTheReferenceDidAndDoes() {
    typealias Schedule = AdversarialConfiguration.Schedule
    func factors(_ schedule: Schedule) -> [Double] {
      (0..<6).map { schedule.factor(epoch: $0, epochs: 6, decay: 3) }
    }
    #expect(factors(.constant) == [1, 1, 1, 1, 1, 1])
    #expect(factors(.linear) == [1, 1, 1, 0.75, 0.5, 0.25])
    #expect(factors(.linearBefore) == [1, 1, 0.75, 0.5, 0.25, 0])
  }

  @Test func aPoolFillsThenSwaps() throws {
    let bench = try Bench()
    func batch(_ values: Float...) throws -> Tensor {
      try Tensor(values, try Shape([values.count, 1, 1, 1]), on: bench.backend)
    }
    let (first, one) = try ImagePool(size: 2).showing(batch(1, 2), [.swap(0), .swap(1)])
    #expect(try first.floats() == [1, 2])
    let (second, two) = try one.showing(batch(3, 4), [.pass, .swap(0)])
    #expect(try second.floats() == [3, 1])
    #expect(try two.images.map { try $0.floats() } == [[4], [2]])
    #expect(try one.images.map { try $0.floats() } == [[1], [2]])
    #expect(try ImagePool(size: 0).showing(batch(5), []).batch.floats() == [5])
  }

  @Test func everyPictureOfTheLargerSetIsTakenOncePerEpoch() throws {
    let trainer = try Bench().trainer()
    let ordered = try Bench().trainer(.init(batch: 2, epochs: 6, decay: 3, order: .sequential))
    let a = (0..<7).map { trainer.places(of: $0)[0][0] }
    #expect(a.sorted() == [0, 0, 1, 1, 2, 3, 4])
    #expect((7..<14).map { trainer.places(of: $0)[0][0] } != a)
    #expect((0..<4).map { ordered.places(of: $0)[0] } == [[0, 1], [2, 3], [4, 0], [1]])
    #expect((0..<4).map { ordered.places(of: $0)[1] } == [[0, 1], [2, 3], [4, 5], [6]])
    #expect((4..<6).map { ordered.places(of: $0)[1] } == [[0, 1], [2, 3]])
  }

  @Test func picturesThatDoNotFitAreRefusedWithTheNearestSize() throws {
    func failure(_ height: Int, _ width: Int) throws -> Failure? {
      let bench = try Bench(height: height, width: width)
      do {
        _ = try PictureSizes.checked(bench.a, bench.b, nil, divisor: 4, halvings: 3, layers: 3)
        return nil
      } catch let failure as Failure {
        return failure
      }
    }
    #expect(try failure(24, 32) == nil)
    #expect(try failure(30, 45)?.suggestion == "size=32x44")
    #expect(try failure(16, 32)?.suggestion == "layers=2")
  }
}
