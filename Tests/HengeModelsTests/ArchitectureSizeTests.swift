// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor
import Testing

/// The largest networks: what the published programs make by default, and what is refused.
@Suite struct ArchitectureSizeTests {
  private let weights = FirstWeights.zeros(on: cpu)

  /// As many as full U-GAT-IT has at its default size of 256x256: 4 · 64 · 64 · 64.
  @Test func aStyleIsComputedFromMoreThanAMillionFeatures() throws {
    let options: [(String, Setting)] = [
      ("base", .int(1)), ("blocks", .int(1)), ("light", .bool(false)), ("size", .int(2048)),
    ]
    let generator = try LayerKind.ugatitGenerator(options, weights)
    let first = try #require(generator.allParameters.first { $0.name == "style.fc1.weight" })
    #expect(first.parameter.value.shape.sizes == [4, 1_048_576])
  }

  @Test func aStyleOfTooManyFeaturesIsRefused() throws {
    let failure = try #require(throws: Failure.self) {
      _ = try LayerKind.ugatitGenerator(
        [("light", .bool(false)), ("size", .int(2048))], weights)
    }
    #expect(failure.code == "E-range")
    #expect(failure.parameter == "size")
    #expect(failure.message.contains("67108864 features"))
  }

  /// The options of the layers that a network consists of are not its own.
  @Test func aLayerOfANetworkThatIsTooLargeNamesNoOptionOfTheNetwork() throws {
    let failure = try #require(throws: Failure.self) {
      _ = try LayerKind.patchDiscriminator([("base", .int(1_000_000))], weights)
    }
    #expect(failure.code == "E-range")
    #expect(failure.parameter == nil)
    #expect(failure.message == "`out` of conv cannot be 2000000")
  }
}
