// SPDX-License-Identifier: MIT
import HengeBackend
import HengeDrawnFaces
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

@Suite struct AugmentationTests {
  let loader = makeLoader()

  private func faces(_ count: Int = 6, size: Int = 24) throws -> Dataset {
    try Dataset.faces(
      .anime, count: count, size: PictureSize(height: size, width: size), loader: loader)
  }

  @Test func optionsSurviveTheirText() throws {
    let all = try Augmentation(
      flip: 0.3, resize: PictureSize(height: 30, width: 40), crop: PictureSize(height: 8, width: 9),
      rotate: 12.5, jitter: 0.1, seed: 7)
    #expect(all.text == "flip=0.3 resize=30x40 crop=8x9 rotate=12.5 jitter=0.1 seed=7")
    #expect(Augmentation(text: all.text) == all)
    #expect(try Augmentation(text: "flip=1.0") == Augmentation(flip: 1))
    for text in [
      "", "flip=2", "crop=8", "crop=0x4", "turn=3", "flip", "flip=1", "flip=0.5 flip=0.5",
    ] {
      #expect(Augmentation(text: text) == nil, "\(text)")
    }
  }

  @Test func drawsFollowFromSeedItemAndEpochAlone() throws {
    let options = try Augmentation(flip: 0.5, crop: PictureSize(height: 8, width: 8), rotate: 90)
    func draw(_ seed: UInt64, _ epoch: Int, _ index: Int, _ options: Augmentation)
      -> AugmentationDraw
    {
      AugmentationDraw(options, seed: seed, stream: "augment", epoch: epoch, index: index)
    }
    #expect(draw(1, 2, 3, options) == draw(1, 2, 3, options))
    #expect(draw(1, 2, 3, options) != draw(2, 2, 3, options))
    #expect(draw(1, 2, 3, options) != draw(1, 3, 3, options))
    #expect(draw(1, 2, 3, options) != draw(1, 2, 4, options))
    // Without the others an option draws the same.
    let flip = try Augmentation(flip: 0.5)
    #expect(
      (0..<100).allSatisfy { draw(5, 0, $0, options).isFlipped == draw(5, 0, $0, flip).isFlipped })
    let flipped = (0..<2000).count { draw(5, 0, $0, flip).isFlipped }
    #expect((900...1100).contains(flipped))
    let corners = (0..<2000).map {
      draw(5, 0, $0, options).corner(
        of: PictureSize(height: 8, width: 8), in: PictureSize(height: 10, width: 9))
    }
    #expect(Set(corners.map(\.row)) == [0, 1, 2])
    #expect(Set(corners.map(\.column)) == [0, 1])
  }

  @Test func landmarksAreWhereTheirPixelsAre() throws {
    // A white point on black is found where the map of the draw says it is.
    let (height, width) = (24, 30)
    var values = [Float](repeating: -1, count: height * width)
    let (row, column) = (9, 20)
    for y in row - 1...row + 1 { for x in column - 1...column + 1 { values[y * width + x] = 1 } }
    let image = try Tensor(values, Shape([1, 1, height, width]), on: loader.backend)
    let options = try Augmentation(
      flip: 0.5, resize: PictureSize(height: 48, width: 40),
      crop: PictureSize(height: 44, width: 36), rotate: 25)
    let base = try Dataset(image, loader: loader).repeated(12)
    let changed = try base.augmented(options, seed: 11)
    for index in 0..<12 {
      let own = try changed.image(index)
      let draw = AugmentationDraw(options, seed: 11, stream: "augment", epoch: 0, index: index)
      let map = draw.movement(options, of: PictureSize(height: height, width: width))
      let (x, y) = map(Double(column), Double(row))
      let pixels = try own.floats()
      var (sumX, sumY, sum) = (0.0, 0.0, 0.0)
      for (place, value) in pixels.enumerated() where value > -0.95 {
        let weight = Double(value) + 1
        sumX += weight * Double(place % 36)
        sumY += weight * Double(place / 36)
        sum += weight
      }
      #expect(abs(sumX / sum - x) < 0.15, "item \(index)")
      #expect(abs(sumY / sum - y) < 0.15, "item \(index)")
    }
  }

  @Test func jitterIsTorchvisions() throws {
    // Brightness 1.2, contrast 0.7, saturation 1.4 of two pixels, by hand from the definitions.
    let rgb: [Double] = [0.2, 0.9, 0.5, 0.1, 0.8, 0.4]
    var expected = rgb.map { min($0 * 1.2, 1) }
    func gray(_ p: Int) -> Double {
      0.2989 * expected[p] + 0.587 * expected[2 + p] + 0.114 * expected[4 + p]
    }
    let mean = (gray(0) + gray(1)) / 2
    expected = expected.map { min(max(0.7 * $0 + 0.3 * mean, 0), 1) }
    let grays = [gray(0), gray(1)]
    expected = expected.enumerated().map { min(max(1.4 * $1 - 0.4 * grays[$0 % 2], 0), 1) }
    let image = try Tensor(rgb.map { Float($0 * 2 - 1) }, Shape([3, 1, 2]), on: loader.backend)
    let options = try Augmentation(jitter: 0.5)
    let draw = AugmentationDraw(brightness: 1.2, contrast: 0.7, saturation: 1.4)
    let own = try draw.applied(to: image, options, range: .signed, nil, loader).floats()
    for (value, wanted) in zip(own, expected) {
      #expect(abs(Double(value) - (wanted * 2 - 1)) < 1e-5)
    }
  }

  @Test func epochsDifferAndFingerprintsKnowTheOptions() throws {
    let base = try faces()
    let options = try Augmentation(flip: 0.5, rotate: 20)
    let changed = try base.augmented(options, seed: 3)
    #expect(changed.changesByEpoch && !base.changesByEpoch)
    #expect(try changed.inEpoch(0).image(2).floats() == changed.image(2).floats())
    #expect(try changed.inEpoch(1).image(2).floats() != changed.image(2).floats())
    #expect(
      try changed.inEpoch(4).image(2).floats()
        == base.augmented(options, seed: 3, epoch: 4).image(2).floats())
    let mapped = try changed.map { $0 }
    #expect(mapped.changesByEpoch)
    #expect(try mapped.inEpoch(1).image(2).floats() == changed.inEpoch(1).image(2).floats())
    let prints = try [
      changed, base, base.augmented(options, seed: 4), base.augmented(options, seed: 3, epoch: 1),
      base.augmented(Augmentation(flip: 0.5), seed: 3), changed.selecting([1, 0, 2, 3, 4, 5]),
    ].map { try $0.fingerprint() }
    #expect(Set(prints).count == prints.count)
    #expect(try changed.fingerprint() == faces().augmented(options, seed: 3).fingerprint())
  }

  @Test func drawsTakeItemsOfSeveralEpochs() throws {
    let changed = try faces().augmented(Augmentation(rotate: 40), seed: 1)
    let draws = [(1, 0), (1, 1), (0, 1), (1, 0)].map { Dataset.Draw($0.0, epoch: $0.1) }
    let batch = try changed.tensor(draws, of: changed.learnedShape())
    for (place, draw) in draws.enumerated() {
      let own = try changed.inEpoch(draw.epoch).image(draw.place)
      #expect(try batch.selecting([.at(place)]).floats() == own.floats())
    }
  }

  @Test func shapesAreLearnedOnceAndHeld() throws {
    var calls = 0
    let mapped = try faces().map { image in
      calls += 1
      return try image.cropped(to: [3, 20, calls == 4 ? 18 : 20])
    }
    #expect(calls == 0)
    #expect(try mapped.learnedShape().sizes == [3, 20, 20])
    #expect(try mapped.learnedShape().sizes == [3, 20, 20])
    #expect(calls == 1)
    let draws = (0..<4).map { Dataset.Draw($0, epoch: 0) }
    let failure = failure { _ = try mapped.tensor(draws, of: mapped.learnedShape()) }
    #expect(failure?.code == "E-shape")
    #expect(
      failure?.notes == [
        "\"a map of faces(\"anime\")[0]\" is 3x20x20",
        "\"a map of faces(\"anime\")[2]\" is 3x20x18",
      ])
  }
}
