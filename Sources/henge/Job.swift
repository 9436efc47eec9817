// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeCPU
internal import HengeFiles
internal import HengeLanguage
internal import HengeLibrary
internal import HengeRanks
internal import HengeSession
internal import HengeThreads

/// This process as one of several that a launcher such as mpirun started.
///
/// Rank 0 owns the terminal, the streams and the files. The others run the same script and show nothing;
/// what they write goes to a folder of their own, which is removed.
final class Job {
  /// All processes.
  let ranks: LaunchedRanks
  private var folder: String?
  private var keeper: ErrorKeeper?
  /// The processes of a prompt that has ended for all with this exit code.
  private var endOfPrompt: Int32?

  /// The job of this process; nil where it is alone.
  init?(_ arguments: Arguments) throws(Arguments.Misuse) {
    guard let launch = Launch.current else { return nil }
    do { ranks = try launch.join() } catch {
      guard let failure = error as? RankFailure else { throw Arguments.Misuse("\(error)") }
      throw Arguments.Misuse(([failure.message] + failure.notes).joined(separator: "\n  "))
    }
    guard ranks.count > 1 else {
      ranks.leave()
      return nil
    }
    if isHidden { hide() }
  }

  /// Whether another process owns what people see.
  var isHidden: Bool { ranks.mine != 0 }

  /// The processes on this machine.
  var neighbors: Int { ranks.neighbors }

  /// The processors of this machine that are this process's.
  func share(of processors: Int) -> Int {
    min(max(1, processors / neighbors), Launch.processors)
  }

  /// Shows nothing from here on.
  private func hide() {
    fflush(nil)
    let nowhere = open("/dev/null", O_RDWR)
    guard nowhere >= 0 else { return }
    ranks.keepErrorStream()
    for descriptor: Int32 in 0...2 { dup2(nowhere, descriptor) }
    if nowhere > 2 { close(nowhere) }
  }

  /// Takes events on the way to `sink`, so that an error can be told to the others.
  func keeping(_ sink: any EntrySink) -> any EntrySink {
    let keeper = ErrorKeeper(sink)
    self.keeper = keeper
    return keeper
  }

  /// Makes `session` one of several that run in lockstep.
  ///
  /// Throws where the processes are of different builds or processors.
  func begin(_ session: Session, note: (String) -> Void) throws(Arguments.Misuse) {
    do {
      session.ranks = ranks
      session.interrupt.waitsForOthers = true
      let build = try session.hash(ofFile: "/proc/self/exe").prefix(16)
      let own = "henge \(Application.version), build \(build), processor \(CPUBackend.features)"
      let all = try ranks.gather(Array(own.utf8), at: "the start").map {
        String(decoding: $0, as: UTF8.self)
      }
      guard let other = all.firstIndex(where: { $0 != all[0] }) else {
        if isHidden { try makeFolder(session) }
        return note(ranks.words)
      }
      throw RankFailure(
        "the processes are not alike, and their results would differ",
        notes: [0, other].map { "\(ranks.name(of: $0)): \(all[$0])" })
    } catch {
      ranks.leave()
      guard !isHidden else { exit(2) }
      let failure = error as? RankFailure
      let words = failure.map { [$0.message] + $0.notes } ?? ["\(error)"]
      throw Arguments.Misuse(words.joined(separator: "\n  "))
    }
  }

  /// A folder for what this process writes.
  private func makeFolder(_ session: Session) throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/henge-rank-\(ranks.mine)-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else {
      throw RankFailure(
        "no folder can be made in \(base) for what \(ranks.name(of: ranks.mine)) writes: \(String(cString: strerror(errno)))"
      )
    }
    folder = String(cString: made)
    ranks.willAbandon = { [weak self] in self?.removeFolder() }
    session.paths.mirror = folder
  }

  /// Compares the script's text with that of the others.
  func beginScript(_ text: [UInt8], _ path: String) throws {
    let hash = try SHA256()
    try hash.update(text[...])
    try ranks.barrier(at: "\(path), whose text has the hash \(try hash.hexDigest().prefix(16))")
  }

  /// An error for what runs on one process.
  func refusal(_ what: String) -> Diagnostic {
    Diagnostic(
      "E-ranks", "\(what) is for one process, and \(ranks.count) were started",
      notes: [
        "several processes share henge run, check, render, -e, and the prompt: mpirun -n \(ranks.count) henge -i"
      ], suggestion: "\(what) without a launcher")
  }

  /// Whether a prompt is what `mine` says of rank 0.
  func hasPrompt(_ mine: Bool) throws -> Bool {
    try ranks.gather([mine ? 1 : 0], at: "the start")[0] == [1]
  }

  /// Runs a prompt of all processes by `body`, for rank 0, or `following` the entries of that.
  func prompt(
    _ session: Session, _ body: (Peers) throws -> Int32, following: (Peers) throws -> Int32
  ) throws -> Int32 {
    let peers = Peers(ranks, session)
    let code = try isHidden ? following(peers) : body(peers)
    if !isHidden { peers.end(code) }
    if !peers.areLost { endOfPrompt = code }
    return code
  }

  /// Meets the others at the end of a run that ended with `code`, and returns the exit code.
  func end(_ code: Int32, _ runner: Runner, _ session: Session) -> Int32 {
    // Before the others are met: launchers end processes as soon as one has failed.
    removeFolder()
    defer { ranks.leave() }
    if let endOfPrompt {
      try? ranks.end()
      return endOfPrompt
    }
    // What all agreed to stop is no failure of one.
    let isStopped = session.interrupt.wasAsked && !session.interrupt.waitsForOthers
    guard code != 0, !isStopped else {
      do { try ranks.end() } catch {
        if ranks.mine == 0, ranks.failure != nil { runner.report(error) }
        return max(1, code)
      }
      return code == 0 ? 0 : session.interrupt.exitCode ?? code
    }
    if let failure = ranks.fail(keeper?.words ?? "it ended with the exit code \(code)"),
      ranks.mine == 0
    {
      runner.report(failure)
    }
    return session.interrupt.exitCode ?? code
  }

  private func removeFolder() {
    guard let folder else { return }
    Self.remove(folder)
  }

  private static func remove(_ path: String) {
    if let names = try? allEntries(path) {
      for name in names { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// All names in a folder, hidden ones too.
  private static func allEntries(_ path: String) throws -> [String]? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      let handle = opendir(path)
    else { throw NotAFolder() }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private struct NotAFolder: Error {}
}

/// Passes events on, and keeps the words of the last error.
private final class ErrorKeeper: EntrySink {
  private let sink: any EntrySink
  private var error: Diagnostic?

  init(_ sink: any EntrySink) { self.sink = sink }

  var width: Int { sink.width }

  func take(_ event: EntryEvent) throws {
    if case .error(let diagnostic) = event { error = diagnostic }
    try sink.take(event)
  }

  func flush() throws { try sink.flush() }

  /// The last error: what it says, and then a line for each place and note.
  var words: String? { error?.words }
}
