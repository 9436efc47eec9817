// SPDX-License-Identifier: MIT
import HengeBackend
import HengeData
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

@testable import HengeTraining

/// What a method has by being declared, shown by the smallest that there is.
@Suite struct OneWayTests {
  private func trainer(
    _ bench: CycleGANTests.Bench, _ configuration: AdversarialConfiguration = .init(pool: 2)
  ) throws -> AdversarialTrainer {
    let method = AdversarialMethod.oneWay
    let settings = Settings([("base", .int(2)), ("blocks", .int(1)), ("layers", .int(2))])
    let building = try method.building(settings, [bench.a, bench.b], nil, given: [:])
    let weights = FirstWeights(
      from: Draws(RandomStream(seed: 3, name: "weights")), on: bench.backend)
    return try AdversarialTrainer(
      method,
      .init(
        networks: method.makeNetworks(building, given: [:], weights), sets: [bench.a, bench.b],
        configuration: configuration, learningRate: 2e-4, seed: 3))
  }

  @Test(arguments: [1, 2])
  func aResumedRunGivesTheSameBytes(_ threads: Int) throws {
    let bench = try CycleGANTests.Bench(threads: threads)
    let (whole, first) = (try trainer(bench), try trainer(bench))
    for _ in 0..<12 { try whole.step() }
    for _ in 0..<5 { try first.step() }
    let stored = try Safetensors(
      decoding: bench.bytes(of: first)[...], path: "t.safetensors", budget: bench.budget)
    let other = try CycleGANTests.Bench(threads: 3 - threads)
    let resumed = try trainer(other)
    try resumed.resume(stored, from: "t.safetensors", on: other.backend)
    for _ in 0..<7 { try resumed.step() }
    #expect(try bench.bytes(of: whole) == other.bytes(of: resumed))
    #expect(whole.extraState.map(\.name) == ["pool.0", "pool.1", "recent.g"])
    #expect(whole.stepsPerEpoch == 7)
  }

  @Test func aStepHasPartsAndLossesByName() throws {
    let bench = try CycleGANTests.Bench()
    let (whole, parts) = (try trainer(bench), try trainer(bench))
    for _ in 0..<3 {
      try whole.step()
      let shown = try (0..<5).map { _ in
        let part = try parts.substep()
        return [part.name] + part.values.map(\.name)
      }
      #expect(
        shown == [
          ["forward_g", "real_a", "real_b", "fake_b", "score", "g", "pixel"], ["backward_g", "g"],
          ["forward_d", "real_score", "fake_score", "d"], ["backward_d", "d"],
          ["update", "g", "pixel", "d"],
        ])
    }
    #expect(try bench.bytes(of: whole) == bench.bytes(of: parts))
    #expect(whole.losses.allSatisfy { $0 > 0 && $0.isFinite })
  }

  /// A step by hand, from the definition of its losses: no pool, least squares.
  @Test func itsLossesAreThoseOfItsDefinition() throws {
    let bench = try CycleGANTests.Bench()
    let trainer = try trainer(bench, .init(pool: 0))
    let (g, d) = (trainer.network("g"), trainer.network("d"))
    let part = try trainer.substep()
    let tensors = Dictionary(
      part.values.compactMap { name, value -> (String, Tensor)? in
        if case .tensor(let tensor) = value { (name, tensor) } else { nil }
      }, uniquingKeysWith: { first, _ in first })
    let (a, b) = (try #require(tensors["real_a"]), try #require(tensors["real_b"]))
    let fake = try g(a)
    let passing = try d(fake).mse(.int(1)).item().double
    let pixel = try fake.l1(a).item().double * 10
    let judged = try (d(b).mse(.int(1)).item().double, d(fake).mse(.int(0)).item().double)
    let expected = [passing, pixel, (judged.0 + judged.1) / 2]
    for _ in 0..<4 { _ = try trainer.substep() }
    for (own, other) in zip(trainer.losses, expected) { #expect(abs(own - other) < 1e-5 * other) }
  }

  @Test func whatIsMeasuredAndShownFollowsFromTheDirection() throws {
    let bench = try CycleGANTests.Bench(height: 32, width: 32)
    let trainer = try trainer(bench)
    #expect(try trainer.samples(3).map(\.name) == ["a", "g"])
    try trainer.holdOut(bench.a.take(2), bench.b.take(3))
    #expect(try trainer.samples(3).map(\.pictures.count) == [2, 2])
    #expect(try trainer.measureHeldOut().map(\.name) == ["swd_b"])
    #expect(trainer.dials == ["pixel"])
    #expect(throws: Failure.self) { try trainer.setDial("pixel", .nan) }
    #expect(try #require(try trainer.estimatedBytes()) > 100_000)
  }

  @Test func whoeverFollowsTheLogIsToldWhatHappensToIt() throws {
    let bench = try CycleGANTests.Bench()
    let trainer = try trainer(bench)
    var told: [String] = []
    func follow(_ event: LogEvent) {
      switch event {
      case .stepped(let entry): told.append("step \(entry.step) of \(trainer.count)")
      case .noticed(let notice): told.append(notice.message)
      case .diverged(let divergence): told.append("\(divergence.name) at \(divergence.step)")
      case .measured(let row, let best): told.append("\(row.values[0].name) for \(best ?? "-")")
      }
    }
    try trainer.step()
    try trainer.observed(by: follow) {
      for _ in 0..<5 { _ = try trainer.substep() }
      try trainer.measured([("error", 1)], best: "error")
      // A loss that weighs a hundred million times as much is far beyond its first value.
      try trainer.setDial("pixel", 1e9)
      try trainer.step()
      try trainer.step()
    }
    try trainer.step()
    #expect(
      told == ["step 2 of 2", "error for error", "step 3 of 3", "pixel at 3", "step 4 of 4"])
  }
}
