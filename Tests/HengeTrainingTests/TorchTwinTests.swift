// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

@testable import HengeTraining

/// Trainers beside PyTorch's programs of the same definition, from weights and pictures that both sides
/// work out for themselves.
@Suite struct TorchTwinTests {
  /// What PyTorch's program wrote.
  struct Fixture {
    let arrays: [String: ArrayData]
    let backend: any Backend

    init(_ name: String, on backend: any Backend) throws {
      let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
      let read = try Npz.read(
        "/\(folder)/Fixtures/\(name).npz", budget: MemoryBudget(limit: 100_000_000))
      arrays = Dictionary(read.map { ($0.name, $0.array) }, uniquingKeysWith: { a, _ in a })
      self.backend = backend
    }

    func numbers(_ name: String) throws -> [Double] {
      try Tensor(try #require(arrays[name]), on: backend).cast(to: .f64).doubles()
    }

    /// Expects the losses of step `number`, 0 the first.
    func expectLosses(of trainer: NetworkTrainer, _ number: Int) throws {
      let (all, count) = (try numbers("losses"), trainer.lossNames.count)
      let bound = number == 0 ? 1e-4 : 5e-3
      for (index, name) in trainer.lossNames.enumerated() {
        let (own, theirs) = (trainer.losses[index], all[number * count + index])
        #expect(abs(own - theirs) <= bound * abs(theirs), "\(name) of step \(number + 1)")
      }
    }

    /// Expects every weight within 1e-3 of its length, but for those whose `isNoise` is true.
    ///
    /// Where there is a sketch only, which tells a length to one part in 20, within four fifths of that.
    func expectWeights(
      of trainer: NetworkTrainer, but isNoise: (String) -> Bool = { _ in false }
    ) throws {
      for (network, layer) in trainer.networks {
        for (place, entry) in layer.allParameters.enumerated() where !isNoise(entry.name) {
          let theirs = try numbers("\(network).\(place)")
          let own = TwinNumbers.sketch(try entry.parameter.value.floats())
          try #require(own.count == theirs.count, "\(network).\(entry.name)")
          let distance = zip(own, theirs).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          let length = try numbers("\(network).\(place).length")[0]
          let bound = entry.parameter.value.count > TwinNumbers.buckets ? 8e-4 : 1e-3
          #expect(
            distance.squareRoot() <= bound * length,
            "\(network).\(entry.name) is \(distance.squareRoot() / length) away")
        }
      }
    }
  }

  /// Sets each weight to its formula, a kernel even over ±`spread` / √fan_in and a bias over ±0.346 where
  /// that is given; a normalisation's scale lies around 1.
  private func setWeights(of trainer: NetworkTrainer, spread: Double? = nil) throws {
    for (index, network) in trainer.networks.enumerated() {
      for (place, entry) in network.layer.allParameters.enumerated() {
        guard entry.parameter.isTrained else { continue }
        let value = entry.parameter.value
        let seed = UInt64(1000 * (index + 1) + place)
        let fan = Double(value.count / max(1, value.shape[0])).squareRoot()
        let bound = spread.map { value.rank > 1 ? $0 / fan : 0.346 }
        let drawn = TwinNumbers.weights(seed, count: value.count, bound: bound ?? 0.0346)
        let isScale = value.rank == 1 && entry.name.hasSuffix("weight")
        entry.parameter.set(
          try Tensor(isScale ? drawn.map { $0 + 1 } : drawn, value.shape, on: value.backend))
      }
    }
  }

  @Test(arguments: [1, 2])
  func fiveStepsOfCycleGANAt64PixelsAgreeWithPyTorch(_ batch: Int) throws {
    let bench = try CycleGANTests.Bench(height: 64, width: 64)
    let weights = FirstWeights.zeros(on: bench.backend)
    func generator() throws -> Layer {
      try LayerKind.resnetGenerator([("base", .int(16)), ("blocks", .int(6))], weights)
    }
    func critic() throws -> Layer {
      try LayerKind.patchDiscriminator([("base", .int(16))], weights)
    }
    let trainer = try AdversarialTrainer(
      .cyclegan,
      .init(
        networks: ["g_ab": generator(), "g_ba": generator(), "d_a": critic(), "d_b": critic()],
        sets: [bench.a, bench.b], configuration: .init(batch: batch, pool: 2),
        learningRate: 2e-4, seed: 3))
    try setWeights(of: trainer, spread: 6)
    let fixture = try Fixture("cyclegan-64-\(batch)", on: bench.backend)
    // Of the pools of A and of B; the direction to B comes first.
    let places = [200_001, 200_000].map {
      TwinNumbers.places($0, count: 5 * batch, size: 2)
    }
    for number in 0..<5 {
      let real = try [0, 1].map { side in
        try TwinNumbers.batch(
          UInt64(100_000 + 2 * batch * (5 * side + number)), count: batch, 64, 64,
          on: bench.backend)
      }
      let decisions = places.map { places in
        places[number * batch..<(number + 1) * batch].map {
          $0.map(ImagePool.Decision.swap) ?? .pass
        }
      }
      let step = AdversarialStep(
        trainer, number, images: real,
        decisions: ["pool_b": decisions[0], "pool_a": decisions[1]])
      try trainer.put(step.whole())
      try fixture.expectLosses(of: trainer, number)
    }
    // A bias before a normalisation changes nothing: its gradient is rounding, here and there.
    try fixture.expectWeights(of: trainer) { name in
      name.hasSuffix(".bias") && !name.hasPrefix("head") && !name.hasPrefix("first")
    }
  }

  @Test(arguments: [(Adversary.vanilla, 1), (.lsgan, 2), (.wgan, 2)])
  func fiveStepsOfPix2PixAgreeWithPyTorch(_ gan: Adversary, _ batch: Int) throws {
    let bench = try Pix2PixTests.Bench()
    let trainer = try bench.trainer(
      .init(batch: batch, pool: 0, adversary: gan), base: 4, dropout: 0)
    try setWeights(of: trainer)
    let fixture = try Fixture("pix2pix-\(gan.rawValue)-\(batch)", on: bench.backend)
    for number in 0..<5 {
      let pictures = try [0, 1].map { side in
        try TwinNumbers.batch(
          UInt64(300_000 + 2 * batch * (5 * side + number)), count: batch, 32, 32,
          on: bench.backend)
      }
      let step = AdversarialStep(trainer, number, images: pictures)
      try trainer.put(step.whole())
      try fixture.expectLosses(of: trainer, number)
    }
    try fixture.expectWeights(of: trainer)
  }
}
