// SPDX-License-Identifier: MIT
import HengeBackend
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct LandmarkRegressorTests {
  func regressor(_ settings: [(String, Setting)] = [], seed: UInt64? = 3) throws -> Layer {
    let weights =
      seed.map {
        FirstWeights(from: Draws(RandomStream(seed: $0, name: "weights")), on: cpu)
      } ?? .zeros(on: cpu)
    return try LayerKind.landmarkRegressor(
      settings + [("base", .int(2)), ("size", .int(32))], weights)
  }

  @Test func `maps that are even put every landmark in the middle of the image`() throws {
    let x = try exampleInput(.landmarkRegressor)
    let found = try regressor(seed: nil)(x)
    #expect(found.shape == (try Shape([1, 5, 2])))
    for (place, number) in try found.floats().enumerated() {
      #expect(abs(number - (place % 2 == 0 ? 19.5 : 11.5)) < 1e-4)
    }
  }

  @Test func `a landmark is the mean of all places, weighted by the softmax of its map`() throws {
    let layer = try regressor()
    let x = try exampleInput(.landmarkRegressor)
    var seen: [String: Tensor] = [:]
    let found = try layer(x, Pass { path, _, _, y in seen[path] = y }).floats()
    let maps = try #require(seen["head"])
    let (rows, columns) = (maps.shape[2], maps.shape[3])
    #expect((rows, columns) == (8, 8))
    let numbers: [Double] = try maps.floats().map { Double($0) }
    for point in 0..<5 {
      let first = point * rows * columns
      let map = numbers[first..<first + rows * columns].map { exp($0) }
      var (sum, across, down) = (0.0, 0.0, 0.0)
      for (place, weight) in map.enumerated() {
        sum += weight
        across += weight * ((Double(place % columns) + 0.5) * 40 / Double(columns) - 0.5)
        down += weight * ((Double(place / columns) + 0.5) * 24 / Double(rows) - 0.5)
      }
      #expect(abs(Double(found[2 * point]) - across / sum) < 1e-4)
      #expect(abs(Double(found[2 * point + 1]) - down / sum) < 1e-4)
    }
  }

  @Test func `sizes that cannot be halved four times are refused with the nearest that can`() throws
  {
    let failure = #expect(throws: Failure.self) { try regressor([("size", .int(72))]) }
    #expect(failure?.code == "E-range")
    #expect(failure?.suggestion == "size=80")
    #expect(throws: Failure.self) { try regressor([("size", .int(16))]) }
    #expect(throws: Failure.self) { try regressor([("points", .int(0))]) }
  }
}
