// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeImage
import HengeTensor
import HengeThreads
import Testing

@testable import HengeData

@Suite struct FolderDatasetTests {
  @Test func imagesAreTheFilesPixelsInTheRange() throws {
    try inFolder { folder in
      try writePatterns(3, to: folder)
      let loader = makeLoader()
      let dataset = try Dataset.images(folder, loader: loader)
      #expect(dataset.count == 3)
      let image = try dataset.image(1)
      #expect(image.shape.sizes == [3, 8, 8])
      let bytes = pattern(1).bytes
      let table = ImageRange.signed.table
      let expected: [Float] = (0..<192).map { (index: Int) -> Float in
        table[Int(bytes[index % 64 * 3 + index / 64])]
      }
      #expect(try image.floats() == expected)
      #expect(try dataset.bytes(1..<3).bytes() == pattern(1).bytes + pattern(2).bytes)
      #expect(try dataset.tensor(1..<2).floats() == expected)
      let wide = try Dataset.images(folder, range: ImageRange(low: 0, high: 255), loader: loader)
      #expect(try wide.image(0).floats()[0] == Float(pattern(0).bytes[0]))
      #expect(
        try dataset.record(of: 2)
          == ItemRecord(
            name: "\(folder)/02.png", file: "\(folder)/02.png", annotation: Annotation()))
    }
  }

  @Test func mixedSizesFormatsAndChannelsBecomeOneShape() throws {
    try inFolder { folder in
      try writePNG(pattern(1, height: 5, width: 9, channels: 1), to: "\(folder)/grey.png")
      try writePNG(pattern(2, height: 12, width: 7, channels: 4), to: "\(folder)/alpha.PNG")
      try write(TinyJPEG.rgb6x10, to: "\(folder)/colour.jpg")
      try write(TinyJPEG.grey9x5, to: "\(folder)/named-wrong.png")
      let loader = makeLoader()
      let dataset = try Dataset.images(
        folder, layout: PictureLayout(size: PictureSize(height: 6, width: 8)), loader: loader)
      #expect(dataset.shape?.sizes == [3, 6, 8])
      #expect(try dataset.tensor().shape.sizes == [4, 3, 6, 8])
      let own = try Dataset.images(folder, loader: loader)
      #expect(
        try own.images(0..<4).map(\.shape.sizes) == [
          [3, 12, 7], [3, 10, 6], [3, 5, 9], [3, 5, 9],
        ])
      let failure = failure { _ = try own.tensor() }
      #expect(failure?.code == "E-shape")
      #expect(
        failure?.notes == [
          "\"\(folder)/alpha.PNG\" is 3x12x7", "\"\(folder)/colour.jpg\" is 3x10x6",
        ])
      let summary = try own.summary()
      #expect(
        summary.lines == [
          "4 images, rgb, range (-1, 1), 702 bytes decoded", "from:",
          "       4  images(\"\(folder)\")", "shapes:", "       2  3x5x9", "       1  3x12x7",
          "       1  3x10x6", "files:", "       2  PNG", "       2  JPEG",
        ])
      #expect(try dataset.summary().shapes.map(\.name) == ["3x6x8"])
    }
  }

  @Test func greyAndAlphaAreKeptWhenAskedFor() throws {
    try inFolder { folder in
      try writePNG(pattern(1), to: "\(folder)/a.png")
      let loader = makeLoader()
      let grey = try Dataset.images(folder, layout: PictureLayout(channels: .gray), loader: loader)
      #expect(try grey.image(0).shape.sizes == [1, 8, 8])
      #expect(grey.channelGroups?.description == "gray")
      let alpha = try Dataset.images(folder, layout: PictureLayout(channels: .rgba), loader: loader)
      #expect(try alpha.image(0).selecting([.at(3)]).floats() == [Float](repeating: 1, count: 64))
    }
  }

  @Test func aBadPictureStopsTheRunAndIsNamed() throws {
    try inFolder { folder in
      try writePatterns(6, to: folder)
      try write([137, 80, 78, 71, 13, 10, 26, 10, 0, 0], to: "\(folder)/03.png")
      try write([1, 2, 3], to: "\(folder)/05.png")
      for threads in 1...2 {
        let dataset = try Dataset.images(folder, loader: makeLoader(threads: threads))
        #expect(try dataset.image(2).count == 192)
        let failure = failure { _ = try dataset.tensor() }
        #expect(failure?.code == "E-file")
        #expect(failure?.message.hasPrefix("\"\(folder)/03.png\": ") == true)
      }
    }
  }

  @Test func badPicturesAreToldAndSkipped() throws {
    try inFolder { folder in
      try writePatterns(6, to: folder)
      try write([137, 80, 78, 71, 13, 10, 26, 10, 0, 0], to: "\(folder)/03.png")
      mkfifo("\(folder)/pipe.png", 0o600)
      var notes: [String] = []
      let dataset = try Dataset.images(
        folder, errors: .skip, loader: makeLoader(), note: { notes.append($0) })
      #expect(dataset.count == 5)
      #expect(notes.count == 2)
      #expect(notes.first?.hasPrefix("skipped \"\(folder)/03.png\": ") == true)
      #expect(notes.last == "skipped \"\(folder)/pipe.png\": is a pipe, not a file")
      #expect(try dataset.name(of: 3) == "\(folder)/04.png")
      #expect(try dataset.tensor().shape.sizes == [5, 3, 8, 8])
    }
  }

  @Test func aFolderOfBadPicturesOnlyIsAnError() throws {
    try inFolder { folder in
      try write([1, 2, 3], to: "\(folder)/a.png")
      let failure = failure {
        _ = try Dataset.images(folder, errors: .skip, loader: makeLoader())
      }
      #expect(failure?.message == "\"\(folder)\": none of the 1 image in it can be read")
    }
  }

  @Test func anEmptyFolderSaysWhatWasLookedFor() throws {
    try inFolder { folder in
      mkdir("\(folder)/below", 0o700)
      try write([1], to: "\(folder)/notes.txt")
      let failure = failure { _ = try Dataset.images(folder, loader: makeLoader()) }
      #expect(failure?.message == "\"\(folder)\": there are no images in this folder")
      #expect(
        failure?.notes == [
          "images are files named \(PictureFormat.readEndings) in any case, not hidden; "
            + "it contains 1 other file (1 .txt) and 1 folder"
        ])
      #expect(failure?.suggestion == "images(\"\(folder)\", recursive=true)")
    }
  }

  @Test func theLimitTakesTheFirstOnes() throws {
    try inFolder { folder in
      try writePatterns(5, to: folder)
      let loader = makeLoader()
      let dataset = try Dataset.images(folder, limit: 2, loader: loader)
      #expect(dataset.count == 2)
      #expect(try dataset.name(of: 1) == "\(folder)/01.png")
      #expect(
        failure { _ = try Dataset.images(folder, limit: 0, loader: loader) }?.message
          == "`limit` must be at least 1, not 0")
    }
  }

  @Test func everyResultIsTheSameWithAnyThreadsAndCache() throws {
    try inFolder { folder in
      try writePatterns(40, to: folder)
      var fingerprints: Set<String> = []
      var sums: Set<[Double]> = []
      for threads in 1...3 {
        for cache in [0, 3000, 1_000_000] {
          let loader = makeLoader(threads: threads, cache: cache)
          let dataset = try Dataset.images(folder, loader: loader)
          fingerprints.insert(try dataset.fingerprint())
          sums.insert(try dataset.mean().doubles())
          #expect(loader.cache.bytes <= cache)
        }
      }
      #expect(fingerprints.count == 1)
      #expect(sums.count == 1)
    }
  }

  @Test func anInterruptStopsBetweenFiles() throws {
    try inFolder { folder in
      try writePatterns(4, to: folder)
      let interrupt = Interrupt()
      let dataset = try Dataset.images(folder, loader: makeLoader(interrupt: interrupt))
      interrupt.request()
      #expect(throws: Interrupted.self) { try dataset.tensor() }
      interrupt.clear()
      #expect(try dataset.tensor().count == 768)
    }
  }

  @Test func memoryIsAskedForBeforeDecoding() throws {
    try inFolder { folder in
      try writePatterns(10, to: folder)
      let loader = makeLoader(budget: 5000)
      let dataset = try Dataset.images(
        folder, layout: PictureLayout(size: PictureSize(height: 8, width: 8)), loader: loader)
      #expect(failure { _ = try dataset.tensor() }?.code == "E-memory")
      #expect(loader.cache.count == 0)
    }
  }

  @Test func aDatasetThatIsGoneLeavesTheCache() throws {
    try inFolder { folder in
      try writePatterns(5, to: folder)
      let loader = makeLoader()
      do {
        let dataset = try Dataset.images(folder, loader: loader)
        try dataset.prepare(0..<5)
        #expect(loader.cache.count == 5)
        _ = try dataset.take(2)
        #expect(loader.cache.count == 5)
      }
      #expect(loader.cache.count == 0)
    }
  }

  @Test func theFingerprintTellsContentOrderAndRange() throws {
    try inFolder { folder in
      try writePatterns(4, to: folder)
      let loader = makeLoader()
      let dataset = try Dataset.images(folder, loader: loader)
      let other = try Dataset.images(
        folder, range: ImageRange(low: 0, high: 1), loader: loader)
      let all = try [
        dataset, dataset.take(3), dataset.selecting([1, 0, 2, 3]), other, dataset.map { $0 },
      ].map { try $0.fingerprint() }
      #expect(Set(all).count == 5)
      #expect(all.allSatisfy { $0.count == 64 })
      let again = try Dataset.images(folder, loader: makeLoader(threads: 1))
      #expect(try again.fingerprint() == all[0])
    }
  }
}

/// JPEG files as Pillow writes them: for their format and size; their pixels are tested elsewhere.
enum TinyJPEG {
  static let rgb6x10: [UInt8] = [
    255, 216, 255, 224, 0, 16, 74, 70, 73, 70, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
    255, 219, 0, 67, 0, 3, 2, 2, 3, 2, 2, 3, 3, 3, 3, 4, 3, 3, 4, 5,
    8, 5, 5, 4, 4, 5, 10, 7, 7, 6, 8, 12, 10, 12, 12, 11, 10, 11, 11, 13,
    14, 18, 16, 13, 14, 17, 14, 11, 11, 16, 22, 16, 17, 19, 20, 21, 21, 21, 12, 15,
    23, 24, 22, 20, 24, 18, 20, 21, 20, 255, 219, 0, 67, 1, 3, 4, 4, 5, 4, 5,
    9, 5, 5, 9, 20, 13, 11, 13, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20,
    20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20,
    20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 255, 192,
    0, 17, 8, 0, 10, 0, 6, 3, 1, 34, 0, 2, 17, 1, 3, 17, 1, 255, 196, 0,
    22, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,
    6, 255, 196, 0, 34, 16, 0, 2, 1, 3, 2, 7, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 1, 2, 0, 3, 5, 17, 6, 19, 33, 49, 53, 97, 115, 145, 177, 255, 196, 0,
    21, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 5,
    255, 196, 0, 35, 17, 1, 0, 1, 1, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 2, 5, 0, 3, 4, 6, 17, 33, 18, 19, 49, 65, 81, 97, 240, 255, 218, 0,
    12, 3, 1, 0, 2, 17, 3, 17, 0, 63, 0, 181, 168, 175, 203, 103, 74, 108, 83, 117,
    234, 49, 1, 51, 142, 3, 153, 206, 15, 111, 113, 51, 26, 231, 170, 210, 240, 143, 173, 16,
    99, 141, 168, 83, 131, 5, 79, 190, 229, 221, 93, 132, 67, 130, 18, 232, 26, 171, 40, 174,
    238, 175, 128, 219, 219, 87, 41, 100, 234, 108, 232, 184, 121, 78, 58, 169, 247, 123, 127, 255,
    217,
  ]
  static let grey9x5: [UInt8] = [
    255, 216, 255, 224, 0, 16, 74, 70, 73, 70, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0,
    255, 219, 0, 67, 0, 3, 2, 2, 3, 2, 2, 3, 3, 3, 3, 4, 3, 3, 4, 5,
    8, 5, 5, 4, 4, 5, 10, 7, 7, 6, 8, 12, 10, 12, 12, 11, 10, 11, 11, 13,
    14, 18, 16, 13, 14, 17, 14, 11, 11, 16, 22, 16, 17, 19, 20, 21, 21, 21, 12, 15,
    23, 24, 22, 20, 24, 18, 20, 21, 20, 255, 192, 0, 11, 8, 0, 5, 0, 9, 1, 1,
    17, 0, 255, 196, 0, 21, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 7, 8, 255, 196, 0, 29, 16, 0, 1, 2, 7, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 4, 81, 6, 8, 22, 33, 36, 65, 161, 255, 218, 0, 8,
    1, 1, 0, 0, 63, 0, 38, 148, 152, 57, 22, 21, 155, 69, 225, 71, 34, 110, 31, 255,
    217,
  ]
}
