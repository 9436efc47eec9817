// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeImage
import Testing

@testable import HengeVision

/// Against OpenCV and dlib on the test faces, which are not part of the project.
@Suite("Test faces") struct TestFaceTests {
  static let data = "../shared/data"
  let budget = MemoryBudget(limit: 2_000_000_000)

  #if DEBUG
    /// Every so many files.
    static let step = 4
  #else
    static let step = 1
  #endif

  private func table(_ name: String) throws -> CSVTable? {
    let path = "\(Self.data)/faces/\(name)"
    guard (try? RegularFile(path)) != nil else {
      print("skipped: \(path) is not here")
      return nil
    }
    return try CSVTable(reading: path, budget: budget)
  }

  private func texts(_ table: CSVTable, _ name: String) -> [String] {
    switch table[name] {
    case .texts(let cells)?: cells
    case .integers(let cells)?: cells.map(String.init)
    default: []
    }
  }

  private func numbers(_ table: CSVTable, _ name: String) -> [Double] {
    switch table[name] {
    case .integers(let cells)?: cells.map(Double.init)
    case .numbers(let cells)?: cells
    default: []
    }
  }

  /// The boxes of a table by file and variant, none for a row without numbers.
  private func boxes(_ table: CSVTable, variant: String) -> [String: [Box]] {
    var found: [String: [Box]] = [:]
    let sides = ["x", "y", "w", "h"].map { numbers(table, $0) }
    for (row, (file, kind)) in zip(texts(table, "file"), texts(table, variant)).enumerated() {
      let numbers = sides.map { $0[row] }
      let box =
        numbers.contains { $0.isNaN }
        ? []
        : [
          Box(
            x: Int(numbers[0]), y: Int(numbers[1]), width: Int(numbers[2]),
            height: Int(numbers[3]))
        ]
      found["\(file) \(kind)", default: []] += box
    }
    return found
  }

  /// How many of the images have the same number of boxes, each within a pixel.
  private func compare(
    _ expected: [String: [Box]], _ detect: (_ file: String, _ variant: String) throws -> [Box]
  ) rethrows -> (images: Int, agree: Int, exact: Int) {
    var sum = (images: 0, agree: 0, exact: 0)
    for (index, key) in expected.keys.sorted().enumerated() where index % Self.step == 0 {
      let parts = key.split(separator: " ")
      let found = try detect(String(parts[0]), String(parts[1]))
      let wanted = (expected[key] ?? []).sorted(by: Box.isBefore)
      sum.images += 1
      if found == wanted { sum.exact += 1 }
      let areNear = wanted.allSatisfy { box in
        found.contains {
          abs($0.x - box.x) <= 1 && abs($0.y - box.y) <= 1 && abs($0.width - box.width) <= 1
            && abs($0.height - box.height) <= 1
        }
      }
      if found.count == wanted.count, areNear { sum.agree += 1 } else { print("differs: \(key)") }
    }
    return sum
  }

  @Test func drawnFacesAreFoundWhereOpenCVFindsThem() throws {
    guard let table = try table("opencv_lbp_detections.csv") else { return }
    let cascade = try Cascade(
      reading: "\(Self.data)/models/lbpcascade_animeface.xml", budget: budget)
    let reader = PictureReader(budget: budget)
    let sum = try compare(boxes(table, variant: "padding")) { file, variant in
      let padding = Int(variant) ?? 0
      return try cascade.faces(
        in: reader.read("\(Self.data)/faces/\(file)"), DetectionSettings(padding: padding),
        budget: budget
      ).map { Box(x: $0.x + padding, y: $0.y + padding, width: $0.width, height: $0.height) }
    }
    print("drawn faces: \(sum.agree) of \(sum.images) images agree, \(sum.exact) exactly")
    #expect(Double(sum.agree) >= 0.99 * Double(sum.images))
  }

  @Test func photographedFacesAreFoundWhereOpenCVFindsThem() throws {
    guard let table = try table("opencv_human_detections.csv") else { return }
    var cascades: [String: Cascade] = [:]
    let reader = PictureReader(budget: budget)
    for kind in ["haarcascade_frontalface_default", "lbpcascade_frontalface"] {
      cascades[kind] = try Cascade(reading: "\(Self.data)/models/\(kind).xml", budget: budget)
    }
    let sum = try compare(boxes(table, variant: "cascade")) { file, variant in
      try cascades[variant]?.faces(
        in: reader.read("\(Self.data)/faces/human/\(file)"), budget: budget) ?? []
    }
    print("photographs: \(sum.agree) of \(sum.images) images agree, \(sum.exact) exactly")
    #expect(Double(sum.agree) >= 0.99 * Double(sum.images))
  }

  @Test(arguments: [
    ("shape_predictor_5_face_landmarks.dat", "p5_", [0, 1, 2, 3, 4]),
    ("shape_predictor_68_face_landmarks.dat", "p68_", [36, 39, 42, 45, 33, 48, 54]),
  ]) func pointsAreWhereDlibFindsThem(file: String, prefix: String, parts: [Int]) throws {
    guard let table = try table("dlib_landmarks.csv") else { return }
    let path = "\(Self.data)/models/\(file)"
    guard (try? RegularFile(path)) != nil else {
      print("skipped: \(path) is not here")
      return
    }
    let predictor = try ShapePredictor(reading: path, budget: budget)
    let sides = ["x", "y", "w", "h"].map { numbers(table, $0) }
    let wanted = parts.map {
      (numbers(table, "\(prefix)\($0)_x"), numbers(table, "\(prefix)\($0)_y"))
    }
    let reader = PictureReader(budget: budget)
    var (equal, all, most) = (0, 0, 0.0)
    for (row, file) in texts(table, "file").enumerated() where row % Self.step == 0 {
      let box = Box(
        x: Int(sides[0][row]), y: Int(sides[1][row]), width: Int(sides[2][row]),
        height: Int(sides[3][row]))
      let points = try predictor.points(
        in: reader.read("\(Self.data)/faces/human/\(file)"), box: box, budget: budget)
      for (part, (xs, ys)) in zip(parts, wanted) {
        for difference in [Double(points[part].x) - xs[row], Double(points[part].y) - ys[row]] {
          all += 1
          if difference == 0 { equal += 1 }
          most = max(most, abs(difference))
        }
      }
    }
    print("\(file): \(equal) of \(all) coordinates are equal, the largest difference is \(most)")
    #expect(Double(equal) >= 0.99 * Double(all))
    #expect(most <= 1)
  }
}
