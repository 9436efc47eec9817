// SPDX-License-Identifier: MIT
import Glibc
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeSession

@Suite struct JournalTests {
  private func journal(_ folder: TemporaryFolder) throws -> Journal {
    try Journal(
      folder: "\(folder.path)/state", seed: 3, workingFolder: folder.path, outputFolder: nil)
  }

  /// A session whose process is gone: its journal is there, and nobody holds its lock.
  private func killed(_ folder: TemporaryFolder, _ entries: [String]) throws -> [String: [UInt8]] {
    let typed = try TypedSession(in: folder, seed: 3, journal: journal(folder))
    for entry in entries {
      if entry.contains("round") { typed.interrupt(atCall: 2, of: "round") }
      try typed.type(entry)
    }
    return try typed.bytes()
  }

  @Test func `a lost session comes back as it was`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let expected = try killed(
      folder,
      [
        "A = faces(\"anime\", 9, size=8x8); B = faces(\"photo\", 9, size=8x8)",
        "t = difference_vector(A, B)", "nope", "s = \"tab\\tand\\nlines\"\nu = 'ü'",
        "repeat 100 { t.step(5); round(1.5) }", "x = rand(4)", "y = 1", ":back", "z = Out",
      ])
    let lost = RecoverableSession.all(in: "\(folder.path)/state")
    #expect(lost.count == 1)
    #expect(lost[0].seed == 3)
    #expect(lost[0].workingFolder == folder.path)
    let typed = try TypedSession(in: folder, seed: 3)
    try typed.session.recover(lost[0])
    #expect(typed.runner.takeOutput() == "note: 6 entries recovered\n")
    #expect(try typed.bytes() == expected)
    #expect(typed.session.number == 9)
    #expect(RecoverableSession.all(in: "\(folder.path)/state").isEmpty)
  }

  @Test func `entries of the front end itself are numbered where they change something`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    func run() throws -> [String: [UInt8]] {
      let typed = try TypedSession(in: folder, seed: 3, journal: journal(folder))
      try typed.type("x = 6 * 7; x")
      _ = try typed.session.perform("x + 1", isNumbered: false)
      _ = try typed.session.perform("nothing", isNumbered: false)
      #expect(typed.session.number == 2)
      #expect(typed.value("ans") == "42")
      _ = try typed.session.perform("y = rand(4); y.sum()", isNumbered: false)
      #expect(typed.session.number == 3)
      #expect(try typed.type("In[2]") == "\"y = rand(4); y.sum()\"")
      try typed.type("z = rand(2)")
      try typed.type(":back")
      return try typed.bytes()
    }
    let expected = try run()
    #expect(expected["y"] != nil && expected["z"] == nil)
    let lost = RecoverableSession.all(in: "\(folder.path)/state")
    let typed = try TypedSession(in: folder, seed: 3)
    try typed.session.recover(lost[0])
    #expect(try typed.bytes() == expected)
  }

  @Test func `a living session's journal is nobody else's`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let living = try TypedSession(in: folder, journal: journal(folder))
    try living.type("x = 1")
    #expect(RecoverableSession.all(in: "\(folder.path)/state").isEmpty)
    let second = try journal(folder)
    #expect(second.path.hasSuffix("-2"))
    living.session.end()
    #expect(access("\(folder.path)/state/journal-\(getpid())", F_OK) != 0)
  }

  @Test func `an entry without an outcome is left out and said`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    do {
      let journal = try journal(folder)
      func source(_ number: Int) -> Source {
        Source(name: "[\(number)]", text: Array("x = \(number)".utf8))
      }
      var first = Entry(number: 1, source: source(1), place: "/")
      #expect(journal.begin(first) == nil)
      first.outcome = .good
      #expect(journal.end(first) == nil)
      _ = journal.begin(Entry(number: 2, source: source(2), place: "/"))
    }
    let typed = try TypedSession(in: folder)
    try typed.session.recover(
      try #require(RecoverableSession.all(in: "\(folder.path)/state").first))
    #expect(
      typed.runner.takeOutput()
        == "note: 1 entry recovered; [2] was running and is skipped\n")
    #expect(typed.value("x") == "1")
    #expect(typed.session.number == 3)
  }

  @Test func `the journal is for nobody else to read`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let journal = try journal(folder)
    var status = stat()
    #expect(stat(journal.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  // MARK: Damaged

  /// Writes `text` as the journal of a dead session; what recovering it says, and the session.
  private func recovering(_ text: [UInt8], in folder: TemporaryFolder) throws -> (
    said: String, typed: TypedSession
  ) {
    let state = "\(folder.path)/state"
    mkdir(state, 0o700)
    let file = try #require(fopen("\(state)/journal-4", "w"))
    _ = text.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
    fclose(file)
    var notes: [String] = []
    let lost = RecoverableSession.all(in: state, note: { notes.append($0) })
    let typed = try TypedSession(in: folder)
    if let first = lost.first { try typed.session.recover(first) }
    return (notes.joined(separator: "\n") + typed.runner.takeOutput(), typed)
  }

  /// A sound journal of the first version, which has no checksums.
  private func lines(_ folder: TemporaryFolder) -> [String] {
    [
      "session\t0\t\(folder.path)\t", "entry\t1\t[1]\t\tx = 1", "good\t1",
      "entry\t2\t[2]\t\tx = 2; nope", "did\t2\tx = 2", "entry\t3\t[3]\t\tnope", "nothing\t3",
      "entry\t4\t[4]\t\ty = In[2] + In[3]", "good\t4",
    ]
  }

  @Test func `failed entries keep their numbers, their texts and what stayed of them`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let text = Array(lines(folder).map { $0 + "\n" }.joined().utf8)
    let (said, typed) = try recovering(text, in: folder)
    #expect(said == "note: 3 entries recovered\n")
    #expect(typed.value("x") == "2")
    #expect(typed.value("y") == "\"x = 2; nopenope\"")
    #expect(typed.session.number == 5)
  }

  @Test(arguments: [
    "entry\t9223372036854775807\t[1]\t\tx=1", "entry\t3\t[3]\t\tx=3", "entry\t-2\t[2]\t\tx=2",
    "entry\t2\t[2]\t", "good\t1", "good", "back\t7", "back\t0", "session\t0\t/tmp\t", "nonsense",
    "",
    "entry\t1\t[1]\t\tx=7",
  ])
  func `recovery stops at a line that cannot follow`(_ line: String) throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var lines = lines(folder)
    lines.insert(line, at: 3)
    let text = Array(lines.map { $0 + "\n" }.joined().utf8)
    let (said, typed) = try recovering(text, in: folder)
    let aside = "\(folder.path)/state/damaged-journal-4"
    #expect(
      said
        == "note: 1 entry recovered\nnote: the journal is damaged at line 4, so nothing after [1] is recovered; it is kept as \(aside)\n"
    )
    #expect(typed.value("x") == "1")
    #expect(access(aside, F_OK) == 0)
    #expect(RecoverableSession.all(in: "\(folder.path)/state").isEmpty)
  }

  @Test func `an entry that is missing is a gap`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    var lines = lines(folder)
    lines.removeSubrange(3...4)
    let text = Array(lines.map { $0 + "\n" }.joined().utf8)
    #expect(try recovering(text, in: folder).said.contains("line 4, so nothing after [1]"))
  }

  @Test func `any damage is noticed, and what is before it comes back`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let journal = try journal(folder)
    for (number, text) in [(1, "x = 1"), (2, "y = \"ü\\tb\""), (3, "z = 3")] {
      var entry = Entry(
        number: number, source: Source(name: "[\(number)]", text: Array(text.utf8)),
        place: "/")
      _ = journal.begin(entry)
      entry.outcome = .good
      _ = journal.end(entry)
    }
    let sound = try readAll(journal.path)
    let whole = JournalReader(sound)
    #expect(whole.entries.map(\.text) == ["x = 1", "y = \"ü\\tb\"", "z = 3"])
    #expect(whole.damagedLine == nil && whole.running == nil && whole.seed == 3)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      var bytes = sound
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
      case 1: bytes.remove(at: place)
      default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      }
      let read = JournalReader(bytes)
      // A prefix of what was there, and where it is shorter that is known.
      #expect(whole.entries.starts(with: read.entries))
      let isTorn = bytes.last != UInt8(ascii: "\n")
      #expect(read.entries.count == 3 || read.damagedLine != nil || isTorn)
    }
    for length in 0..<sound.count {
      #expect(whole.entries.starts(with: JournalReader(Array(sound[..<length])).entries))
    }
  }

  @Test func `what is no regular file is neither waited for nor followed`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let state = "\(folder.path)/state"
    mkdir(state, 0o700)
    mkfifo("\(state)/journal-1", 0o600)
    mkfifo("\(state)/.journal-\(getpid())", 0o600)
    symlink("/dev/zero", "\(state)/journal-2")
    symlink("nowhere", "\(state)/journal-\(getpid())")
    mkdir("\(state)/journal-3", 0o700)
    #expect(RecoverableSession.all(in: state).isEmpty)
    let journal = try journal(folder)
    #expect(journal.path.hasSuffix("-2"))
    var status = stat()
    #expect(lstat(journal.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
  }

  @Test func `a journal that cannot be made says why`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    mkfifo("\(folder.path)/state", 0o600)
    #expect(throws: Journal.Refusal.self) { try journal(folder) }
  }
}
