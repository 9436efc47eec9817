// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeThreads
import Testing

@testable import HengeData

@Suite struct FolderListingTests {
  func list(_ folder: String, recursive: Bool = false) throws -> FolderListing {
    try FolderListing(
      folder, recursive: recursive, budget: MemoryBudget(limit: 1_000_000), interrupt: Interrupt())
  }

  @Test func picturesAreSortedBytewiseAndOthersCounted() throws {
    try inFolder { folder in
      for name in [
        "b.png", "B.PNG", "a10.jpg", "a2.jpeg", "ä.png", ".hidden.png", "notes.txt", "png",
      ] {
        try write([1], to: "\(folder)/\(name)")
      }
      mkdir("\(folder)/sub.png", 0o700)
      let listing = try list(folder)
      #expect(listing.paths == ["B.PNG", "a10.jpg", "a2.jpeg", "b.png", "ä.png"])
      #expect(listing.others.count == 2)
      #expect(listing.otherFolders.names == ["sub.png"])
      #expect(
        listing.leftOut(of: folder)
          == "\"\(folder)\": left out 2 files: 1 without an ending, 1 .txt; and 1 folder "
          + "(recursive=true reads those too)")
    }
  }

  @Test func recursionEntersEachFolderOnceAndSortsWholePaths() throws {
    try inFolder { folder in
      mkdir("\(folder)/x", 0o700)
      mkdir("\(folder)/x/y", 0o700)
      mkdir("\(folder)/.git", 0o700)
      for name in ["x.png", "x/b.png", "x/y/a.png", "x-1.png", ".git/c.png"] {
        try write([1], to: "\(folder)/\(name)")
      }
      symlink("..", "\(folder)/x/loop")
      symlink("nowhere", "\(folder)/dangling.png")
      let listing = try list(folder, recursive: true)
      #expect(listing.paths == ["dangling.png", "x-1.png", "x.png", "x/b.png", "x/y/a.png"])
      #expect(try list(folder).otherFolders.count == 1)
    }
  }

  @Test func whatIsLeftOutIsNamedByKind() throws {
    try inFolder { folder in
      for name in ["a.webp", "b.TIF", "c.bmp", "d.ppm", "e.jfif"] {
        try write([1], to: "\(folder)/\(name)")
      }
      #expect(try list(folder).leftOut(of: folder) == nil)
      for name in ["1.heic", "2.HEIC", "3.gif", "notes.txt"] {
        try write([1], to: "\(folder)/\(name)")
      }
      try write([0xFF, 0xD8, 0xFF, 0xE0], to: "\(folder)/photo.dat")
      #expect(
        try list(folder).leftOut(of: folder)
          == "\"\(folder)\": left out 5 files: 2 .heic (HEIC is not read), 1 .dat "
          + "(\"\(folder)/photo.dat\", say, is a JPEG image: name it .jpg to include it), "
          + "1 .gif (GIF is not read), 1 .txt")
    }
  }

  @Test func aFolderOfTwoDomainsSaysWhatToType() throws {
    try inFolder { folder in
      for name in ["trainA", "trainB", "testA", "testB"] { mkdir("\(folder)/\(name)", 0o700) }
      let failure = failure { _ = try Dataset.images(folder, loader: makeLoader()) }
      #expect(
        failure?.suggestion
          == "A = images(\"\(folder)/trainA\") and B = images(\"\(folder)/trainB\")")
    }
  }

  @Test func aNameThatIsNotTextIsToldApart() throws {
    try inFolder { folder in
      let path =
        Array("\(folder)/".utf8CString.dropLast()) + [
          CChar(bitPattern: 0xFF), 46, 112, 110, 103, 0,
        ]
      let file = fopen(path, "wb")
      #expect(file != nil)
      if let file { fclose(file) }
      let listing = try list(folder)
      #expect(listing.paths == [])
      #expect(listing.unnameable == ["\u{FFFD}.png"])
    }
  }

  @Test func aMissingFolderIsToldWithTheNearestName() throws {
    try inFolder { folder in
      mkdir("\(folder)/faces", 0o700)
      let failure = failure { _ = try list("\(folder)/facse/anime") }
      #expect(failure?.code == "E-file")
      #expect(failure?.message == "\"\(folder)/facse/anime\": there is no such folder")
      #expect(failure?.notes == ["there is no \"facse\" in \"\(folder)\""])
      #expect(failure?.suggestion == "\"\(folder)/faces/anime\"")
    }
  }

  @Test func aFileIsNotAFolder() throws {
    try inFolder { folder in
      try write([1], to: "\(folder)/a.png")
      let failure = failure { _ = try list("\(folder)/a.png") }
      #expect(failure?.message == "\"\(folder)/a.png\": is a file, not a folder")
      #expect(failure?.suggestion == "load(\"\(folder)/a.png\") for one image")
    }
  }

  @Test func namesAreCountedInTheBudget() throws {
    try inFolder { folder in
      for index in 0..<50 { try write([1], to: "\(folder)/\(index).png") }
      let budget = MemoryBudget(limit: 1000)
      let failure = failure {
        _ = try FolderListing(folder, recursive: false, budget: budget, interrupt: Interrupt())
      }
      #expect(failure?.code == "E-memory")
      #expect(budget.live == 0)
    }
  }
}
