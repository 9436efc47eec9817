// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// Networks that PyTorch saved under the names of CycleGAN's reference program.
@Suite struct ReferenceNamesTests {
  private let budget = MemoryBudget(limit: 100_000_000)

  private func golden(_ name: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Golden/" + name
  }

  private func arrays(_ name: String) throws -> [NamedArray] {
    try PyTorchFile(reading: golden("reference-\(name).pth"), budget: budget).arrays
  }

  static let descriptions = [
    ("generator", "resnet_generator(base=3, blocks=2)"),
    (
      "generator-batch",
      "resnet_generator(channels=4, base=2, blocks=1, norm=\"batch\", dropout=0.5)"
    ),
    ("generator-none", "resnet_generator(base=2, blocks=1, norm=\"none\")"),
    ("generator-zero", "resnet_generator(base=2, blocks=2, padding=\"zero\")"),
    (
      "generator-zero-dropout",
      "resnet_generator(base=2, blocks=1, norm=\"batch\", dropout=0.5, padding=\"zero\")"
    ),
    ("generator-bilinear", "resnet_generator(base=2, blocks=1, up=\"bilinear\")"),
    ("generator-blur", "resnet_generator(base=2, blocks=1, up=\"blur\")"),
    ("generator-old", "resnet_generator(base=2, blocks=1)"),
    ("discriminator", "patchgan(base=2, layers=2)"),
    ("discriminator-batch", "patchgan(base=2, layers=1, norm=\"batch\")"),
    ("unet", "unet_generator(downs=3, base=2)"),
    ("unet-batch", "unet_generator(channels=4, downs=6, base=1, norm=\"batch\")"),
    ("unet-none", "unet_generator(out=2, downs=2, base=2, norm=\"none\")"),
    ("pixels", "pixelgan(base=3)"),
    ("pixels-batch", "pixelgan(channels=6, base=2, norm=\"batch\")"),
    ("pixels-none", "pixelgan(base=2, norm=\"none\")"),
    ("generator-cut", "resnet_generator(base=2, blocks=1, up=\"blur\", down=\"blur\")"),
    (
      "generator-cut-none",
      "resnet_generator(base=2, blocks=1, norm=\"none\", up=\"blur\", down=\"blur\")"
    ),
    ("discriminator-cut", "patchgan(base=2, layers=2, down=\"blur\")"),
    (
      "discriminator-cut-batch", "patchgan(base=2, layers=1, norm=\"batch\", down=\"blur\")"
    ),
    ("heads", "projection_heads((3, 4, 2), out=5)"),
  ]

  @Test(arguments: descriptions)
  func aFileIsRecognisedAndGivesThePictureThatPyTorchGives(
    _ name: String, _ description: String
  ) throws {
    let model = try #require(
      try ReferenceNames.recognised(arrays(name), from: name, on: cpu))
    #expect("\(model)" == description)
    let given = Dictionary(
      try Npz.read(golden("reference-\(name).npz"), budget: budget).map { ($0.name, $0.array) },
      uniquingKeysWith: { first, _ in first })
    let x = try Tensor(try #require(given["x"]), on: cpu)
    let y = try Tensor(try #require(given["y"]), on: cpu).floats()
    for (isPrecise, bound) in [(false, Float(1e-4)), (true, 1e-5)] {
      let own = try model(x, Pass(isPrecise: isPrecise)).floats()
      let largest = zip(own, y).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      let scale = y.reduce(Float(1)) { max($0, abs($1)) }
      #expect(largest <= bound * scale, "precise=\(isPrecise)")
    }
  }

  @Test(arguments: descriptions.map(\.0).filter { $0 != "generator-old" })
  func whatIsWrittenHasTheNamesThatPyTorchWrote(_ name: String) throws {
    let theirs = try arrays(name).filter { !$0.name.hasSuffix("num_batches_tracked") }
    let model = try #require(try ReferenceNames.recognised(theirs, from: name, on: cpu))
    let own = try ReferenceNames.arrays(of: model, budget: budget)
    // What a layer blurs by stands behind the weights here, and beside its layer there.
    func ordered(_ arrays: [NamedArray]) -> [NamedArray] {
      arrays.filter { !$0.name.hasSuffix(".filt") } + arrays.filter { $0.name.hasSuffix(".filt") }
    }
    #expect(own.map(\.name) == ordered(theirs).map(\.name))
    for (a, b) in zip(own, ordered(theirs)) {
      #expect(a.array.shape == b.array.shape)
      #expect(Array(a.array.bytes) == Array(b.array.bytes))
    }
  }

  @Test func oneMoreOrOneLessWeightIsNoSuchNetwork() throws {
    let whole = try arrays("generator")
    #expect(try ReferenceNames.recognised(Array(whole.dropLast()), from: "x", on: cpu) == nil)
    let other = whole + [NamedArray("model.99.weight", whole[1].array)]
    #expect(try ReferenceNames.recognised(other, from: "x", on: cpu) == nil)
    #expect(try ReferenceNames.recognised([], from: "x", on: cpu) == nil)
  }

  @Test func aFileThatBlursByOtherNumbersIsNoSuchNetwork() throws {
    let whole = try arrays("generator-cut")
    let other = try whole.map { array in
      guard array.name == "model.7.filt" else { return array }
      let wider = try Tensor(array.array, on: cpu) * 2
      return NamedArray(array.name, try wider.arrayData(budget: budget))
    }
    #expect(try ReferenceNames.recognised(other, from: "x", on: cpu) == nil)
    let model = try #require(try ReferenceNames.recognised(whole, from: "x", on: cpu))
    let failure = #expect(throws: Failure.self) {
      try ForeignWeights(setting: model, to: ForeignFile(other), from: "x", on: cpu)
    }
    #expect(
      failure?.message.contains(
        "`model.7.filt`, 4x1x3x3, is not the filter that a layer of this model blurs by") == true)
    // A file may leave them out.
    let bare = whole.filter { !$0.name.hasSuffix(".filt") }
    #expect(
      try ForeignWeights(setting: model, to: ForeignFile(bare), from: "x", on: cpu).leftOver.isEmpty
    )
  }

  @Test func otherNetworksHaveNoNamesThere() throws {
    let model = try LayerKind.encoderDecoder([], .zeros(on: cpu))
    #expect(model.reference == nil)
    let failure = #expect(throws: Failure.self) {
      try ReferenceNames.arrays(of: model, budget: budget)
    }
    #expect(
      failure?.notes == [
        "it has them for resnet_generator, unet_generator, patchgan, pixelgan, projection_heads, ugatit_generator, ugatit_discriminator, cfa"
      ])
  }

  @Test func whatNamesLeaveOpenIsSaid() throws {
    func guess(_ name: String) throws -> String? {
      let model = try #require(try ReferenceNames.recognised(arrays(name), from: name, on: cpu))
      return model.reference?.guess(model)
    }
    #expect(try guess("unet-batch")?.contains("dropout=0 is a guess") == true)
    #expect(try guess("generator-bilinear")?.contains("bilinear is a guess") == true)
    #expect(try guess("generator-blur") == nil)
    #expect(try guess("generator") == nil)
  }
}
