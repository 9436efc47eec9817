// SPDX-License-Identifier: MIT
import HengeBackend
import HengeDrawnFaces
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

@Suite struct ChannelTests {
  let loader = makeLoader()

  private func faces(_ count: Int = 6) throws -> Dataset {
    try Dataset.faces(
      .anime, count: count, size: PictureSize(height: 16, width: 20), loader: loader)
  }

  private func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch { return (error as? Failure).map { "\($0.code): \($0.message)" } ?? "\(error)" }
  }

  /// Two maps beside a picture: its first channel, and the sum of all.
  private func conditioned(_ base: Dataset) throws -> Dataset {
    try base.withChannels("first") { image, _ in try image.selecting([.at(0)]) }
      .withChannels("sums") { image, _ in
        let sum = try image.sum([0], keepingAxes: true)
        return try Tensor.concatenated([sum, sum.negated()], axis: 0)
      }
  }

  @Test func groupsKnowTheirPlaces() throws {
    let groups = try ChannelGroups.picture(count: 3).adding("m2", count: 4).adding(
      "angle", count: 1)
    #expect(groups.description == "rgb+m2+angle" && groups.count == 8)
    #expect(groups.planes(of: "rgb") == 0..<3)
    #expect(groups.planes(of: "m2") == 3..<7)
    #expect(groups.planes(of: "angle") == 7..<8)
    #expect(groups.planes(of: "alpha") == nil)
    #expect(ChannelGroups("x", count: 0) == nil)
    #expect(ChannelGroups.picture(count: 6).description == "6 channels")
    #expect(
      failure { _ = try groups.adding("m2", count: 1) }
        == "E-arg: these images have channels called \"m2\" already: rgb+m2+angle")
    for name in ["", "1", "a b", "a+b", "a:b", "é", "a\n"] {
      #expect(failure { _ = try groups.adding(name, count: 1) }.hasPrefix("E-arg"), "\(name)")
    }
  }

  @Test func namesGoThroughEveryViewOfADataset() throws {
    let whole = try conditioned(faces())
    #expect(whole.channelGroups?.description == "rgb+first+sums")
    #expect(whole.shape?.sizes == [6, 16, 20])
    var stream = RandomStream(seed: 1, name: "shuffle")
    let options = try Augmentation(flip: 0.5, resize: PictureSize(height: 9, width: 9), jitter: 0.1)
    let views = try [
      whole.take(2), whole.shuffled(&stream), whole.sample(3, from: &stream),
      whole.split(fractions: [0.5, 0.5])[1], whole.joined(with: whole.take(1)), whole.repeated(2),
      whole.selecting([4, -1]), whole.augmented(options, seed: 0), whole.filter { _, _ in true },
      whole.withLandmarks([[Landmark]](repeating: [], count: 6)), whole.inEpoch(3),
      whole.augmented(options, seed: 0).inEpoch(2), PairedDataset(whole, whole).first,
    ]
    for view in views {
      #expect(view.channelGroups == whole.channelGroups)
      #expect(try view.learnedGroups() == whole.channelGroups)
      #expect(try view.summary().channelGroups == whole.channelGroups)
      #expect(view.summaryLine.contains(" rgb+first+sums"))
      // Each map is still that of its picture.
      for image in try view.images(0..<view.count) {
        let values = try image.floats()
        let size = image.shape[1] * image.shape[2]
        #expect(Array(values[..<size]) == Array(values[3 * size..<4 * size]))
        for pixel in 0..<size {
          let sum = values[pixel] + values[size + pixel] + values[2 * size + pixel]
          #expect(abs(values[4 * size + pixel] - sum) < 1e-5)
          #expect(values[5 * size + pixel] == -values[4 * size + pixel])
        }
      }
    }
    let mapped = try whole.map { try $0.flipped([-1]) }
    #expect(try mapped.channelGroups == nil && mapped.learnedGroups() == whole.channelGroups)
    #expect(try whole.map { try $0.selecting([.at(0)]).expanded(at: 0) }.learnedGroups() == nil)
  }

  @Test func groupsCanBeLeftOut() throws {
    let base = try faces()
    let whole = try conditioned(base).withAngle()
    let some = try whole.withoutChannels("first")
    #expect(some.channelGroups?.description == "rgb+sums+angle")
    let options = try Augmentation(flip: 1, rotate: 20)
    let last = try some.augmented(options, seed: 1).image(2)
    let all = try whole.augmented(options, seed: 1).image(2)
    #expect(
      try last.floats()
        == Tensor.concatenated(
          [
            all.selecting([.slice(start: 0, stop: 3, step: nil)]),
            all.selecting([.slice(start: 4, stop: nil, step: nil)]),
          ], axis: 0
        ).floats())
    #expect(try some.record(of: 1) == whole.record(of: 1))
    let again = try base.withAngle(.constant).withoutChannels("angle").withAngle()
    #expect(
      try again.augmented(options, seed: 1).tensor().floats()
        == base.withAngle().augmented(options, seed: 1).tensor().floats())
    #expect(try again.withoutChannels("angle").map { try $0.flipped([-1]) }.image(0).shape[0] == 3)
    #expect(failure { _ = try whole.withoutChannels("rgb") }.hasPrefix("E-name"))
    #expect(failure { _ = try whole.withoutChannels("m") }.hasPrefix("E-name"))
  }

  @Test func onlyTheSameChannelsAreJoined() throws {
    let base = try faces()
    #expect(
      failure { _ = try base.withAngle().joined(with: base.withAngle(.constant)) }
        .hasSuffix("channels rgb+angle (ramp) and rgb+angle (constant)"))
    #expect(
      failure { _ = try base.withAngle().joined(with: base) }
        .hasSuffix("channels rgb+angle (ramp) and rgb"))
    let both = try base.withAngle().joined(
      with: Dataset.faces(
        .photo, count: 2, size: PictureSize(height: 16, width: 20), loader: loader
      ).withAngle())
    let changed = try both.augmented(Augmentation(flip: 1), seed: 0)
    #expect(try changed.image(7).shape.sizes == [4, 16, 20])
    #expect(try changed.record(of: 7).angle == both.record(of: 7).angle.map { -$0 })
  }

  @Test func mapsOfAnotherSizeAreRefused() throws {
    let base = try faces()
    #expect(
      failure {
        _ = try base.withChannels("m") { image, _ in
          try image.selecting([.ellipsis, .slice(start: 0, stop: 8, step: nil)])
        }
      }
        == "E-shape: the function returned 3x16x8 for \"faces(\"anime\")[0]\", an image of 16x20: channels must have the size of the image"
    )
    #expect(
      failure { _ = try base.withChannels("m") { image, _ in try image.expanded(at: 0) } }
        .hasPrefix("E-shape"))
    #expect(failure { _ = try base.withChannels("rgb") { image, _ in image } }.hasPrefix("E-arg"))
    #expect(
      failure { _ = try base.take(0).withChannels("m") { image, _ in image } }.hasPrefix("E-data"))
    var calls = 0
    let growing = try base.withChannels("m") { image, _ in
      calls += 1
      return calls == 1 ? try image.selecting([.at(0)]) : image
    }
    #expect(
      failure { _ = try growing.image(2) }
        == "E-shape: the function of the channels \"m\" returned 3 channels for \"faces(\"anime\")[2]\", and 1 for the first image"
    )
  }

  @Test func fingerprintsKnowTheFunction() throws {
    let base = try faces()
    func print(_ dataset: Dataset) throws -> String { try dataset.fingerprint() }
    let maps = try base.withChannels("m") { image, _ in image }
    let prints = try [
      base, maps, base.withChannels("n") { image, _ in image },
      base.withChannels("m") { image, _ in try image.negated() }, base.withAngle(),
      base.withAngle(.constant), base.withAngle(.heatmap),
      base.withAngle(.heatmap, points: ["nose"]), base.withAngle(angle: 0),
      base.withAngle(angle: 1), maps.augmented(Augmentation(flip: 0.5), seed: 1),
    ].map(print)
    #expect(Set(prints).count == prints.count)
    #expect(try print(base.withChannels("m") { image, _ in image }) == print(maps))
    #expect(try print(faces().withAngle()) == print(base.withAngle()))
  }

  @Test func duplicatesLookAtThePicture() throws {
    let base = try faces(4)
    let doubled = try base.joined(with: base.take(1))
    #expect(
      try conditioned(doubled).duplicates().map(\.indices) == doubled.duplicates().map(\.indices))
    let tensor = try doubled.tensor()
    let many = try Dataset(Tensor.concatenated([tensor, tensor], axis: 1), loader: loader)
    #expect(try many.duplicates().first?.indices == [0, 4])
  }
}
