// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeCPU
internal import HengeData
public import HengeLanguage
public import HengeLibrary
public import HengeSession
public import HengeThreads

/// A whole session in memory: what the program `henge` is wired of, with its output kept as text.
public final class ScriptRunner {
  /// What the built-ins share.
  public let session: Session
  /// What runs programs.
  public let interpreter: Interpreter
  /// Set it to stop what runs.
  public let interrupt = Interrupt()
  /// What went to standard output and standard error, each line in its turn.
  public var output: String { transcript.text }
  private let transcript = Transcript()

  /// Where programs and sessions of entries write: into ``output``, until its sink is replaced.
  public let events: EntryOutput

  private final class Transcript: EntrySink {
    var text = ""

    func take(_ event: EntryEvent) throws {
      switch event {
      case .text(let written): text += written
      case .display(let display): try show(display)
      case .supplement: break
      case .result(let displays, _): try displays.forEach(show)
      case .announcement(let line): text += line + "\n"
      case .note(let note): text += "note: \(note)\n"
      case .error(let diagnostic): add(diagnostic)
      case .lastError(let diagnostic, let calls):
        let lines = [Renderer().render(diagnostic)] + calls.flatMap(\.lines)
        text += lines.joined(separator: "\n") + "\n"
      case .timing(let timing): text += timing.text + "\n"
      }
    }

    func add(_ error: Diagnostic) { text += Renderer().render(error) + "\n" }

    func show(_ display: Display) throws {
      if let shown = try display.plainText(columns: 80) { text += shown + "\n" }
    }
  }

  /// A session that reads relative paths from `folder` and writes below it.
  public init(
    folder: String, threads: Int = 2, memory: Int = 2_000_000_000, seed: UInt64 = 0
  ) {
    let budget = MemoryBudget(limit: memory, stop: interrupt.check)
    let pool = Pool(threads: threads)
    let events = EntryOutput(transcript)
    self.events = events
    session = Session(
      backend: CPUBackend(pool: pool, budget: budget, interrupt: interrupt), pool: pool,
      budget: budget, interrupt: interrupt, cache: PixelCache(limit: memory / 2, budget: budget),
      paths: Paths(workingFolder: folder, outputFolder: folder), seed: seed,
      note: { try? events.note($0) })
    let host = SessionHost(
      session,
      output: SessionHost.Output(
        print: events.write, show: events.show, note: { try? events.note($0.text) },
        width: { events.width }))
    interpreter = Interpreter(library: Library(session), host: host)
  }

  /// Takes text that is written beside what programs print.
  public func append(_ text: String) { transcript.text += text }

  /// The output so far, which is forgotten.
  public func takeOutput() -> String {
    defer { transcript.text = "" }
    return transcript.text
  }

  /// Runs `text`, shows its values and its first error as `henge` does, and gives the output.
  @discardableResult
  public func run(_ text: String, name: String = "test", folder: String? = nil) -> String {
    transcript.text = ""
    if let error = failure(of: text, name: name, folder: folder) {
      transcript.add(error)
    }
    return transcript.text
  }

  /// Runs `text`; its first error, if there is one.
  public func failure(of text: String, name: String = "test", folder: String? = nil) -> Diagnostic?
  {
    let transcript = transcript
    do {
      let source = Source(name: name, text: Array(text.utf8), folder: folder)
      try interpreter.run(Parser.parse(source)) { outcome in
        guard outcome.isEchoed else { return }
        try interpreter.displays(of: outcome.value, width: 80).forEach(transcript.show)
      }
      return nil
    } catch let diagnostic as Diagnostic {
      return diagnostic
    } catch {
      return Diagnostic("E-unknown", "\(error)")
    }
  }
}

/// A new, empty folder for a test's files, removed by `remove()`.
public struct TemporaryFolder {
  /// Its absolute path.
  public let path: String

  /// Makes one.
  public init() {
    var template = Array("/tmp/henge-test-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
  }

  /// Removes it with all that is in it.
  public func remove() {
    guard path.hasPrefix("/tmp/henge-test-") else { return }
    TemporaryFolder.removeTree(path)
  }

  private static func removeTree(_ path: String) {
    if let handle = opendir(path) {
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { removeTree(path + "/" + name) }
      }
      closedir(handle)
    }
    Glibc.remove(path)
  }
}
