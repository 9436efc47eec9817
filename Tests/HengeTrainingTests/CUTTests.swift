// SPDX-License-Identifier: MIT
import HengeBackend
import HengeData
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

@testable import HengeTraining

@Suite struct CUTTests {
  /// Names of layers that a generator of one block has.
  static let layers = ["stem.pad", "down.0.conv", "res.0"]

  static func trainer(
    _ bench: CycleGANTests.Bench, isFast: Bool = false, _ configuration: AdversarialConfiguration,
    settings: [(String, Setting)] = [("base", 2), ("blocks", 1), ("layers", 2)],
    layers: [String] = layers, given: [String: Layer] = [:], weights: [String: Double] = [:]
  ) throws -> AdversarialTrainer {
    let method = AdversarialMethod.cut
    let choices: [(String, Setting)] = [("fast", .bool(isFast)), ("nce", .words(layers))]
    var configuration = configuration
    configuration.choices = Settings(choices)
    let building = try method.building(
      Settings(settings + choices + [("up", "blur"), ("norm", "instance")]), [bench.a, bench.b],
      nil, given: given,
      condition: configuration.condition)
    let first = FirstWeights(from: Draws(RandomStream(seed: 3, name: "weights")), on: bench.backend)
    return try AdversarialTrainer(
      method,
      .init(
        networks: method.makeNetworks(building, given: given, first), sets: [bench.a, bench.b],
        configuration: configuration, learningRate: 2e-4, weights: weights, seed: 3))
  }

  private func trainer(
    _ bench: CycleGANTests.Bench, isFast: Bool = false,
    _ configuration: AdversarialConfiguration = .init(batch: 2, epochs: 6, decay: 3, pool: 2)
  ) throws -> AdversarialTrainer {
    try CUTTests.trainer(bench, isFast: isFast, configuration)
  }

  /// What the parts of a step are called.
  static let parts = ["forward_d", "backward_d", "forward_g", "backward_g", "update"]

  @Test(arguments: [(1, false), (2, true)])
  func aResumedRunGivesTheSameBytes(_ threads: Int, _ isFast: Bool) throws {
    let bench = try CycleGANTests.Bench(threads: threads)
    let (whole, first) = (try trainer(bench, isFast: isFast), try trainer(bench, isFast: isFast))
    for _ in 0..<8 { try whole.step() }
    for _ in 0..<3 { try first.step() }
    let stored = try Safetensors(
      decoding: bench.bytes(of: first)[...], path: "t.safetensors", budget: bench.budget)
    let other = try CycleGANTests.Bench(threads: 3 - threads)
    let resumed = try trainer(other, isFast: isFast)
    try resumed.resume(stored, from: "t.safetensors", on: other.backend)
    for _ in 0..<5 { try resumed.step() }
    #expect(try bench.bytes(of: whole) == other.bytes(of: resumed))
  }

  @Test(arguments: [false, true])
  func aStepInPartsIsTheSameStepAndTellsWhatItComputed(_ isFast: Bool) throws {
    let bench = try CycleGANTests.Bench()
    let (whole, parts) = (try trainer(bench, isFast: isFast), try trainer(bench, isFast: isFast))
    let (same, identity) = isFast ? ([], []) : (["same_b"], ["nce_identity"])
    for _ in 0..<3 {
      try whole.step()
      let told = try CUTTests.parts.map { name in
        let part = try parts.substep()
        #expect(part.name == name)
        return part.values.map(\.name)
      }
      #expect(
        told == [
          ["real_a", "real_b", "fake_b"] + same + ["real_score", "fake_score", "d"], ["d"],
          ["score", "g", "nce"] + identity, ["g", "f"], ["g", "nce", "nce_identity", "d"],
        ])
    }
    #expect(try bench.bytes(of: whole) == bench.bytes(of: parts))
  }

  @Test func fastHasItsOwnWeightsUnlessTheyAreGiven() throws {
    let bench = try CycleGANTests.Bench()
    let slow = try trainer(bench)
    #expect([slow.dial("nce_weight"), slow.dial("identity")] == [0.5, 0.5])
    let fast = try trainer(bench, isFast: true)
    #expect([fast.dial("nce_weight"), fast.dial("identity")] == [10, 0])
    let given = try CUTTests.trainer(
      bench, isFast: true, .init(pool: 0), weights: ["nce_weight": 3, "identity": 1])
    #expect([given.dial("nce_weight"), given.dial("identity")] == [3, 1])
    try given.step()
    #expect(given.losses.allSatisfy { $0 > 0 })
    try given.setDial("nce_weight", 0)
    try given.setDial("identity", 0)
    try given.step()
    #expect(given.losses[1] == 0 && given.losses[2] == 0)
  }

  @Test func aLayerThatIsNotThereIsRefusedWithTheLeastNumberOfBlocks() throws {
    let bench = try CycleGANTests.Bench()
    func failure(_ layers: [String], blocks: Int = 2) -> Failure? {
      #expect(throws: Failure.self) {
        try CUTTests.trainer(
          bench, .init(pool: 0),
          settings: [("base", 2), ("blocks", .int(blocks)), ("layers", 2)], layers: layers)
      }
    }
    let few = failure(["stem.pad", "res.0", "res.4"])
    #expect(few?.code == "E-arg")
    #expect(few?.message == "`nce` names the layer `res.4`, and `g` has 2 residual blocks")
    #expect(few?.suggestion?.hasPrefix("blocks=5") == true)
    #expect(failure(["res.0.conv1"], blocks: 0)?.suggestion?.hasPrefix("blocks=1") == true)
    #expect(failure(["stem.pads"])?.message == "`nce` names `stem.pads`, which is no layer of `g`")
    #expect(failure([])?.message == "`nce` must name a layer of `g`")
  }

  @Test func headsThatDoNotFitAreRefused() throws {
    let bench = try CycleGANTests.Bench()
    let weights = FirstWeights.zeros(on: bench.backend)
    func failure(_ f: Layer) -> Failure? {
      #expect(throws: Failure.self) {
        try CUTTests.trainer(bench, .init(pool: 0), given: ["f": f])
      }
    }
    let other = failure(try LayerKind.projectionHeads([("widths", .ints([3, 4]))], weights))
    #expect(
      other?.message == "`f` reads 3, 4 features, but the layers of `nce` have 3, 4, 8 channels")
    #expect(other?.suggestion == "f=projection_heads([3, 4, 8])")
    #expect(failure(try LayerKind.relu([], weights))?.code == "E-arg")
  }

  @Test func fastRefusesACondition() throws {
    let bench = try CycleGANTests.Bench()
    let failure = #expect(throws: Failure.self) {
      try CUTTests.trainer(bench, isFast: true, .init(pool: 2, condition: "film"))
    }
    #expect(failure?.suggestion == "fast=false")
  }

  @Test func patchesAreComparedByTheCrossEntropyOfTheirSimilarities() throws {
    let backend = try CycleGANTests.Bench().backend
    let q = try Tensor([1, 0, 0, 1, 0.6, 0.8] as [Float], try Shape([1, 3, 2]), on: backend)
    let k = try Tensor([0.8, 0.6, 0, 1, 1, 0] as [Float], try Shape([1, 3, 2]), on: backend)
    // Rows of q · kᵀ: (0.8, 0, 1), (0.6, 1, 0), (0.96, 0.8, 0.6), each divided by 0.07.
    let own = try PatchNCE.losses(q, k).floats()
    #expect(own.count == 1 && abs(own[0] - 2.72043) < 1e-3)
    let maps = try Tensor.arange(.int(0), .int(24), on: backend).reshaped([2, 2, 2, 3])
    let rows = try PatchNCE.rows(of: maps, at: [5, 0]).floats()
    #expect(rows == [5, 11, 0, 6, 17, 23, 12, 18])
    let mirrored = try PatchNCE.rows(of: maps, at: [5, 0], isMirrored: true).floats()
    #expect(mirrored == [3, 9, 2, 8, 15, 21, 14, 20])
  }

  @Test(arguments: [1, 3])
  func theEstimateOfMemoryIsNearWhatIsUsed(_ batch: Int) throws {
    let bench = try CycleGANTests.Bench(height: 64, width: 64)
    let trainer = try CUTTests.trainer(
      bench, .init(batch: batch, pool: 0), settings: [("base", 16), ("blocks", 1), ("layers", 3)])
    let estimated = try #require(try trainer.estimatedBytes())
    for _ in 0..<2 { try trainer.step() }
    let used = bench.budget.mostLive
    let ratio = Double(estimated) / Double(used)
    #expect(ratio > 0.8 && ratio < 1.6, "\(estimated) estimated, \(used) used")
  }

  @Test func placesAreDrawnAnewForEachStepAndNoneTwice() throws {
    let bench = try CycleGANTests.Bench()
    let trainer = try trainer(bench)
    func drawn(_ number: Int, _ count: Int) -> [Int] {
      AdversarialStep(trainer, number, images: []).drawn("places.0", count, below: 300)
    }
    #expect(Set(drawn(1, 256)).count == 256)
    #expect(drawn(1, 256) == drawn(1, 256) && drawn(1, 256) != drawn(2, 256))
    #expect(drawn(1, 1000).sorted() == Array(0..<300))
    let coins = (0..<200).map {
      AdversarialStep(trainer, $0, images: []).drawn("mirror", 1, below: 2)[0]
    }
    #expect((70...130).contains(coins.reduce(0, +)))
  }
}
