// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import Testing

@Suite struct RegularFileTests {
  let budget = MemoryBudget(limit: 1_000_000)

  /// A new empty folder under /tmp, removed when `body` returns.
  func inFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/henge-file-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { for name in ["a.png", "pipe", "locked", "link", ""] { remove("\(folder)/\(name)") } }
    try body(folder)
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    let file = try #require(fopen(path, "wb"))
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
  }

  func failure(reading path: String) -> Failure? {
    #expect(throws: Failure.self) { try readRegularFile(path, budget: budget) }
  }

  @Test func readsTheBytesOfAFile() throws {
    try inFolder { folder in
      let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
      try write(bytes, to: "\(folder)/a.png")
      #expect(try readRegularFile("\(folder)/a.png", budget: budget) == bytes)
      #expect(budget.live == 0)
      try write([], to: "\(folder)/a.png")
      #expect(try readRegularFile("\(folder)/a.png", budget: budget) == [])
    }
  }

  @Test func refusesWhatIsNoRegularFile() throws {
    try inFolder { folder in
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      #expect(
        failure(reading: "\(folder)/pipe")
          == Failure("E-file", "\"\(folder)/pipe\": is a pipe, not a file"))
      #expect(
        failure(reading: folder) == Failure("E-file", "\"\(folder)\": is a folder, not a file"))
    }
    #expect(
      failure(reading: "/dev/zero") == Failure("E-file", "\"/dev/zero\": is a device, not a file"))
    #expect(failure(reading: "") == Failure("E-file", "the path of a file is empty"))
    #expect(
      failure(reading: "a\0b")
        == Failure("E-file", "\"a\\0b\": a path cannot contain a zero byte"))
  }

  @Test func namesWhatIsMissingAndWhatWasMeant() throws {
    try inFolder { folder in
      try write([1], to: "\(folder)/a.png")
      #expect(
        failure(reading: "\(folder)/a.pgn")
          == Failure(
            "E-file", "\"\(folder)/a.pgn\": there is no such file",
            notes: ["there is no \"a.pgn\" in \"\(folder)\""], suggestion: "\"\(folder)/a.png\""))
      #expect(
        failure(reading: "\(folder)/a.png/b")
          == Failure("E-file", "\"\(folder)/a.png/b\": a part of this path is a file, not a folder")
      )
      let away = "/tpm\(folder.dropFirst(4))/a.png"
      #expect(failure(reading: away)?.suggestion == "\"\(folder)/a.png\"")
    }
  }

  @Test func asksTheBudgetBeforeAllocating() throws {
    try inFolder { folder in
      let path = "\(folder)/a.png"
      try write([1], to: path)
      #expect(truncate(path, 1 << 40) == 0)
      let refusal = failure(reading: path)
      #expect(refusal?.code == "E-memory")
      #expect(refusal?.message.hasPrefix("reading \"\(path)\" needs 1.1 TB") == true)
      #expect(budget.live == 0)
    }
  }

  @Test func countsEditsAndFindsTheNearestName() {
    #expect(editDistance("", "abc", limit: 3) == 3)
    #expect(editDistance("kitten", "sitting", limit: 5) == 3)
    #expect(editDistance("pgn", "png", limit: 1) == 1)
    #expect(editDistance("kitten", "sitting", limit: 2) == nil)
    #expect(nearestName(to: "Resise", among: ["reverse", "resize", "size"]) == "resize")
    #expect(nearestName(to: "xyz", among: ["abc"]) == nil)
  }
}
