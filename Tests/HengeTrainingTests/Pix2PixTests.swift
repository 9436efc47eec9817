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
import HengeThreads
import Testing

@testable import HengeTraining

@Suite struct Pix2PixTests {
  /// Pairs of drawn faces, and what trainers of them are made with.
  struct Bench {
    let pairs: PairedDataset
    let backend: any Backend
    let budget = MemoryBudget(limit: 1_000_000_000)
    let interrupt = Interrupt()

    init(threads: Int = 2) throws {
      let pool = Pool(threads: threads)
      backend = CPUBackend(pool: pool, budget: budget, interrupt: interrupt)
      let loader = PictureLoader(
        backend: backend, budget: budget, pool: pool, interrupt: interrupt,
        cache: PixelCache(limit: 100_000_000, budget: budget))
      let size = PictureSize(height: 32, width: 32)
      pairs = try PairedDataset(
        .faces(.anime, count: 5, size: size, loader: loader),
        .faces(.photo, count: 5, size: size, loader: loader))
    }

    func trainer(
      _ configuration: AdversarialConfiguration = .init(
        batch: 2, epochs: 6, decay: 3, pool: 3, adversary: .vanilla, schedule: .linear),
      base: Int = 1, dropout: Double = 0.5
    ) throws -> AdversarialTrainer {
      let weights = FirstWeights(from: Draws(RandomStream(seed: 3, name: "weights")), on: backend)
      let batch = ("norm", Setting.text("batch"))
      return try AdversarialTrainer(
        .pix2pix,
        .init(
          networks: [
            "g": LayerKind.unetGenerator(
              [("downs", .int(5)), ("base", .int(base)), ("dropout", .num(dropout)), batch],
              weights),
            "d": LayerKind.patchDiscriminator(
              [("channels", .int(6)), ("base", .int(base)), ("layers", .int(2)), batch], weights),
          ], sets: [pairs.first, pairs.second], configuration: configuration, learningRate: 2e-4,
          seed: 3))
    }

    func bytes(of trainer: NetworkTrainer) throws -> [UInt8] {
      try trainer.file(budget: budget).encoded()
    }
  }

  /// What the parts of a step are called.
  static let parts = ["forward_d", "backward_d", "forward_g", "backward_g", "update"]

  @Test(arguments: [1, 2])
  func aResumedRunGivesTheSameBytes(_ threads: Int) throws {
    let bench = try Bench(threads: threads)
    let whole = try bench.trainer()
    for _ in 0..<14 { try whole.step() }
    let first = try bench.trainer()
    for _ in 0..<7 { try first.step() }
    let stored = try Safetensors(
      decoding: bench.bytes(of: first)[...], path: "t.safetensors", budget: bench.budget)
    let other = try Bench(threads: 3 - threads)
    let resumed = try other.trainer()
    try resumed.resume(stored, from: "t.safetensors", on: other.backend)
    for _ in 0..<7 { try resumed.step() }
    #expect(try bench.bytes(of: whole) == other.bytes(of: resumed))
    #expect(whole.extraState.map(\.name) == ["pool.0", "pool.1", "pool.2", "recent.g"])
  }

  @Test func aStepInPartsIsTheSameStepAndTellsWhatItComputed() throws {
    let bench = try Bench()
    let (whole, parts) = (try bench.trainer(), try bench.trainer())
    for _ in 0..<3 {
      try whole.step()
      let told = try Pix2PixTests.parts.map { name in
        let part = try parts.substep()
        #expect(part.name == name)
        return part.values.map(\.name)
      }
      #expect(
        told == [
          ["real_a", "real_b", "fake_b", "real_score", "fake_score", "d"], ["d"],
          ["score", "g", "l1"], ["g"], ["g", "l1", "d"],
        ])
    }
    #expect(try bench.bytes(of: whole) == bench.bytes(of: parts))
  }

  @Test func nothingIsInForceBeforeTheLastPart() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    try trainer.step()
    let before = try bench.bytes(of: trainer)
    for count in 1...4 {
      for _ in 0..<count { _ = try trainer.substep() }
      #expect(throws: Failure.self) { try trainer.step() }
      trainer.drop()
      #expect(try bench.bytes(of: trainer) == before)
    }
    _ = try trainer.substep()
    bench.interrupt.request()
    #expect(throws: (any Error).self) { try trainer.substep() }
    bench.interrupt.clear()
    #expect(try bench.bytes(of: trainer) == before)
  }

  @Test func aSnapshotBringsBackThePoolAndTheWeightOfTheDistance() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    for _ in 0..<3 { try trainer.step() }
    let (kept, before) = (trainer.state, try bench.bytes(of: trainer))
    try trainer.setDial("l1", 3)
    for _ in 0..<2 { try trainer.step() }
    #expect(try bench.bytes(of: trainer) != before)
    trainer.restore(kept)
    #expect(try bench.bytes(of: trainer) == before)
    #expect(trainer.dial("l1") == 100)
    #expect(throws: Failure.self) { try trainer.setDial("l1", -1) }
  }

  @Test func frozenNetworksStayAsTheyAre() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    for entry in trainer.network("d").allParameters { entry.parameter.isFrozen = true }
    func weights() throws -> [[Float]] {
      try trainer.networks.map { network in
        try network.layer.allParameters.filter(\.parameter.isTrained)
          .flatMap { try $0.parameter.value.floats() }
      }
    }
    let before = try weights()
    try trainer.step()
    #expect(zip(before, try weights()).map { $0 == $1 } == [false, true])
  }

  @Test func aWeightThatIsNotFiniteIsFoundAndNothingChanges() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    try trainer.step()
    let weight = try #require(
      trainer.network("d").allParameters.first { $0.name == "mid.1.conv.weight" })
    let numbers = [Float](repeating: .infinity, count: weight.parameter.value.count)
    weight.parameter.set(try Tensor(numbers, weight.parameter.value.shape, on: bench.backend))
    let before = try bench.bytes(of: trainer)
    let failure = #expect(throws: Failure.self) { try trainer.step() }
    #expect(failure?.code == "E-finite")
    #expect(
      failure?.notes.first?.hasPrefix("it begins in the weight `d.mid.1.conv.weight`") == true)
    #expect(try bench.bytes(of: trainer) == before)
  }

  @Test func heldOutPairsAreMeasuredAndShown() throws {
    let bench = try Bench()
    let trainer = try bench.trainer()
    #expect(try trainer.measureHeldOut().isEmpty)
    let (a, b) = (try bench.pairs.first.take(2), try bench.pairs.second.take(2))
    try trainer.holdOut(a, b)
    let measured = try trainer.measureHeldOut()
    let errors = try (0..<2).map { index in
      try trainer.network("g")(a.image(index)).l1(b.image(index)).item().double
    }
    #expect(measured.map(\.name) == ["val"])
    #expect(measured.map(\.value) == [(errors[0] + errors[1]) / 2])
    #expect(try trainer.samples(3).map(\.pictures.count) == [2, 2, 2])
    #expect(throws: Failure.self) { try trainer.holdOut(a, bench.pairs.second.take(1)) }
  }

  @Test func everyPairIsTakenOncePerEpoch() throws {
    let trainer = try Bench().trainer()
    #expect(trainer.stepsPerEpoch == 3)
    #expect((0..<3).flatMap { trainer.places(of: $0)[0] }.sorted() == [0, 1, 2, 3, 4])
    #expect((0..<3).map { trainer.places(of: $0) } != (3..<6).map { trainer.places(of: $0) })
  }

  @Test func scoresCostWhatTheAdversarySays() throws {
    let bench = try Bench()
    let scores = try Tensor([0, 2] as [Float], try Shape([2]), on: bench.backend)
    func cost(_ adversary: Adversary, _ isReal: Bool) throws -> Double {
      try adversary.loss(scores, isReal: isReal).item().double
    }
    // log 2 = 0.693147, log(1 + e^-2) = 0.126928, log(1 + e^2) = 2.126928.
    #expect(abs(try cost(.vanilla, true) - 0.4100376) < 1e-6)
    #expect(abs(try cost(.vanilla, false) - 1.4100376) < 1e-6)
    #expect(try cost(.lsgan, true) == 1)
    #expect(try cost(.lsgan, false) == 2)
    #expect(try cost(.wgan, true) == -1)
    #expect(try cost(.wgan, false) == 1)
  }
}
