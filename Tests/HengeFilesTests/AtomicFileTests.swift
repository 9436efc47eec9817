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
          #expect(names(in: folder) == [".henge-0.tmp", "x"])
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

  @Test func filesThatKilledProcessesLeftAreRemoved() throws {
    try inFolder { folder in
      for number in [0, 1, 5, 12] {
        close(open("\(folder)/.henge-\(number).tmp", O_CREAT | O_WRONLY, 0o600))
      }
      close(open("\(folder)/.henge-mine.tmp", O_CREAT | O_WRONLY, 0o600))
      try AtomicFile.write([1], to: "\(folder)/x")
      #expect(names(in: folder) == [".henge-mine.tmp", "x"])
    }
  }

  @Test func filesThatOthersWriteAreNotTouched() throws {
    try inFolder { folder in
      let others = open("\(folder)/.henge-0.tmp", O_CREAT | O_WRONLY, 0o600)
      #expect(flock(others, LOCK_EX | LOCK_NB) == 0)
      symlink("x", "\(folder)/.henge-1.tmp")
      mkdir("\(folder)/.henge-2.tmp", 0o700)
      try AtomicFile.replace("\(folder)/x") { file in
        try file.append([1])
        try AtomicFile.write([2], to: "\(folder)/y")
        #expect(
          names(in: folder) == [
            ".henge-0.tmp", ".henge-1.tmp", ".henge-2.tmp", ".henge-3.tmp", "y",
          ])
      }
      #expect(
        names(in: folder) == [".henge-0.tmp", ".henge-1.tmp", ".henge-2.tmp", "x", "y"])
      close(others)
      try AtomicFile.write([3], to: "\(folder)/x")
      #expect(names(in: folder) == [".henge-1.tmp", ".henge-2.tmp", "x", "y"])
      rmdir("\(folder)/.henge-2.tmp")
    }
  }

  /// What one of many threads does in ``manyWriteAtOnceWithoutDisturbingEachOther()``.
  private final class Writer: Sendable {
    let folder: String
    let number: Int
    init(_ folder: String, _ number: Int) { (self.folder, self.number) = (folder, number) }

    func run() {
      for turn in 0..<100 {
        let bytes = [UInt8](repeating: UInt8(turn), count: 1000 + number)
        #expect(throws: Never.self) {
          try AtomicFile.write(bytes, to: "\(folder)/own\(number)")
          try AtomicFile.write(bytes, to: "\(folder)/shared")
        }
        // Files that are left over appear all the while.
        close(open("\(folder)/.henge-\(turn % 8).tmp", O_CREAT | O_WRONLY | O_EXCL, 0o600))
      }
    }
  }

  @Test func manyWriteAtOnceWithoutDisturbingEachOther() throws {
    try inFolder { folder in
      var threads: [pthread_t] = []
      for number in 0..<8 {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Writer(folder, number)).toOpaque()
        let status = pthread_create(
          &thread, nil,
          { context in
            if let context { Unmanaged<Writer>.fromOpaque(context).takeRetainedValue().run() }
            return nil
          }, context)
        #expect(status == 0)
        threads.append(thread)
      }
      for thread in threads { pthread_join(thread, nil) }
      for number in 0..<8 {
        let bytes = try readRegularFile("\(folder)/own\(number)", budget: budget)
        #expect(bytes == [UInt8](repeating: 99, count: 1000 + number))
      }
      let shared = try readRegularFile("\(folder)/shared", budget: budget)
      #expect(shared.count >= 1000 && Set(shared).count == 1)
      try AtomicFile.write([1], to: "\(folder)/shared")
      #expect(names(in: folder) == (0..<8).map { "own\($0)" } + ["shared"])
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

  @Test func nobodyElseReadsAPrivateFileWhileItIsWritten() throws {
    try inFolder { folder in
      let path = "\(folder)/x"
      func mode(_ name: String) -> mode_t {
        var status = stat()
        #expect(stat("\(folder)/\(name)", &status) == 0)
        return status.st_mode & 0o7777
      }
      for wanted: mode_t in [0o600, 0o640, 0o666, 0o755] {
        try AtomicFile.write([1], to: path)
        chmod(path, wanted)
        try AtomicFile.replace(path) { file in
          #expect(mode(".henge-0.tmp") == wanted)
          try file.append([2])
        }
        #expect(mode("x") == wanted)
      }
      // A new file has what the process's mask leaves.
      try AtomicFile.replace("\(folder)/y") { _ in
        #expect(mode(".henge-0.tmp") == mode_t(0o666) & ~currentMask())
      }
      #expect(mode("y") == mode_t(0o666) & ~currentMask())
    }
  }

  /// The process's mask for the permissions of new files, as a new file shows it: asking for it
  /// would change it for the tests that run beside this one.
  private func currentMask() -> mode_t {
    let path = "/tmp/henge-mask-\(getpid())"
    let descriptor = open(path, O_CREAT | O_WRONLY, 0o666)
    defer { close(descriptor) }
    var status = stat()
    #expect(fstat(descriptor, &status) == 0)
    unlink(path)
    return ~status.st_mode & 0o666
  }

  @Test func aLinkToNothingMakesTheFileThatItNames() throws {
    try inFolder { folder in
      mkdir("\(folder)/below", 0o700)
      symlink("below/second", "\(folder)/first")
      symlink("../x", "\(folder)/below/second")
      try AtomicFile.write([7], to: "\(folder)/first")
      #expect(try readRegularFile("\(folder)/x", budget: budget) == [7])
      #expect(names(in: folder) == ["below", "first", "x"])
      remove("\(folder)/x")
      try AtomicFile.write([8], to: "\(folder)/below/second")
      #expect(try readRegularFile("\(folder)/first", budget: budget) == [8])

      symlink("gone/x", "\(folder)/lost")
      symlink("round", "\(folder)/round")
      symlink("below", "\(folder)/folder")
      func writing(_ name: String) -> String {
        message { try AtomicFile.write([1], to: "\(folder)/\(name)") }
      }
      #expect(
        writing("lost")
          == "E-file: \"\(folder)/lost\": cannot be written: there is no folder \"\(folder)/gone\"")
      #expect(
        writing("round") == "E-file: \"\(folder)/round\": its links form a circle")
      #expect(writing("folder") == "E-file: \"\(folder)/folder\": is a folder, not a file")
      #expect(names(in: folder) == ["below", "first", "folder", "lost", "round", "x"])
      remove("\(folder)/below/second")
      rmdir("\(folder)/below")
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
          == "E-file: \"\(path)\": cannot be written: it is too large for the limit on the size of files, 64 MB"
      )
      #expect(try readRegularFile(path, budget: budget) == [1, 2, 3])
      #expect(names(in: folder) == ["x"])
    }
  }
}
