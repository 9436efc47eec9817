// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@Suite struct AffineMapTests {
  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-9 }

  @Test func pointsGoWhereTheirPixelsGo() {
    let mirrored = AffineMap.mirrored(width: 10)
    #expect(mirrored(0, 3) == (9, 3))
    #expect(AffineMap.mirrored(height: 4)(2, 0) == (2, 3))
    #expect(AffineMap.moved(x: -2, y: 5)(3, 3) == (1, 8))
    // Edges lie on edges: the center of the first of two pixels is that of four's first pair.
    let doubled = AffineMap.resized(height: 2, width: 2, toHeight: 4, width: 6)
    #expect(doubled(0, 0) == (1, 0.5))
    #expect(doubled(1, 1) == (4, 2.5))
    // A quarter turn, clockwise: what was on top is at the right.
    let turned = AffineMap.turned(degrees: 90, height: 5, width: 5)
    #expect(turned(2, 0) == (4, 2))
    #expect(turned(0, 0) == (4, 0))
  }

  @Test func mapsAreJoinedInTheirOrder() {
    let both = AffineMap.moved(x: -3, y: 0).then(.mirrored(width: 4))
    #expect(both(3, 1) == (3, 1))
    #expect(both(6, 1) == (0, 1))
    #expect(AffineMap.identity.then(both) == both)
  }

  @Test func anglesTurnMirrorAndGoByTheTangent() {
    #expect(AffineMap.identity(angle: 12.3) == 12.3)
    #expect(AffineMap.mirrored(width: 8)(angle: 12.3) == -12.3)
    #expect(AffineMap.mirrored(height: 8)(angle: 12.3) == -12.3)
    #expect(isClose(AffineMap.turned(degrees: 30, height: 8, width: 8)(angle: -10), 20))
    #expect(isClose(AffineMap.turned(degrees: 170, height: 8, width: 8)(angle: 20), -170))
    let flat = AffineMap.resized(height: 10, width: 10, toHeight: 10, width: 20)
    #expect(isClose(flat(angle: 45), 26.56505117707799))
    #expect(isClose(flat(angle: -45), -26.56505117707799))
    // Both mirrors are half a turn.
    let half = AffineMap.mirrored(width: 8).then(.mirrored(height: 8))
    #expect(isClose(half(angle: 10), -170))
  }

  @Test func onlyAMirrorAcrossExchangesTheSides() {
    #expect(AffineMap.mirrored(width: 8).exchangesSides)
    #expect(!AffineMap.mirrored(height: 8).exchangesSides)
    #expect(!AffineMap.turned(degrees: 180, height: 8, width: 8).exchangesSides)
    #expect(
      AffineMap.mirrored(width: 8).then(.turned(degrees: 20, height: 8, width: 8)).exchangesSides)
  }
}
