// SPDX-License-Identifier: MIT
import HengeBackend
import Synchronization
import Testing

@testable import HengeImage

/// Long work on images stops within the first stretch of pixels after its owner wants to.
@Suite struct StopTests {
  private struct Stopped: Error {}

  /// How much work the budget's owner lets pass, and how often it was asked.
  private final class Patience: Sendable {
    let left = Atomic<Int>(0)
    let asked = Atomic<Int>(0)

    func check() throws {
      asked.add(1, ordering: .relaxed)
      if left.subtract(1, ordering: .relaxed).newValue < 0 { throw Stopped() }
    }
  }

  private static let side = 1200

  /// Each must ask several times: what is done between two questions does not grow with the image.
  private static let work: [(name: String, body: @Sendable (MemoryBudget) throws -> Void)] = {
    let picture = Pixels(
      height: side, width: side, channels: 3,
      bytes: [UInt8](repeating: 100, count: side * side * 3))
    let clear = Pixels(
      height: side, width: side, channels: 4,
      bytes: [UInt8](repeating: 100, count: side * side * 4))
    let map = Planes(
      channels: 1, height: side, width: side, values: [Float](repeating: 1, count: side * side))
    let line = (0..<100_000).map(Double.init)
    let plot = Plot([Plot.Series(x: line, y: line, mark: .points)])
    return [
      ("row", { _ = try Montage(budget: $0).row([picture, clear]) }),
      (
        "zoomed grid",
        {
          var montage = Montage(budget: $0)
          montage.zoom = 3
          _ = try montage.grid([picture, picture], columns: 1)
        }
      ),
      ("tiles", { _ = try Montage(budget: $0).tiles(map, columns: 1) }),
      ("sheet", { _ = try Montage(budget: $0).sheet([[picture]], top: ["a"], left: ["b"]) }),
      ("colors", { _ = try ColourMap.heat.coloured(map, budget: $0) }),
      ("overlay", { _ = try picture.overlaid(with: map, budget: $0) }),
      ("channels", { _ = try picture.converted(to: .gray, budget: $0) }),
      (
        "crop",
        { _ = try picture.cropped(top: 1, left: 1, height: side - 2, width: side - 2, budget: $0) }
      ),
      ("turn", { _ = try picture.turned(from: 6, budget: $0) }),
      ("resize", { _ = try picture.resized(height: 900, width: 1500, budget: $0) }),
      ("resize with alpha", { _ = try clear.resized(height: 1500, width: 900, budget: $0) }),
      ("contain", { _ = try picture.fitted(height: 1200, width: 1300, fit: .contain, budget: $0) }),
      ("encode", { _ = try encodePNG(picture, compression: 0, budget: $0) }),
      ("plot in characters", { _ = try plot.characters(budget: $0) }),
      ("plot as SVG", { _ = try plot.svg(budget: $0) }),
      ("plot as pixels", { _ = try plot.pixels(budget: $0) }),
      (
        "histogram",
        { budget in
          _ = try [Double](repeating: 1, count: 1_000_000).withUnsafeBufferPointer {
            try Plot.histogram(of: [$0], bins: 10, budget: budget)
          }
        }
      ),
    ]
  }()

  @Test(arguments: 0..<work.count) func longWorkStops(_ index: Int) throws {
    let (name, body) = StopTests.work[index]
    let patience = Patience()
    let budget = MemoryBudget(limit: 500_000_000, stop: { try patience.check() })
    patience.left.store(1_000_000, ordering: .relaxed)
    try body(budget)
    let asked = patience.asked.load(ordering: .relaxed)
    #expect(asked >= 3, "\(name) asked \(asked) times")
    for stop in [0, asked / 2, asked - 1] {
      patience.left.store(stop, ordering: .relaxed)
      #expect(throws: Stopped.self, "\(name) at \(stop) of \(asked)") { try body(budget) }
      #expect(budget.live == 0, "\(name) gave all memory back")
    }
  }

  @Test func decodingStops() throws {
    let picture = Pixels(
      height: 300, width: 300, channels: 3, bytes: [UInt8](repeating: 7, count: 270_000))
    let file = try encodePNG(picture, budget: MemoryBudget(limit: 50_000_000))
    let patience = Patience()
    let budget = MemoryBudget(limit: 50_000_000, stop: { try patience.check() })
    patience.left.store(100, ordering: .relaxed)
    #expect(throws: Stopped.self) {
      try PictureReader(budget: budget).decode(file, name: "a.png")
    }
    #expect(budget.live == 0)
  }
}
