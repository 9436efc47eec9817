// SPDX-License-Identifier: MIT
import HengeBackend
import HengeDrawnFaces
import HengeImage
import HengeTensor
import Testing

@testable import HengeData

@Suite struct PairingTests {
  /// Datasets of images with these names, each of another shade, and what pairing them says.
  func paired(
    _ first: [String], _ second: [String], by match: PairMatch? = nil
  ) throws -> (names: [[String]], notes: [String]) {
    try inFolder { folder in
      var sets: [Dataset] = []
      for (side, names) in [("A", first), ("B", second)] {
        try makeFolder("\(folder)/\(side)")
        for (index, name) in names.enumerated() {
          try writePNG(pattern(index), to: "\(folder)/\(side)/\(name).png")
        }
        sets.append(try Dataset.images("\(folder)/\(side)", loader: makeLoader()))
      }
      var notes: [String] = []
      let pairs = try PairedDataset.matched(sets[0], sets[1], by: match) { notes.append($0) }
      let names = try (0..<pairs.count).map { index in
        try [pairs.first, pairs.second].map { dataset in
          String(try dataset.name(of: index).split(separator: "/").last ?? "")
        }
      }
      return (names, notes)
    }
  }

  @Test func sameNamesArePairedWithoutAWord() throws {
    #expect(try paired(["1", "10", "2"], ["1", "10", "2"]).notes == [])
    // What all names of a side have in common does not count.
    #expect(try paired(["a_1", "a_10"], ["b_1", "b_10"]).notes == [])
    #expect(try paired(["1_real", "2_real"], ["1_fake", "2_fake"]).notes == [])
  }

  @Test func otherNamesAreSaid() throws {
    let (names, notes) = try paired(["1", "10", "2", "3"], ["1", "10", "3", "7"])
    #expect(names[2] == ["2.png", "3.png"])
    #expect(
      notes == [
        "paired by position, but the names of 2 of 4 pairs differ, such as \"2.png\" with "
          + "\"3.png\"; match=\"name\" pairs the 3 names that both have, match=\"position\" says "
          + "that this is meant"
      ])
    #expect(
      try paired(["x", "y"], ["p", "q"]).notes == [
        "paired by position: the names of 2 of 2 pairs differ, such as \"x.png\" with \"p.png\""
      ])
    #expect(try paired(["1", "2"], ["2", "3"], by: .position).notes == [])
  }

  @Test func namesPairWhatBelongsTogether() throws {
    let (names, notes) = try paired(["1", "10", "2", "3"], ["10", "2", "3", "7", "8"], by: .name)
    #expect(names == [["10.png", "10.png"], ["2.png", "2.png"], ["3.png", "3.png"]])
    #expect(
      notes == [
        "paired 3 images by name; left out without a partner: 1 of A, 2 of B, such as \"1.png\", "
          + "\"7.png\", \"8.png\""
      ])
  }

  @Test func differentLengthsNameTheWayOut() throws {
    let failure = failure { _ = try paired(["1", "2", "3"], ["1", "3"]) }
    #expect(failure?.code == "E-shape")
    #expect(failure?.notes == ["2 names of their files are the same"])
    #expect(failure?.suggestion == "pairs(A, B, match=\"name\")")
  }

  @Test func drawnFacesHaveNoNames() throws {
    let faces = try Dataset.faces(.anime, count: 3, loader: makeLoader())
    var notes: [String] = []
    _ = try PairedDataset.matched(faces, faces, by: nil) { notes.append($0) }
    #expect(notes.isEmpty)
    let failure = failure {
      _ = try PairedDataset.matched(faces, faces, by: .name) { notes.append($0) }
    }
    #expect(failure?.code == "E-data")
  }

  @Test func imagesSideBySideAreCutInTwo() throws {
    try inFolder { folder in
      let whole = pattern(3, height: 6, width: 10)
      try writePNG(whole, to: "\(folder)/1.png")
      let budget = MemoryBudget(limit: 1_000_000)
      let left = try whole.cropped(top: 0, left: 0, height: 6, width: 5, budget: budget)
      let right = try whole.cropped(top: 0, left: 5, height: 6, width: 5, budget: budget)
      let pairs = try PairedDataset.sideBySide(folder, loader: makeLoader())
      #expect(try pairs.first.bytes(0..<1).bytes() == left.bytes)
      #expect(try pairs.second.bytes(0..<1).bytes() == right.bytes)
      let swapped = try PairedDataset.sideBySide(folder, swapped: true, loader: makeLoader())
      #expect(try swapped.first.bytes(0..<1).bytes() == right.bytes)
      #expect(try pairs.first.summary().shapes.map(\.name) == ["3x6x5"])
      try writePNG(pattern(1, height: 6, width: 9), to: "\(folder)/2.png")
      let odd = try PairedDataset.sideBySide(folder, loader: makeLoader())
      let failure = failure { _ = try odd.images(1) }
      #expect(
        failure?.message
          == "\"\(folder)/2.png\": is 6x9: an image with two halves must have an even width")
    }
  }

  @Test func aFoldersFlawsAreOneNote() throws {
    try inFolder { folder in
      for name in ["a", "b", "c"] {
        let file = name == "a" ? TinyJPEG.rgb6x10 : Array(TinyJPEG.rgb6x10.dropLast(2))
        try write(file, to: "\(folder)/\(name).jpg")
      }
      var notes: [String] = []
      let dataset = try Dataset.images(folder, loader: makeLoader { notes.append($0) })
      #expect(try dataset.tensor().shape.sizes == [3, 3, 10, 6])
      _ = try dataset.tensor()
      #expect(
        notes == [
          "\"\(folder)\": 2 of the images read so far are damaged but can be read; "
            + "the first: \"\(folder)/b.jpg\" is flawed, though no image data are missing "
            + "(libjpeg: Premature end of JPEG file)"
        ])
    }
  }
}
