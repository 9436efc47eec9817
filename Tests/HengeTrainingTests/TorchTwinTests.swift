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

    /// Expects the losses of step `number`, 0 the first, but for those that are `missing`.
    func expectLosses(of trainer: NetworkTrainer, _ number: Int, missing: [String] = []) throws {
      let names = trainer.lossNames.filter { !missing.contains($0) }
      let (all, count) = (try numbers("losses"), names.count)
      let bound = number == 0 ? 1e-4 : 5e-3
      for (index, name) in names.enumerated() {
        let own = trainer.losses[trainer.lossNames.firstIndex(of: name) ?? 0]
        let theirs = all[number * count + index]
        #expect(abs(own - theirs) <= bound * abs(theirs), "\(name) of step \(number + 1)")
      }
    }

    /// Expects tensors that a part of a step shows, by their names here and there, within 1e-4 of their
    /// lengths.
    func expectResults(
      of part: [(name: String, value: PartValue)], _ names: KeyValuePairs<String, String>
    ) throws {
      for (theirs, own) in names {
        guard case .tensor(let tensor)? = part.first(where: { $0.name == own })?.value else {
          Issue.record("\(own) is not shown")
          return
        }
        let (a, b) = (TwinNumbers.sketch(try tensor.floats()), try numbers(theirs))
        #expect(distance(a, b) <= 1e-4 * distance(b, b.map { _ in 0 }), "\(own)")
      }
    }

    /// Expects the gradient at every weight within 1e-3 of its length, but for those whose `isNoise` is
    /// true.
    func expectGradients(
      of trainer: NetworkTrainer, _ parts: [(name: String, value: PartValue)],
      but isNoise: (String) -> Bool
    ) throws {
      for (network, layer) in trainer.networks {
        guard case .group(let found)? = parts.first(where: { $0.name == network })?.value else {
          Issue.record("no gradients of \(network) are shown")
          return
        }
        let paths = layer.allParameters.map(\.name)
        #expect(found.map(\.name) == paths)
        for (place, entry) in found.enumerated() where !isNoise(entry.name) {
          guard case .tensor(let slope) = entry.value else { continue }
          let theirs = try numbers("\(network).\(place).gradient")
          let length = try numbers("\(network).\(place).slope")[0]
          let away = distance(TwinNumbers.sketch(try slope.floats()), theirs)
          #expect(away <= 8e-4 * length, "\(network).\(entry.name) is \(away / length) away")
        }
      }
    }

    private func distance(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// Expects every weight within `limit` of its length, but for those whose `isNoise` is true.
    ///
    /// Where there is a sketch only, which tells a length to one part in 20, within four fifths of that.
    func expectWeights(
      of trainer: NetworkTrainer, within limit: Double = 1e-3,
      but isNoise: (String) -> Bool = { _ in false }
    ) throws {
      for (network, layer) in trainer.networks {
        for (place, entry) in layer.allParameters.enumerated() where !isNoise(entry.name) {
          let theirs = try numbers("\(network).\(place)")
          let own = TwinNumbers.sketch(try entry.parameter.value.floats())
          try #require(own.count == theirs.count, "\(network).\(entry.name)")
          let distance = zip(own, theirs).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
          let length = try numbers("\(network).\(place).length")[0]
          let bound = entry.parameter.value.count > TwinNumbers.buckets ? 0.8 * limit : limit
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

  @Test(arguments: [("cut", 1), ("cut", 2), ("cut-fast", 1), ("cut-fast", 2)])
  func fiveStepsOfCUTAgreeWithPyTorch(_ name: String, _ batch: Int) throws {
    let (height, width, isFast) = (32, 48, name == "cut-fast")
    let bench = try CycleGANTests.Bench(height: height, width: width)
    let layers = ["stem.pad", "down.0.conv", "down.1.conv", "res.0", "res.4"]
    let heads = try LayerKind.projectionHeads(
      [("widths", .ints([3, 16, 32, 32, 32])), ("out", 32)], .zeros(on: bench.backend))
    let trainer = try CUTTests.trainer(
      bench, isFast: isFast, .init(batch: batch, pool: 0),
      settings: [("base", 8), ("blocks", 5), ("layers", 3)], layers: layers, given: ["f": heads])
    try setWeights(of: trainer, spread: 6)
    let fixture = try Fixture("\(name)-\(batch)", on: bench.backend)
    let sizes = [(height + 6) * (width + 6), height * width, height * width / 4] + [96, 96]
    // A bias before a normalization changes nothing: its gradient is rounding, here and there.
    func isNoise(_ name: String) -> Bool {
      name.hasSuffix(".conv.bias") && !name.hasPrefix("head") && !name.hasPrefix("first")
        || name.hasPrefix("res.") && name.hasSuffix(".bias")
    }
    for number in 0..<5 {
      let pictures = try [0, 1].map { side in
        try TwinNumbers.batch(
          UInt64(400_000 + 2 * batch * (5 * side + number)), count: batch, height, width,
          on: bench.backend)
      }
      var numbers = ["mirror": [[1, 3, 4].contains(number) ? 1 : 0]]
      for (index, size) in sizes.enumerated() {
        numbers["places.\(index)"] = TwinNumbers.order(
          UInt64(500_000 + 10 * number + index), count: size, first: 256)
      }
      let step = AdversarialStep(trainer, number, images: pictures, numbers: numbers)
      if number == 0 {
        let parts = try CUTTests.parts.indices.map { try step.compute(part: $0) }
        try fixture.expectResults(of: parts[0], ["fake": "fake_b", "score": "real_score"])
        try fixture.expectGradients(of: trainer, parts[1] + parts[3], but: isNoise)
        try trainer.put(step.finished())
      } else {
        try trainer.put(step.whole())
      }
      try fixture.expectLosses(of: trainer, number, missing: isFast ? ["nce_identity"] : [])
    }
    // PyTorch's own single precision is up to 7e-5 away, where an activation falls on the other side of 0.
    try fixture.expectWeights(of: trainer, within: 1e-4, but: isNoise)
  }
}
