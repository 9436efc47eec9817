// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeFiles
public import HengeDocuments
public import HengeLanguage
internal import HengeRanks
internal import HengeThreads

/// The world that programs run in: output, notes, interrupts, memory and imported files.
public final class SessionHost: Host {
  /// Where results and notes go.
  public struct Output {
    /// Writes results, as they are.
    public let print: (String) throws -> Void
    /// Shows an image or a text as a result.
    public let show: (Display) throws -> Void
    /// Says something besides the results.
    public let note: (Diagnostic.Label) -> Void
    /// The columns that an echo is fitted to.
    public let width: () -> Int

    /// Keeps the functions.
    public init(
      print: @escaping (String) throws -> Void, show: @escaping (Display) throws -> Void,
      note: @escaping (Diagnostic.Label) -> Void, width: @escaping () -> Int = { 80 }
    ) {
      self.print = print
      self.show = show
      self.note = note
      self.width = width
    }
  }

  private let session: Session
  /// The session's, which every call of a built-in looks at.
  private let interrupt: Interrupt
  private let output: Output

  /// A host for the programs of `session`.
  public init(_ session: Session, output: Output) {
    self.session = session
    interrupt = session.interrupt
    self.output = output
  }

  /// Writes the text of `print`; throws `E-file` where the output cannot be written.
  public func print(_ text: String) throws { try output.print(text) }

  /// Shows an image or a text as a result; throws `E-file` where the output cannot be written.
  public func show(_ display: Display) throws { try output.show(display) }

  /// The columns that an echo is fitted to.
  public var width: Int { output.width() }

  /// Says something worth knowing about the call at `span`.
  public func note(_ text: String, _ source: Source, _ span: Span) {
    output.note(Diagnostic.Label(source, span, text))
  }

  /// Throws when the user asked to stop.
  public func checkInterrupt() throws {
    try session.heedOthers()
    try interrupt.check()
  }

  /// Throws `E-memory` when the process cannot have `bytes` more.
  ///
  /// Lists and strings are not counted one by one; the process's actual memory is.
  public func reserve(_ bytes: Int) throws { try session.reserve(bytes) }

  /// Work in the loops is shown as one.
  public func beginLoops() { session.progress.beginLoops() }

  /// Shows the progress of the loops, where nothing in them shows more.
  public func reachLoops(_ progress: LoopProgress) {
    session.progress.reachLoops { progress.text(part: 0) }
  }

  /// What was shown of the loops is over.
  public func endLoops() { session.progress.endLoops() }

  /// Frees a value that may be large: it is freed on a thread of its own.
  public func discard(_ value: consuming Value) {
    var value: Value? = value
    BackgroundWork.release(&value)
  }

  /// Returns unused memory to the system.
  public func giveBackMemory() {
    BackgroundWork.finish()
    session.backend.giveUpKept()
    session.budget.giveBackSpares()
    returnFreedMemory()
  }

  /// The random streams.
  public var state: Object? { StreamsState(session.streams) }

  /// Brings the random streams back.
  public func restore(_ state: Object) {
    guard let state = state as? StreamsState else { return }
    session.streams = state.streams
  }

  /// Whether the random streams are where they were.
  public func isState(_ state: Object, sameAs other: Object) -> Bool {
    guard let state = state as? StreamsState, let other = other as? StreamsState else {
      return false
    }
    return state.streams == other.streams
  }

  private final class StreamsState: Object {
    let streams: Streams
    init(_ streams: Streams) { self.streams = streams }
  }

  /// The relative paths read since the last call, as programs wrote them.
  public func takeReads() -> [String] { session.paths.takeReads() }

  /// How many files programs wrote so far.
  public var writes: Int { session.paths.writes }

  /// The files that were written since the last call.
  public func takeWritten() -> [WrittenFile] {
    defer { session.newlyWritten = [] }
    return session.newlyWritten
  }

  /// Whether `path`, relative to `folder`, is a file that the session wrote there.
  public func hasWritten(_ path: String, in folder: String) -> Bool {
    session.paths.hasWritten(path, in: folder)
  }

  /// The bytes that tensors and datasets use.
  public var liveBytes: Int { session.budget.live }

  /// Words an error of the learning house for the language.
  public func refusal(for error: any Error) -> Refusal? {
    if error is Interrupted {
      let cause = session.interrupt.termination.map(signalName) ?? "Ctrl-C"
      return Refusal(Diagnostic(Diagnostic.interruptCode, "stopped by \(cause)"))
    }
    if let failure = error as? RankFailure {
      return Refusal(Diagnostic("E-ranks", failure.message, notes: failure.notes))
    }
    guard let failure = error as? Failure else { return nil }
    let paths = session.paths
    return Refusal(
      Diagnostic(
        failure.code, paths.shown(in: failure.message),
        notes: failure.notes.map { paths.shown(in: $0) },
        suggestion: failure.suggestion.map { paths.shown(in: $0) }),
      parameter: failure.parameter)
  }

  /// The parsed text of `import "path"` in `source`; throws `E-file` and `E-syntax`.
  public func program(at path: String, importedFrom source: Source) throws -> Program {
    try session.program(at: session.paths.toRead(path, from: source.folder))
  }
}

/// What users call a signal that ends the process.
private func signalName(_ number: Int32) -> String {
  switch number {
  case 1: "SIGHUP: the terminal was closed"
  case 15: "SIGTERM"
  default: "signal \(number)"
  }
}

extension Session {
  /// The hash of the bytes of the regular file at `path`; throws `E-file`.
  public func hash(ofFile path: String) throws -> String {
    let file = try RegularFile(path)
    let hash = try SHA256()
    var part = [UInt8](repeating: 0, count: min(1 << 20, max(1, file.size)))
    var offset = 0
    while offset < file.size {
      try interrupt.check()
      let count = min(part.count, file.size - offset)
      try part.withUnsafeMutableBytes { buffer in
        try file.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: offset)
      }
      try hash.update(part[..<count])
      offset += count
    }
    return try hash.hexDigest()
  }

  /// The hash of a file, or of the names and bytes of all files below a folder; throws `E-file`.
  public func hash(ofFileOrFolder path: String) throws -> String {
    guard let names = try? folderEntries(path) else { return try hash(ofFile: path) }
    let hash = try SHA256()
    for name in names {
      try interrupt.check()
      // What cannot be read is in the folder all the same.
      let part =
        access("\(path)/\(name)", R_OK) == 0
        ? try? self.hash(ofFileOrFolder: "\(path)/\(name)") : nil
      try hash.update(Array("\(name.utf8.count) \(name) \(part ?? "unreadable")\n".utf8)[...])
    }
    return try hash.hexDigest()
  }

  /// Reports to the journal that `call` saved a trainer to `path`.
  func tellSaved(_ trainer: any Stepping, to path: String, by call: Call) throws -> Nothing {
    let file = try paths.toWrite(path)
    call.machine.effects.saved(trainer, to: file, by: call) { try self.hash(ofFile: file) }
    return .nothing
  }

  /// Throws `E-memory` when the process cannot have `bytes` more.
  fileprivate func reserve(_ bytes: Int) throws {
    func measured() -> (held: Int, fits: Bool) {
      let held = max(budget.live, residentBytes() ?? 0)
      let (total, overflow) = held.addingReportingOverflow(bytes)
      return (held, !overflow && total <= budget.limit)
    }
    var (held, fits) = measured()
    if !fits {
      BackgroundWork.finish()
      (held, fits) = measured()
    }
    guard fits else {
      throw Failure(
        "E-memory",
        bytes == 0
          ? "the session already uses all of the \(formatBytes(budget.limit)) that it may use"
          : "this needs \(formatBytes(bytes)); \(formatBytes(max(0, budget.limit - held))) of \(formatBytes(budget.limit)) are free",
        suggestion: budget.advice(for: bytes, beside: held))
    }
  }

  /// Reads and parses the script at `file`, an absolute path; throws `E-file` and `E-syntax`.
  public func program(at file: String) throws -> Program {
    try parse(documentFile(at: file).source)
  }

  /// Reads the document at `file`, an absolute path, as the format of its name says; in errors it is
  /// called `name`.
  ///
  /// Throws `E-file` and `E-cell`.
  public func documentFile(at file: String, named name: String? = nil) throws -> DocumentFile {
    let bytes = try readRegularFile(file, budget: budget)
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    return try DocumentFile(
      Source(name: name ?? paths.shown(file), text: bytes, folder: "/" + folder))
  }

  /// Parses `source`, as long as there is memory for it; throws `E-syntax`, `E-memory`.
  public func parse(_ source: Source) throws(Diagnostic) -> Program {
    try Parser.parseInParts(source) { (bytes) throws(Diagnostic) in
      do {
        try self.interrupt.check()
        if bytes > 0 { try self.reserve(bytes) }
      } catch let failure as Failure {
        throw Diagnostic(failure.code, failure.message, suggestion: failure.suggestion)
      } catch {
        throw Diagnostic(Diagnostic.interruptCode, "stopped by Ctrl-C")
      }
    }
  }
}
