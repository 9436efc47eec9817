// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import Testing

@Suite struct AtomicFileTests {
  struct Stop: Error {}

  let budget = MemoryBudget(limit: 1_000_000)

  @Test func aFileIsReplacedWhole() throws {
    try inFolder { folder in
      let path = "\(folder)/x"
      try AtomicFile.write([1, 2, 3], to: path)
      #expect(try readRegularFile(path, budget: budget) == [1, 2, 3])
      try AtomicFile.write([], to: path)
      #expect(try readRegularFile(path, budget: budget) == [])
      #expect(names(in: folder) == ["x"])
    }
  }

  @Test func theTargetIsUntouchedUntilAllIsWritten() throws {
    try inFolder { folder in
      let path = "\(folder)/x"
      try AtomicFile.write([1, 2, 3], to: path)
      try AtomicFile.replace(path) { file in
        for part in 0..<10 {
          try file.append([UInt8](repeating: UInt8(part), count: 100_000))
          // A process killed here leaves the old bytes and a temporary file, nothing else.
          #expect(try readRegularFile(path, budget: budget) == [1, 2, 3])
          #expect(names(in: folder) == [".henge-\(getpid())-0.tmp", "x"])
        }
      }
      #expect(try readRegularFile(path, budget: MemoryBudget(limit: 2_000_000)).count == 1_000_000)
      #expect(names(in: folder) == ["x"])
    }
  }

  @Test func anErrorLeavesTheOldFileAndNoOther() throws {
    try inFolder { folder in
      let path = "\(folder)/x"
      try AtomicFile.write([1, 2, 3], to: path)
      #expect(throws: Stop.self) {
        try AtomicFile.replace(path) { file in
          try file.append([9, 9])
          throw Stop()
        }
      }
      #expect(try readRegularFile(path, budget: budget) == [1, 2, 3])
      #expect(names(in: folder) == ["x"])
      #expect(throws: Stop.self) {
        try AtomicFile.replace("\(folder)/new") { _ in throw Stop() }
      }
      #expect(names(in: folder) == ["x"])
    }
  }

  @Test func aLeftOverTemporaryFileIsNotInTheWay() throws {
    try inFolder { folder in
      let left = "\(folder)/.henge-\(getpid())-0.tmp"
      close(open(left, O_CREAT | O_WRONLY, 0o600))
      try AtomicFile.write([1], to: "\(folder)/x")
      #expect(names(in: folder) == [".henge-\(getpid())-0.tmp", "x"])
    }
  }

  @Test func linksAreFollowedAndPermissionsKept() throws {
    try inFolder { folder in
      try AtomicFile.write([1], to: "\(folder)/x")
      chmod("\(folder)/x", 0o640)
      symlink("x", "\(folder)/link")
      try AtomicFile.write([2], to: "\(folder)/link")
      #expect(try readRegularFile("\(folder)/x", budget: budget) == [2])
      var status = stat()
      #expect(lstat("\(folder)/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
      #expect(stat("\(folder)/x", &status) == 0 && status.st_mode & 0o777 == 0o640)
    }
  }

  @Test func parentFoldersAreMadeOnlyWhenAsked() throws {
    try inFolder { folder in
      let path = "\(folder)/a/b/x"
      #expect(
        message { try AtomicFile.write([1], to: path) }
          == "E-file: \"\(path)\": cannot be written: there is no folder \"\(folder)/a/b\"")
      try AtomicFile.write([1], to: path, createFolders: true)
      #expect(try readRegularFile(path, budget: budget) == [1])
      remove(path)
      rmdir("\(folder)/a/b")
    }
  }

  @Test func whatCannotBeWrittenIsNamedWithTheReason() throws {
    try inFolder { folder in
      func writing(_ path: String) -> String { message { try AtomicFile.write([1], to: path) } }
      #expect(writing(folder) == "E-file: \"\(folder)\": is a folder, not a file")
      #expect(
        writing("\(folder)/x/")
          == "E-file: \"\(folder)/x/\": names a folder: a file name is missing after the last /")
      #expect(writing("") == "E-file: the path of a file is empty")
      #expect(
        writing("\(folder)/a\0b")
          == "E-file: \"\(folder)/a\\0b\": a path cannot contain a zero byte")
      #expect(
        writing("/dev/full")
          == "E-file: \"/dev/full\": is a pipe or a device, and only files are written")
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      #expect(
        writing("\(folder)/pipe")
          == "E-file: \"\(folder)/pipe\": is a pipe or a device, and only files are written")
      try AtomicFile.write([1], to: "\(folder)/x")
      #expect(
        writing("\(folder)/x/y")
          == "E-file: \"\(folder)/x/y\": cannot be written: a part of \"\(folder)/x\" is a file, "
          + "not a folder")
      let long = "\(folder)/" + String(repeating: "a", count: 300)
      #expect(writing(long).hasSuffix("cannot be written: the name is too long"))
      #expect(names(in: folder) == ["pipe", "x"])
    }
  }

  @Test func runningOutOfRoomLeavesTheOldFileAndNoOther() throws {
    try inFolder { folder in
      let path = "\(folder)/x"
      try AtomicFile.write([1, 2, 3], to: path)
      // A limit on the size of files stands in for a full disk: the write itself is refused. It is
      // the process's, so it lies above what any test running beside this one writes.
      let fileSize = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
      var old = rlimit()
      getrlimit(fileSize, &old)
      let handler = signal(SIGXFSZ, SIG_IGN)
      var low = rlimit(rlim_cur: 64_000_000, rlim_max: old.rlim_max)
      setrlimit(fileSize, &low)
      let refusal = message {
        try AtomicFile.replace(path) { file in
          let part = [UInt8](repeating: 9, count: 33_000_000)
          try file.append(part)
          try file.append(part)
        }
      }
      setrlimit(fileSize, &old)
      signal(SIGXFSZ, handler)
      #expect(
        refusal
          == "E-file: \"\(path)\": cannot be written: it would be larger than a file may be")
      #expect(try readRegularFile(path, budget: budget) == [1, 2, 3])
      #expect(names(in: folder) == ["x"])
    }
  }
}
