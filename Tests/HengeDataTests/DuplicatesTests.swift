// SPDX-License-Identifier: MIT
import HengeBackend
import HengeDrawnFaces
import HengeImage
import Testing

@testable import HengeData

@Suite struct DuplicatesTests {
  @Test func exactAndNearOnesAreGrouped() throws {
    try inFolder { folder in
      let faces = try (0..<4).map {
        try DrawnFaces.draw(.anime, index: $0, seed: 0, budget: MemoryBudget(limit: 1 << 30)).pixels
      }
      var noisy = faces[1]
      for index in noisy.bytes.indices {
        noisy.bytes[index] = UInt8(clamping: Int(noisy.bytes[index]) + (index * 7919 % 5) - 2)
      }
      let smaller = try faces[2].resized(
        height: 48, width: 48, budget: MemoryBudget(limit: 1 << 30))
      for (name, pixels) in [
        ("0", faces[0]), ("1", faces[1]), ("2", faces[2]), ("3", faces[3]), ("4", faces[0]),
        ("5", noisy), ("6", smaller), ("7", faces[0]),
      ] { try writePNG(pixels, to: "\(folder)/\(name).png") }
      for threads in 1...2 {
        let groups = try Dataset.images(folder, loader: makeLoader(threads: threads)).duplicates()
        #expect(
          groups == [
            DuplicateGroup(indices: [0, 4, 7], isExact: true),
            DuplicateGroup(indices: [1, 5], isExact: false),
            DuplicateGroup(indices: [2, 6], isExact: false),
          ])
      }
    }
  }

  @Test func aThresholdOfNothingFindsExactOnesOnly() throws {
    let loader = makeLoader()
    let faces = try Dataset.faces(.photo, count: 5, loader: loader)
    let twice = try faces.joined(with: faces.take(2))
    #expect(
      try twice.duplicates(threshold: 0).map(\.indices) == [[0, 5], [1, 6]])
    #expect(try faces.take(0).duplicates() == [])
  }

  @Test func tensorsAreComparedAsPictures() throws {
    let loader = makeLoader()
    let faces = try Dataset.faces(.anime, count: 3, loader: loader)
    let tensors = try Dataset(faces.tensor(), loader: loader)
    #expect(
      try faces.joined(with: tensors).duplicates() == [
        DuplicateGroup(indices: [0, 3], isExact: true),
        DuplicateGroup(indices: [1, 4], isExact: true),
        DuplicateGroup(indices: [2, 5], isExact: true),
      ])
  }

  @Test(arguments: FaceStyle.allCases)
  func drawnFacesHaveNone(style: FaceStyle) throws {
    let faces = try Dataset.faces(
      style, count: 2000, size: PictureSize(height: 32, width: 32), loader: makeLoader())
    #expect(try faces.duplicates() == [])
  }
}
