// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeDrawnFaces
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

/// One line of Golden/angles.txt, which angle_channels.py explains.
private struct AngleCase {
  let encoding: AngleEncoding
  let height, width: Int
  let degrees: Double
  let points: [Landmark]
  let expected: [Float]

  init?(_ line: Substring) {
    let fields = line.split(separator: "|")
    guard fields.count == 3,
      let encoding = AngleEncoding(rawValue: String(fields[0].filter { $0 != " " }))
    else { return nil }
    self.encoding = encoding
    let numbers = fields[1].split(separator: " ").compactMap { Double($0) }
    (height, width, degrees) = (Int(numbers[0]), Int(numbers[1]), numbers[2])
    points = stride(from: 3, to: numbers.count, by: 2).map {
      Landmark("p\($0)", x: numbers[$0], y: numbers[$0 + 1])
    }
    expected = fields[2].split(separator: " ").compactMap { Float($0) }
  }

  static func all() throws -> [AngleCase] {
    let path = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let file = try #require(fopen("\(path)/Golden/angles.txt", "rb"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1_000_000)
    bytes.removeLast(1_000_000 - fread(&bytes, 1, 1_000_000, file))
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
      AngleCase($0)
    }
  }
}

@Suite struct AngleChannelTests {
  let loader = makeLoader()

  private func faces(_ count: Int = 6, _ height: Int = 24, _ width: Int = 30) throws -> Dataset {
    try Dataset.faces(
      .anime, count: count, size: PictureSize(height: height, width: width), loader: loader)
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? Failure)?.code }
  }

  @Test func encodingsAreNumpys() throws {
    let cases = try AngleCase.all()
    #expect(cases.count == 93)
    for one in cases {
      let channels = AngleChannels(one.encoding, points: one.points.map(\.name))
      let item = ItemRecord(
        name: "a", file: nil, annotation: Annotation(marks: one.points, angle: one.degrees))
      let planes = try channels.planes(
        of: item, height: one.height, width: one.width, on: loader.backend)
      let count = one.encoding == .film ? 2 : max(1, one.points.count)
      #expect(planes.shape.sizes == [count, one.height, one.width])
      for (value, wanted) in zip(try planes.floats(), one.expected) {
        #expect(abs(value - wanted) <= 1.2e-7, "\(one.encoding) \(one.height)x\(one.width)")
      }
    }
  }

  /// Every kind of change, and the same for landmarks by the map of its draw.
  private static let changes: [(String, @Sendable () throws -> Augmentation)] = [
    ("flip", { try Augmentation(flip: 1) }),
    ("rotate", { try Augmentation(rotate: 40) }),
    ("far", { try Augmentation(rotate: 180) }),
    ("wide", { try Augmentation(resize: PictureSize(height: 24, width: 60)) }),
    ("high", { try Augmentation(resize: PictureSize(height: 50, width: 31)) }),
    ("crop", { try Augmentation(crop: PictureSize(height: 20, width: 22)) }),
    (
      "all",
      {
        try Augmentation(
          flip: 0.5, resize: PictureSize(height: 40, width: 32),
          crop: PictureSize(height: 28, width: 29), rotate: 25, jitter: 0.2)
      }
    ),
  ]

  @Test(arguments: changes.indices, AngleEncoding.allCases)
  func augmentedChannelsAreThoseOfTheMovedPoints(change: Int, encoding: AngleEncoding) throws {
    let (name, make) = AngleChannelTests.changes[change]
    let options = try make()
    let base = try faces()
    let first = try base.withAngle(encoding).augmented(options, seed: 5)
    let last = try base.augmented(options, seed: 5).withAngle(encoding)
    let plain = try base.augmented(options, seed: 5)
    for index in 0..<base.count {
      let image = try first.image(index)
      #expect(try image.floats() == last.image(index).floats(), "\(name) \(index)")
      let own = plain.shape.map { $0[0] } ?? 3
      let pixels = image.shape[1] * image.shape[2]
      #expect(try Array(image.floats()[..<(own * pixels)]) == plain.image(index).floats())
      // From the points where they are now, by definition.
      let record = try base.record(of: index)
      let draw = AugmentationDraw(options, seed: 5, stream: "augment", epoch: 0, index: index)
      let map = draw.movement(options, of: PictureSize(height: 24, width: 30))
      let exchanges = map.exchangesSides
      func moved(_ name: String) throws -> (x: Double, y: Double) {
        let old =
          !exchanges
          ? name
          : name.hasSuffix(".left")
            ? "\(name.dropLast(5)).right"
            : name.hasSuffix(".right") ? "\(name.dropLast(6)).left" : name
        let mark = try #require(record.marks.first { $0.name == old })
        return map(mark.x, mark.y)
      }
      let (left, right) = (try moved("eye.left"), try moved("eye.right"))
      let degrees = atan2(right.y - left.y, right.x - left.x) * 180 / .pi
      let (height, width) = (image.shape[1], image.shape[2])
      let values = try image.floats()
      #expect(try abs((first.record(of: index).angle ?? 999) - degrees) < 1e-9, "\(name) \(index)")
      for (plane, point) in Landmark.fivePoints.enumerated()
      where encoding == .heatmap || plane == 0 || encoding == .film && plane == 1 {
        let (px, py) = try moved(point)
        for y in stride(from: 0, to: height, by: 3) {
          for x in stride(from: 0, to: width, by: 3) {
            let wanted: Double
            switch encoding {
            case .constant: wanted = degrees / 180
            case .film: wanted = (plane == 0 ? cos : sin)(degrees * .pi / 180)
            case .ramp:
              let (u, v) = (
                2 * Double(x) / Double(width - 1) - 1, 2 * Double(y) / Double(height - 1) - 1
              )
              wanted = u * cos(degrees * .pi / 180) + v * sin(degrees * .pi / 180)
            case .heatmap:
              let sigma = Double(width) / 32
              let square = pow(Double(x) - px, 2) + pow(Double(y) - py, 2)
              wanted = 2 * exp(-square / (2 * sigma * sigma)) - 1
            }
            let found = Double(values[(own + plane) * pixels + y * width + x])
            #expect(abs(found - wanted) < 1e-6, "\(name) \(index) \(point) at \(x), \(y)")
          }
        }
      }
    }
  }

  @Test func mapsThatMovePixelsComeFirst() throws {
    let flipped = try faces().map { try $0.flipped([-1]) }.withAngle()
    #expect(try flipped.record(of: 1).angle == faces().record(of: 1).angle.map { -$0 })
    let conditioned = try faces().withAngle()
    #expect(code { _ = try conditioned.map { try $0.flipped([-1]) }.image(0) } == "E-data")
    #expect(code { _ = try conditioned.map { try $0.flipped([-1]) }.record(of: 0) } == "E-data")
    let dimmed = try conditioned.map { try $0.negated() }
    #expect(try dimmed.image(0).floats() == conditioned.image(0).negated().floats())
    #expect(try dimmed.learnedGroups()?.description == "rgb+angle")
    #expect(
      code { _ = try dimmed.augmented(Augmentation(flip: 1), seed: 0).image(0) } == "E-data")
    // Maps of a picture move as its pixels do.
    let maps = try faces().withChannels("copy") { image, _ in image }
    let moved = try maps.map { try $0.flipped([-1]) }
    #expect(try moved.image(2).floats() == maps.image(2).flipped([-1]).floats())
    #expect(try moved.learnedGroups() == maps.channelGroups)
  }

  @Test func aKnownAngleFollowsRotationsWithoutLandmarks() throws {
    let plain = try Dataset(
      Tensor.zeros(Shape([8, 3, 16, 16]), .f32, on: loader.backend), loader: loader)
    #expect(code { _ = try plain.withAngle() } == "E-data")
    let options = try Augmentation(flip: 0.5, rotate: 30)
    let known = try plain.withAngle(.constant, angle: 4).augmented(options, seed: 2)
    for index in 0..<8 {
      let draw = AugmentationDraw(options, seed: 2, stream: "augment", epoch: 0, index: index)
      let wanted = (4 + draw.degrees) * (draw.isFlipped ? -1 : 1)
      let own = try known.record(of: index).angle
      #expect(abs((own ?? 999) - wanted) < 1e-9)
      let plane = Array(try known.image(index).floats().suffix(256))
      #expect(plane.allSatisfy { abs(Double($0) - wanted / 180) < 1e-6 })
    }
    #expect(code { _ = try plain.augmented(options, seed: 2).withAngle(angle: 0) } == "E-data")
    #expect(code { _ = try plain.withAngle(angle: 181) } == "E-range")
    #expect(code { _ = try plain.withAngle(angle: .nan) } == "E-range")
    #expect(code { _ = try plain.withAngle(.heatmap, angle: 0) } == "E-arg")
    #expect(code { _ = try faces().withAngle(.ramp, points: ["nose"]) } == "E-arg")
    #expect(code { _ = try faces().withAngle(.heatmap, points: []) } == "E-arg")
    #expect(code { _ = try faces().withAngle(.heatmap, points: ["nose", "nose"]) } == "E-arg")
    #expect(code { _ = try faces().withAngle(.heatmap, points: ["chin"]) } == "E-data")
    #expect(code { _ = try faces().withAngle().withAngle(.constant) } == "E-arg")
    #expect(code { _ = try faces(0).withAngle() } == "E-data")
  }

  @Test func landmarksComeBeforeTheirChannels() throws {
    let base = try faces(3)
    let marks = try (0..<3).map { try base.record(of: $0).marks }
    #expect(
      try base.withLandmarks(marks).withAngle().image(0).floats()
        == base.withAngle().image(0).floats())
    #expect(code { _ = try base.withAngle().withLandmarks(marks) } == "E-data")
    // Landmarks of images with maps that a function made of them follow, too.
    let maps = try base.withChannels("copy") { image, _ in image }.withLandmarks(marks)
    let flipped = try maps.augmented(Augmentation(flip: 1), seed: 0)
    #expect(try flipped.record(of: 1).angle == marks[1].tilt.map { -$0 })
    #expect(
      try flipped.image(1).floats().suffix(720 * 3)
        == maps.image(1).flipped([-1]).floats().suffix(720 * 3))
    // One without an angle is named at once.
    let some = try base.withLandmarks([marks[0], [], []])
    do {
      _ = try some.withAngle()
      Issue.record("two images have no angle")
    } catch let failure as Failure {
      #expect(failure.message.hasPrefix("2 of 3 images lack an angle: "))
    }
  }
}

extension [Landmark] {
  fileprivate var tilt: Double? { Tilt.degrees(of: self) }
}
