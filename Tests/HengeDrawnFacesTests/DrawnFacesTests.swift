// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Testing

@testable import HengeDrawnFaces

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("Drawn faces") struct DrawnFacesTests {
  let budget = MemoryBudget(limit: 256_000_000)

  #if DEBUG
    static let many = 300
  #else
    static let many = 2000
  #endif

  private func draw(_ style: FaceStyle, _ index: Int, seed: UInt64 = 0, size: Int = 64) throws
    -> DrawnFace
  {
    try DrawnFaces.draw(style, index: index, seed: seed, height: size, width: size, budget: budget)
  }

  @Test(arguments: FaceStyle.allCases)
  func aFaceDependsOnStyleSeedAndIndexAlone(style: FaceStyle) throws {
    let seventh = try draw(style, 7)
    for index in 0..<12 { _ = try draw(style, index) }
    #expect(try draw(style, 7) == seventh)
    #expect(try draw(style, 8).pixels != seventh.pixels)
    #expect(try draw(style, 7, seed: 1).pixels != seventh.pixels)
    #expect(try draw(style == .anime ? .photo : .anime, 7).pixels != seventh.pixels)
    #expect(budget.live == 0)
  }

  @Test(arguments: FaceStyle.allCases)
  func manyThreadsDrawTheSameBytes(style: FaceStyle) async throws {
    let budget = self.budget
    let alone = try (0..<24).map { try draw(style, $0) }
    let together = try await withThrowingTaskGroup(of: (Int, DrawnFace).self) { group in
      for index in 0..<24 {
        group.addTask {
          (index, try DrawnFaces.draw(style, index: index, seed: 0, budget: budget))
        }
      }
      return try await group.reduce(into: [Int: DrawnFace]()) { $0[$1.0] = $1.1 }
    }
    #expect((0..<24).map { together[$0] } == alone)
  }

  @Test(arguments: FaceStyle.allCases)
  func theSameFaceAtAnotherSizeHasItsLandmarksInProportion(style: FaceStyle) throws {
    for index in 0..<8 {
      let small = try draw(style, index)
      let large = try draw(style, index, size: 256)
      #expect(large.pixels.height == 256 && large.pixels.channels == 3)
      for (a, b) in zip(small.marks, large.marks) {
        #expect(a.name == b.name)
        #expect(abs(a.x * 4 - b.x) < 1e-9 && abs(a.y * 4 - b.y) < 1e-9)
      }
      #expect(abs(small.angle - large.angle) < 1e-9)
    }
  }

  @Test func aPictureNeedNotBeSquare() throws {
    let tall = try DrawnFaces.draw(
      .photo, index: 3, seed: 0, height: 218, width: 178, budget: budget)
    #expect((tall.pixels.height, tall.pixels.width) == (218, 178))
    #expect(tall.marks.allSatisfy { $0.x > 0 && $0.x < 178 && $0.y > 0 && $0.y < 218 })
  }

  @Test(arguments: FaceStyle.allCases)
  func anglesAreThoseOfTheEyeLineAndSpreadOverFortyDegreesEachWay(style: FaceStyle) throws {
    var angles: [Double] = []
    for index in 0..<300 {
      let face = try draw(style, index, size: 16)
      #expect(face.marks.map(\.name) == DrawnFaces.markNames)
      #expect(face.marks.allSatisfy { $0.x > 0 && $0.x < 16 && $0.y > 0 && $0.y < 16 })
      let (left, right) = (face.marks[0], face.marks[1])
      #expect(left.x < right.x)
      #expect(abs(face.angle - atan2(right.y - left.y, right.x - left.x) * 180 / .pi) < 1e-9)
      angles.append(face.angle)
    }
    #expect(angles.allSatisfy { abs($0) < 40.001 })
    #expect(angles.contains { $0 < -32 } && angles.contains { $0 > 32 })
    #expect(angles.count { abs($0) < 10 } > 100)
  }

  @Test func theAngleIsExactlyTheTiltHoweverTheHeadIsTurned() throws {
    let stream = RandomStream(seed: 3, name: "faces.anime")
    var anime = AnimeTraits(stream)
    var photo = PhotoTraits(stream)
    for tilt in [-40.0, -7.5, 0, 23] {
      anime.pose = FacePose(tilt: tilt, yaw: 0.4, pitch: -0.1)
      photo.pose = anime.pose
      let drawn = try DrawnFaces.draw(AnimeFace(anime, height: 64, width: 64), 64, 64, budget)
      let taken = try DrawnFaces.draw(PhotoFace(photo, height: 64, width: 64), 64, 64, budget)
      #expect(abs(drawn.angle - tilt) < 1e-9)
      #expect(abs(taken.angle - tilt) < 1e-9)
    }
  }

  /// Where two pictures differ: the middle of the differences, left and right of `split`.
  private func centres(_ a: Pixels, _ b: Pixels, split: Double) -> [(x: Double, y: Double)] {
    var sums = [(x: 0.0, y: 0.0, weight: 0.0), (x: 0.0, y: 0.0, weight: 0.0)]
    for y in 0..<a.height {
      for x in 0..<a.width {
        let at = (y * a.width + x) * 3
        let change = (0..<3).reduce(0) { $0 + abs(Int(a.bytes[at + $1]) - Int(b.bytes[at + $1])) }
        guard change > 30 else { continue }
        let side = Double(x) + 0.5 < split ? 0 : 1
        sums[side].x += Double(change) * (Double(x) + 0.5)
        sums[side].y += Double(change) * (Double(y) + 0.5)
        sums[side].weight += Double(change)
      }
    }
    return sums.map { ($0.x / max(1, $0.weight), $0.y / max(1, $0.weight)) }
  }

  private func near(_ place: (x: Double, y: Double), _ mark: Landmark, _ reach: Double) -> Bool {
    hypot(place.x - mark.x, place.y - mark.y) < reach
  }

  @Test(arguments: [-25.0, 0, 30])
  func animeIrisesAndMouthAreWhereTheLandmarksSay(tilt: Double) throws {
    func face(_ change: (inout AnimeTraits) -> Void) throws -> DrawnFace {
      var traits = AnimeTraits(RandomStream(seed: 5, name: "faces.anime"))
      traits.pose = FacePose(tilt: tilt, yaw: 0.1, pitch: 0, scale: 0.7)
      (traits.eyes, traits.gaze, traits.fringe) = (.open, Point(0, 0), .open)
      (traits.glasses, traits.accessory, traits.sideLock) = (false, .none, 0)
      change(&traits)
      return try DrawnFaces.draw(AnimeFace(traits, height: 128, width: 128), 128, 128, budget)
    }
    let blue = try face { $0.irises = (Colour(0, 0, 1), Colour(0, 0, 1)) }
    let red = try face { $0.irises = (Colour(1, 0, 0), Colour(1, 0, 0)) }
    let eyes = centres(blue.pixels, red.pixels, split: (blue.marks[0].x + blue.marks[1].x) / 2)
    // The iris is lighter below its middle, so the difference weighs a little more there.
    #expect(near(eyes[0], blue.marks[0], 3.5), "\(eyes[0]) \(blue.marks[0])")
    #expect(near(eyes[1], blue.marks[1], 3.5), "\(eyes[1]) \(blue.marks[1])")
    let flat = try face { $0.mouth = .flat }
    let small = try face { $0.mouth = .small }
    let mouth = centres(flat.pixels, small.pixels, split: 1000)[0]
    let middle = Landmark(
      "mouth", x: (flat.marks[3].x + flat.marks[4].x) / 2,
      y: (flat.marks[3].y + flat.marks[4].y) / 2)
    #expect(near(mouth, middle, 4), "\(mouth) \(middle)")
    let dot = try face { $0.nose = .dot }
    let line = try face { $0.nose = .line }
    #expect(near(centres(dot.pixels, line.pixels, split: 1000)[0], dot.marks[2], 5))
  }

  @Test(arguments: [-25.0, 0, 30])
  func photoIrisesAndMouthAreWhereTheLandmarksSay(tilt: Double) throws {
    func face(_ change: (inout PhotoTraits) -> Void) throws -> DrawnFace {
      var traits = PhotoTraits(RandomStream(seed: 5, name: "faces.photo"))
      traits.pose = FacePose(tilt: tilt, yaw: 0.1, pitch: 0, scale: 0.8)
      (traits.openness, traits.gaze, traits.hairStyle) = (1, Point(0, 0), .short)
      (traits.eyewear, traits.beard, traits.grain) = (.none, .none, 0)
      traits.eyeHeight = 0.075
      change(&traits)
      return try DrawnFaces.draw(PhotoFace(traits, height: 128, width: 128), 128, 128, budget)
    }
    let blue = try face { $0.iris = Colour(0, 0, 1) }
    let red = try face { $0.iris = Colour(1, 0, 0) }
    let eyes = centres(blue.pixels, red.pixels, split: (blue.marks[0].x + blue.marks[1].x) / 2)
    #expect(near(eyes[0], blue.marks[0], 2.5), "\(eyes[0]) \(blue.marks[0])")
    #expect(near(eyes[1], blue.marks[1], 2.5), "\(eyes[1]) \(blue.marks[1])")
    let pale = try face { ($0.mouth, $0.lipColour) = (.closed, Colour(0.9, 0.9, 0.9)) }
    let dark = try face { ($0.mouth, $0.lipColour) = (.closed, Colour(0, 0, 0)) }
    let lips = centres(pale.pixels, dark.pixels, split: 1000)[0]
    let middle = Landmark(
      "mouth", x: (pale.marks[3].x + pale.marks[4].x) / 2,
      y: (pale.marks[3].y + pale.marks[4].y) / 2)
    #expect(near(lips, middle, 3), "\(lips) \(middle)")
  }

  /// The face as 16x16 grey means.
  private func thumbnail(_ pixels: Pixels) -> [Float] {
    let step = pixels.height / 16
    return (0..<256).map { cell in
      var sum = 0
      for y in 0..<step {
        let start = (((cell / 16) * step + y) * pixels.width + (cell % 16) * step) * 3
        for at in start..<start + step * 3 { sum += Int(pixels.bytes[at]) }
      }
      return Float(sum) / Float(step * step * 3)
    }
  }

  @Test(arguments: FaceStyle.allCases)
  func noTwoFacesAreAlike(style: FaceStyle) throws {
    let thumbnails = try (0..<DrawnFacesTests.many).map { thumbnail(try draw(style, $0).pixels) }
    var closest = (distance: Float.infinity, first: 0, second: 0)
    for first in thumbnails.indices {
      for second in 0..<first {
        var distance: Float = 0
        thumbnails[first].withUnsafeBufferPointer { a in
          thumbnails[second].withUnsafeBufferPointer { b in
            for cell in 0..<256 { distance += abs(a[cell] - b[cell]) }
          }
        }
        if distance / 256 < closest.distance { closest = (distance / 256, first, second) }
      }
    }
    #expect(closest.distance > 5, "faces \(closest.first) and \(closest.second)")
  }

  @Test func wrongIndicesAndSizesAreErrors() {
    func failure(_ index: Int, _ size: Int, _ budget: MemoryBudget) -> String? {
      do {
        _ = try DrawnFaces.draw(
          .anime, index: index, seed: 0, height: size, width: size, budget: budget)
        return nil
      } catch let failure as Failure {
        return "\(failure.code): \(failure.message)"
      } catch { return "\(error)" }
    }
    #expect(
      failure(-1, 64, budget) == "E-range: there is no drawn face -1: an index is 0 to 549755813887"
    )
    #expect(
      failure(0, 0, budget)
        == "E-range: an image of 0 x 0 pixels cannot be drawn: each side must be 1 to 32767")
    #expect(
      failure(0, 64, MemoryBudget(limit: 1000))?.hasPrefix("E-memory: a drawing of 64 x 64") == true
    )
    #expect(failure(0, 1, budget) == nil)
  }
}
