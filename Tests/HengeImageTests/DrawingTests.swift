// SPDX-License-Identifier: MIT
import HengeBackend
import Testing

@testable import HengeImage

@Suite("Drawing") struct DrawingTests {
  let budget = MemoryBudget(limit: 64_000_000)

  private func canvas(_ width: Int, _ height: Int) throws -> Canvas {
    try Canvas(width: width, height: height, budget: budget)
  }

  /// How much of the picture is covered, in pixels.
  private func area(_ canvas: Canvas) throws -> Double {
    let pixels = try canvas.pixels(alpha: true)
    return stride(from: 3, to: pixels.bytes.count, by: 4).reduce(0) {
      $0 + Double(pixels.bytes[$1]) / 255
    }
  }

  @Test func aNewCanvasIsTransparentAndHasItsSize() throws {
    let pixels = try canvas(3, 2).pixels(alpha: true)
    #expect(
      pixels == Pixels(height: 2, width: 3, channels: 4, bytes: Array(repeating: 0, count: 24)))
  }

  @Test func aRectangleOnWholePixelsFillsThemExactly() throws {
    let canvas = try canvas(3, 2)
    canvas.fill(.colour(.white))
    canvas.fill(.rectangle(Point(1, 0), width: 2, height: 1), Colour(1, 0, 0))
    #expect(
      try canvas.pixels().bytes == [
        255, 255, 255, 255, 0, 0, 255, 0, 0,
        255, 255, 255, 255, 255, 255, 255, 255, 255,
      ])
  }

  @Test func aTranslucentColourComesBackNotPremultiplied() throws {
    let canvas = try canvas(1, 1)
    canvas.fill(.colour(Colour(1, 0.5, 0, alpha: 0.5)))
    #expect(try canvas.pixels(alpha: true).bytes == [255, 128, 0, 128])
    #expect(try canvas.pixels().bytes == [255, 128, 0])
  }

  @Test func anEllipseHasItsAreaHoweverTurned() throws {
    for rotation in [0.0, 30, 90] {
      let canvas = try canvas(100, 100)
      canvas.fill(.ellipse(Point(50, 50), 40, 20, rotation: rotation), .black)
      let share = try area(canvas) / (Double.pi * 40 * 20)
      #expect(abs(share - 1) < 0.003, "turned by \(rotation): \(share)")
    }
  }

  @Test func aStrokeHasItsWidthAndRoundEnds() throws {
    let canvas = try canvas(80, 30)
    canvas.stroke(.lines([Point(15, 15), Point(65, 15)]), .black, width: 10)
    let expected = 50.0 * 10 + Double.pi * 25
    #expect(abs(try area(canvas) / expected - 1) < 0.005)
  }

  @Test func aLinearGradientGoesFromColourToColour() throws {
    let canvas = try canvas(5, 1)
    canvas.fill(.linear(Point(0.5, 0), .black, Point(4.5, 0), .white))
    let reds = stride(from: 0, to: 15, by: 3).map { [bytes = try canvas.pixels().bytes] in bytes[$0]
    }
    #expect(zip(reds, [0, 64, 128, 191, 255]).allSatisfy { abs(Int($0) - $1) <= 1 }, "\(reds)")
  }

  @Test func aRadialGradientFadesWithTheDistance() throws {
    let canvas = try canvas(9, 9)
    canvas.fill(
      .radial(centre: Point(4.5, 4.5), radius: 4, stops: [(0, .white), (1, .black)]))
    let bytes = try canvas.pixels().bytes
    let line = (4...8).map { bytes[(4 * 9 + $0) * 3] }
    #expect(line == line.sorted(by: >))
    #expect(line[0] > 250 && line[4] < 5, "\(line)")
  }

  @Test func rotationsAreClockwiseAndTransformsCompose() {
    let turned = Transform.rotation(degrees: 90).apply(Point(1, 0))
    #expect(abs(turned.x) < 1e-12 && abs(turned.y - 1) < 1e-12)
    let both = Transform.translation(Point(5, 6)).after(.scale(2, 3))
    #expect(both.apply(Point(1, 1)) == Point(7, 9))
  }

  @Test func savingPutsBackTransformAndClip() throws {
    let canvas = try canvas(4, 4)
    canvas.saving {
      canvas.transform(.scale(0.5, 0.5))
      canvas.fill(.rectangle(Point(0, 0), width: 4, height: 4), .black)
    }
    #expect(try area(canvas) == 4)
    canvas.fill(.rectangle(Point(0, 0), width: 4, height: 4), .black)
    #expect(try area(canvas) == 16)
  }

  @Test func drawingInsideAPathStaysInsideIt() throws {
    let canvas = try canvas(20, 20)
    canvas.inside(.rectangle(Point(5, 6), width: 7, height: 3)) {
      canvas.fill(.colour(Colour(0, 1, 0)))
      canvas.stroke(.lines([Point(0, 0), Point(20, 20)]), .black, width: 3)
    }
    #expect(try area(canvas) == 21)
    canvas.inside(Path()) { canvas.fill(.colour(.black)) }
    #expect(try area(canvas) == 21)
  }

  @Test func theAirbrushFadesToNothingAtItsEdge() throws {
    let canvas = try canvas(41, 41)
    canvas.fill(.colour(.white))
    canvas.airbrush(Point(20.5, 20.5), 18, 9, .black, rotation: 90)
    let bytes = try canvas.pixels().bytes
    func gray(_ x: Int, _ y: Int) -> UInt8 { bytes[(y * 41 + x) * 3] }
    #expect(gray(20, 20) < 6)
    #expect(gray(20, 8) < 240 && gray(8, 20) == 255)
    #expect(gray(20, 1) == 255 && gray(31, 20) == 255)
  }

  @Test func softeningSpreadsAPixelAndKeepsAnEvenPicture() throws {
    let canvas = try canvas(5, 5)
    canvas.fill(.colour(.black))
    canvas.fill(.rectangle(Point(2, 2), width: 1, height: 1), .white)
    try canvas.soften(radius: 1)
    let bytes = try canvas.pixels().bytes
    let rows = (1...3).map { y in (1...3).map { x in Int(bytes[(y * 5 + x) * 3]) } }
    let expected = [[16, 32, 16], [32, 64, 32], [16, 32, 16]]
    let off = zip(rows.joined(), expected.joined()).map { abs($0 - $1) }
    #expect(off.allSatisfy { $0 <= 1 }, "\(rows)")
    canvas.fill(.colour(Colour(0.4, 0.6, 0.8)))
    try canvas.soften(radius: 0.7)
    #expect(try Set(canvas.pixels().bytes) == [102, 153, 204])
  }

  @Test func textIsTheSameEachTimeAndLiesWhereItsAnchorSays() throws {
    func drawn(_ anchor: TextAnchor, at x: Double) throws -> Pixels {
      let canvas = try canvas(90, 20)
      canvas.fill(.colour(.white))
      canvas.text("epoch 12", at: Point(x, 15), size: 12, .black, anchor: anchor)
      return try canvas.pixels()
    }
    let width = try canvas(1, 1).extent(of: "epoch 12", size: 12).width
    #expect(width > 30 && width < 80)
    let start = try drawn(.start, at: 10)
    #expect(try drawn(.start, at: 10) == start)
    #expect(try drawn(.end, at: 10 + width) == start)
    #expect(try drawn(.middle, at: 10 + width / 2) == start)
    #expect(start.bytes.contains { $0 < 64 })
  }

  @Test func textTakesAnyString() throws {
    let canvas = try canvas(40, 20)
    canvas.text("a\0b\n\u{7}é漢🙂", at: Point(2, 14), size: 10, .black)
    canvas.text("", at: Point(2, 14), size: 10, .black)
    #expect(try area(canvas) > 0)
  }

  @Test func impossibleSizesAreErrors() {
    for (width, height) in [(0, 5), (5, -1), (40_000, 2)] {
      let failure = #expect(throws: Failure.self) { try self.canvas(width, height) }
      #expect(failure?.code == "E-range")
      #expect(failure?.message.contains("\(width) x \(height)") == true)
    }
  }

  @Test func memoryIsAskedForAndGivenBack() throws {
    let small = MemoryBudget(limit: 8 * 100)
    do {
      let canvas = try Canvas(width: 10, height: 10, budget: small)
      #expect(small.live == 800)
      let failure = #expect(throws: Failure.self) {
        try Canvas(width: 1, height: 1, budget: small)
      }
      #expect(failure?.code == "E-memory")
      _ = canvas.width
    }
    #expect(small.live == 0)
  }

  @Test(arguments: [Double.nan, .infinity, 1e12])
  func aCoordinateThatIsNoPlaceIsAnErrorInTheEnd(number: Double) throws {
    let canvas = try canvas(4, 4)
    canvas.fill(.ellipse(Point(number, 1), 1, 1), .black)
    let failure = #expect(throws: Failure.self) { try canvas.pixels() }
    #expect(failure?.code == "E-range")
  }

  @Test func aTransformWithoutInverseIsAnErrorInTheEnd() throws {
    let canvas = try canvas(4, 4)
    canvas.transform(.scale(0, 1))
    canvas.fill(.rectangle(Point(0, 0), width: 1, height: 1), .black)
    let failure = #expect(throws: Failure.self) { try canvas.pixels() }
    #expect(failure?.code == "E-range")
  }

  @Test func coloursOfTheCircleOfHues() {
    #expect(Colour(hue: 0, saturation: 1, value: 1) == Colour(1, 0, 0))
    #expect(Colour(hue: 120, saturation: 1, value: 0.5) == Colour(0, 0.5, 0))
    #expect(Colour(hue: 600, saturation: 0.5, value: 1) == Colour(0.5, 0.5, 1))
    #expect(Colour(hue: -60, saturation: 1, value: 1) == Colour(1, 0, 1))
  }
}
