// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeData
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

@testable import HengeTraining

/// Trainers whose networks are told an angle besides the picture.
@Suite struct ConditionTests {
  typealias Bench = CycleGANTests.Bench

  /// A trainer of `method` with its own networks, all small.
  private func trainer(
    _ method: AdversarialMethod, _ bench: Bench, condition: String? = "film", batch: Int = 1,
    pool: Int = 3, given: [String: Layer] = [:], augment: Augmentation? = nil,
    encoding: AngleEncoding? = nil
  ) throws -> AdversarialTrainer {
    let own: [String: Setting] = [
      "base": .int(2), "blocks": .int(1), "layers": .int(2), "norm": .text("instance"),
      "up": .text("deconv"),
      "dropout": .num(0.5), "nce": .words(["stem.pad", "res.0"]),
    ]
    let settings = Settings(
      method.options.compactMap { option in own[option.name].map { (option.name, $0) } })
    var sets =
      method.data.form == .pairs
      ? [bench.a, try bench.b.selecting([0, 1, 2, 3, 4])] : [bench.a, bench.b]
    if let encoding { sets = try sets.map { try $0.withAngle(encoding) } }
    let building = try method.building(settings, sets, augment, given: given, condition: condition)
    let weights = FirstWeights(
      from: Draws(RandomStream(seed: 3, name: "weights")), on: bench.backend)
    return try AdversarialTrainer(
      method,
      .init(
        networks: method.makeNetworks(building, given: given, weights), sets: sets,
        configuration: .init(
          batch: batch, epochs: 6, decay: 3, pool: pool, condition: condition,
          choices: Settings(method.choices.entries.map { ($0.name, settings[$0.name]) })),
        learningRate: 2e-4, augmentation: augment, seed: 3))
  }

  /// pix2pix with a generator that can be told an angle.
  private func pix2pix(_ bench: Bench) throws -> AdversarialTrainer {
    let weights = FirstWeights(
      from: Draws(RandomStream(seed: 4, name: "weights")), on: bench.backend)
    let generator = try LayerKind.filmGenerator(
      [("base", .int(2)), ("blocks", .int(1)), ("dropout", .num(0.3))], weights)
    return try trainer(.pix2pix, bench, given: ["g": generator])
  }

  static let methods = [
    "cyclegan", "pix2pix", "one_way_gan", "cut", "cyclegan heatmap", "pix2pix ramp",
    "one_way_gan ramp", "cut ramp",
  ]

  private func trainer(_ name: String, _ bench: Bench) throws -> AdversarialTrainer {
    switch name {
    case "cyclegan":
      try trainer(
        .cyclegan, bench, batch: 2, augment: Augmentation(flip: 0.5, rotate: 30))
    case "pix2pix": try pix2pix(bench)
    case "cyclegan heatmap":
      try trainer(
        .cyclegan, bench, condition: "angle", batch: 2,
        augment: Augmentation(flip: 0.5, rotate: 30),
        encoding: .heatmap)
    case "cut": try trainer(.cut, bench, batch: 2)
    case "cut ramp": try trainer(.cut, bench, condition: "angle", encoding: .ramp)
    case "pix2pix ramp":
      try trainer(.pix2pix, bench, condition: "angle", encoding: .ramp)
    case "one_way_gan ramp":
      try trainer(.oneWay, bench, condition: "angle", encoding: .ramp)
    default: try trainer(.oneWay, bench)
    }
  }

  @Test(arguments: methods, [1, 2])
  func aResumedRunGivesTheSameBytes(_ name: String, _ threads: Int) throws {
    let bench = try Bench(threads: threads)
    let (whole, first) = (try trainer(name, bench), try trainer(name, bench))
    for _ in 0..<12 { try whole.step() }
    for _ in 0..<5 { try first.step() }
    let stored = try Safetensors(
      decoding: bench.bytes(of: first)[...], path: "t.safetensors", budget: bench.budget)
    #expect(
      stored.metadata["setting.condition"] == (Self.methods[..<4].contains(name) ? "film" : "angle")
    )
    let other = try Bench(threads: 3 - threads)
    let resumed = try trainer(name, other)
    try resumed.resume(stored, from: "t.safetensors", on: other.backend)
    for _ in 0..<7 { try resumed.step() }
    #expect(try bench.bytes(of: whole) == other.bytes(of: resumed))
    #expect(whole.losses.allSatisfy { $0.isFinite })
  }

  @Test(arguments: methods)
  func aStepInPartsIsTheSameStep(_ name: String) throws {
    let bench = try Bench()
    let (whole, parts) = (try trainer(name, bench), try trainer(name, bench))
    for _ in 0..<3 {
      try whole.step()
      for _ in 0..<5 { _ = try parts.substep() }
    }
    #expect(try bench.bytes(of: whole) == bench.bytes(of: parts))
  }

  /// A step of cyclegan by hand, from the definition of its losses.
  @Test func lossesAreThoseOfTheDefinition() throws {
    let bench = try Bench()
    let trainer = try trainer(.cyclegan, bench, pool: 0)
    let part = try trainer.substep()
    let (a, b) = (try tensor("real_a", part), try tensor("real_b", part))
    #expect(a.shape.sizes == [1, 5, 16, 16])
    func split(_ x: Tensor) throws -> (picture: Tensor, told: Tensor) {
      (
        try x.selecting([.all, .slice(start: 0, stop: 3, step: nil)]),
        try x.selecting([.all, .slice(start: 3, stop: nil, step: nil)])
      )
    }
    func under(_ picture: Tensor, _ image: Tensor) throws -> Tensor {
      try Tensor.concatenated([picture, try split(image).told], axis: 1)
    }
    // The angles are those of the items, and the planes one number each.
    for (image, (set, places)) in zip([a, b], zip([bench.a, bench.b], trainer.places(of: 0))) {
      let degrees = try #require(try set.record(of: places[0]).angle)
      let told = try split(image).told.floats()
      #expect(told[..<256].allSatisfy { abs($0 - Float(cos(degrees * .pi / 180))) < 1e-6 })
      #expect(told[256...].allSatisfy { abs($0 - Float(sin(degrees * .pi / 180))) < 1e-6 })
    }
    let (g, f) = (trainer.network("g_ab"), trainer.network("g_ba"))
    let (dA, dB) = (trainer.network("d_a"), trainer.network("d_b"))
    let (y, x) = (try g(a), try f(b))
    func cost(_ d: Layer, _ image: Tensor, _ goal: Int) throws -> Double {
      try d(image).mse(.int(goal)).item().double
    }
    let expected = [
      "g_ab": try cost(dB, under(y, a), 1), "g_ba": try cost(dA, under(x, b), 1),
      "cycle_a": try f(under(y, a)).l1(split(a).picture).item().double * 10,
      "cycle_b": try g(under(x, b)).l1(split(b).picture).item().double * 10,
      "identity_b": try g(b).l1(split(b).picture).item().double * 5,
      "identity_a": try f(a).l1(split(a).picture).item().double * 5,
      "d_b": try (cost(dB, b, 1) + cost(dB, under(y, a), 0)) / 2,
      "d_a": try (cost(dA, a, 1) + cost(dA, under(x, b), 0)) / 2,
    ]
    for _ in 0..<4 { _ = try trainer.substep() }
    for (name, value) in zip(trainer.lossNames, trainer.losses) {
      let wanted = try #require(expected[name])
      #expect(abs(value - wanted) <= 1e-5 * max(1, wanted), "\(name): \(value), \(wanted)")
    }
  }

  private func tensor(_ name: String, _ part: NetworkTrainer.Part) throws -> Tensor {
    for case (name, .tensor(let tensor)) in part.values { return tensor }
    return try #require(nil, "\(name) is shown")
  }

  @Test func poolsContainImagesWithTheirConditions() throws {
    let bench = try Bench()
    func pooled(_ trainer: AdversarialTrainer) -> [(name: String, tensor: Tensor)] {
      trainer.extraState.filter { $0.name.hasPrefix("pool") }
    }
    let cyclegan = try trainer("cyclegan", bench)
    try cyclegan.step()
    #expect(!pooled(cyclegan).isEmpty)
    #expect(pooled(cyclegan).allSatisfy { $0.tensor.shape.sizes == [5, 16, 16] })
    let pairs = try trainer("pix2pix", bench)
    try pairs.step()
    // The input, its condition and the output; the target's condition is not needed.
    #expect(!pooled(pairs).isEmpty)
    #expect(pooled(pairs).allSatisfy { $0.tensor.shape.sizes == [8, 16, 16] })
  }

  @Test(arguments: methods)
  func heldOutImagesAreMeasuredAndShown(_ name: String) throws {
    let bench = try Bench()
    let trainer = try trainer(name, bench)
    let sets = trainer.datasets.map(\.dataset)
    try trainer.holdOut(sets[0], sets[1])
    let measures = try trainer.measureHeldOut()
    #expect(!measures.isEmpty && measures.allSatisfy { $0.value.isFinite && $0.value > 0 })
    let rows = try trainer.samples(2)
    #expect(rows.count == (name.hasPrefix("cy") ? 6 : name.hasPrefix("p") ? 3 : 2))
    #expect(rows.allSatisfy { $0.pictures.allSatisfy { $0.shape.sizes == [3, 16, 16] } })
    #expect((try trainer.estimatedBytes() ?? 0) > 0)
  }

  @Test func anItemWithoutAnAngleIsNamed() throws {
    let bench = try Bench()
    let bare = try bench.a.withLandmarks([[], [], [], [], []])
    let failure = #expect(throws: Failure.self) {
      try AdversarialMethod.oneWay.building(
        Settings(), [bare, bench.b], nil, given: [:], condition: "film")
    }
    #expect(failure?.code == "E-data" && failure?.parameter == "A")
    #expect(failure?.message == "the angle of \"faces(\"anime\")[0]\" is not known")
    let trainer = try trainer(.oneWay, bench)
    let heldOut = #expect(throws: Failure.self) { try trainer.holdOut(bare, bench.b) }
    #expect(heldOut?.parameter == "val")
  }

  /// Planes that differ in how they are computed are two conditions, whatever they are called.
  @Test func conditionsOfBothAreComputedAlike() throws {
    let bench = try Bench()
    func failure(_ a: Dataset, _ b: Dataset, _ name: String) -> Failure? {
      #expect(throws: Failure.self) {
        try AdversarialMethod.cyclegan.building(
          Settings([
            ("base", .int(2)), ("blocks", .int(1)), ("layers", .int(2)), ("up", .text("deconv")),
            ("norm", .text("instance")),
          ]), [a, b], nil,
          given: [:], condition: name)
      }
    }
    let (ramp, constant) = (try bench.a.withAngle(), try bench.b.withAngle(.constant))
    #expect(
      failure(ramp, constant, "angle")?.message
        == "the condition \"angle\" is 1 channel (ramp) in A and 1 channel (constant) in B")
    #expect(failure(ramp, bench.b, "angle")?.message == "B has no channels called \"angle\"")
    #expect(failure(ramp, ramp, "rgb+angle")?.parameter == "condition")
    #expect(failure(bench.a, bench.b, "")?.message == "A has no channels called \"\"")
    let trainer = try trainer("cyclegan heatmap", bench)
    let sets = trainer.datasets.map(\.dataset)
    let other = try bench.a.withAngle(
      .heatmap, points: ["eye.right", "eye.left", "nose", "mouth.left", "mouth.right"])
    let heldOut = #expect(throws: Failure.self) { try trainer.holdOut(other, sets[1]) }
    #expect(heldOut?.code == "E-arg" && heldOut?.parameter == "val")
  }

  @Test func channelsWithoutEffectAreReported() throws {
    let bench = try Bench()
    let remarks = try trainer(
      .cyclegan, bench, condition: "angle", encoding: .constant
    ).remarks()
    #expect(remarks.count == 1)
    #expect(remarks[0].hasPrefix("\"angle\" has no effect on g_ab and g_ba: "))
    // Translated whole, as the paper's programs would have it.
    let whole = try trainer(.cyclegan, bench, condition: nil, encoding: .constant).remarks()
    #expect(whole == remarks)
    #expect(
      try trainer(.cyclegan, bench, condition: "angle", encoding: .ramp).remarks() == [])
    #expect(try trainer(.cyclegan, bench, condition: nil, encoding: .heatmap).remarks() == [])
    // A generator without conditional normalization is told nothing by planes of one number.
    let weights = FirstWeights(
      from: Draws(RandomStream(seed: 4, name: "weights")), on: bench.backend)
    let plain = try LayerKind.resnetGenerator(
      [("channels", .int(5)), ("base", .int(2)), ("blocks", .int(1))], weights)
    let told = try trainer(.cyclegan, bench, given: ["g_ab": plain]).remarks()
    #expect(told.count == 1)
    #expect(told[0].hasPrefix("\"cos\", \"sin\" have no effect on g_ab: "))
    // Without an angle there is nothing to read, in any first layer.
    let straight = try bench.a.withAngle(.constant, angle: 0)
    let empty = try AdversarialTrainer(
      .cyclegan,
      .init(
        networks: Dictionary(
          try trainer(.cyclegan, bench, condition: "angle", encoding: .constant).networks
            .map { ($0.name, $0.layer) }, uniquingKeysWith: { first, _ in first }),
        sets: [straight, straight], configuration: .init(condition: "angle"), learningRate: 2e-4,
        seed: 3)
    ).remarks()
    #expect(
      empty == [
        "\"angle\" has no effect on g_ab, d_b, g_ba and d_a: 0 in the images looked at, so that its weights receive no gradient"
      ])
    // The U-Net's first layer has no normalization.
    #expect(
      try trainer(.pix2pix, bench, condition: "angle", encoding: .constant).remarks() == [])
  }

  @Test func theUNetIsNotToldAnAngleByItsNormalization() throws {
    let failure = #expect(throws: Failure.self) { try trainer(.pix2pix, Bench()) }
    #expect(failure?.code == "E-arg" && failure?.parameter == "condition")
  }

  // MARK: Channels

  @Test func picturesAndConditionsAreTakenApartAndJoined() throws {
    let bench = try Bench()
    let x = try Tensor.arange(.int(0), .int(24), on: bench.backend).reshaped([1, 6, 2, 2])
    let planes = ConditionPlanes(count: 6, condition: [1, 2, 5])
    #expect(planes.pictureCount == 3 && planes.conditionCount == 3 && planes.count == 6)
    let (picture, condition) = (try planes.picture(x), try planes.condition(x))
    #expect(try picture.floats() == [0, 1, 2, 3, 12, 13, 14, 15, 16, 17, 18, 19])
    #expect(try condition.floats() == [4, 5, 6, 7, 8, 9, 10, 11, 20, 21, 22, 23])
    #expect(try planes.joined(picture, condition).floats() == x.floats())
    let one = try x.selecting([.at(0)])
    #expect(try planes.joined(planes.picture(one), planes.condition(one)).floats() == x.floats())
    let none = ConditionPlanes(count: 6)
    #expect(none.isEmpty && none.pictureCount == 6)
    #expect(try none.picture(x).floats() == x.floats())
  }

  // MARK: The probe

  @Test func aConditionThatGivesTheDatasetAwayIsFound() {
    var stream = RandomStream(seed: 1, name: "angles")
    func angles(_ count: Int, _ spread: Double) -> [[Double]] {
      (0..<count).map { _ in [(2 * stream.uniform() - 1) * spread] }
    }
    // Faces that are nearly straight beside tilted ones.
    let telling = DomainProbe.finding(angles(64, 5), angles(64, 40))
    #expect(telling.isTelling && telling.accuracy > 0.85 && telling.count == 64)
    let moved = DomainProbe.finding(
      angles(64, 5), angles(64, 5).map { [$0[0] + 20] })
    #expect(moved.isTelling && moved.accuracy == 1)
    // The same angles, and too few images to know.
    for _ in 0..<50 {
      #expect(!DomainProbe.finding(angles(64, 30), angles(64, 30)).isTelling)
      #expect(!DomainProbe.finding(angles(5, 5), angles(5, 5)).isTelling)
    }
    #expect(!DomainProbe.finding([[1]], [[2]]).isTelling)
    #expect(DomainProbe.places(of: 3) == [0, 1, 2])
    #expect(DomainProbe.places(of: 12800) == (0..<128).map { $0 * 100 })
  }

  @Test func numbersOfAConditionTellPlanesRampsAndPeaks() throws {
    let bench = try Bench()
    let ramp = (0..<16).map { Float($0 % 4) / 1.5 - 1 }
    let planes = [Float](repeating: 0.25, count: 16) + ramp
    let numbers = try DomainProbe.numbers(
      of: Tensor(planes, try Shape([1, 2, 4, 4]), on: bench.backend))
    let expected = [0.25, 0, 0, 0, 5.0 / 9, 0]
    #expect(numbers.count == 1 && numbers[0].count == 6)
    #expect(zip(numbers[0], expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func remarksDrawNothingThatTrainingDraws() throws {
    let bench = try Bench()
    let (first, second) = (try trainer("cyclegan", bench), try trainer("cyclegan", bench))
    #expect(try first.remarks() == [])
    for trainer in [first, second] { for _ in 0..<3 { try trainer.step() } }
    #expect(try bench.bytes(of: first) == bench.bytes(of: second))
  }
}
