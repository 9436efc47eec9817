// SPDX-License-Identifier: MIT

// The door between the language and the learning. A `Session` contains what the
// built-ins share; each topic is a file of declarations, joined in `Library.swift`.

public import HengeBackend
public import HengeData
public import HengeFiles
public import HengeLanguage
public import HengeRanks
public import HengeThreads

/// What all built-ins of one run share: the device, the budget, the random streams, the paths.
public final class Session {
  /// Computes.
  public let backend: any Backend
  /// Decodes files in parallel.
  public let pool: Pool
  /// Asked before any large allocation.
  public let budget: MemoryBudget
  /// Set by Ctrl-C.
  public let interrupt: Interrupt
  /// Receives the progress of long work.
  public let progress: Progress
  /// Pixels that datasets have decoded.
  public let cache: PixelCache
  /// Decodes for datasets.
  let loader: PictureLoader
  /// Where files are read from and written to.
  public var paths: Paths
  /// What terminals of few pixels draw of sheets with labels.
  let coarsePictures = CoarsePictures()
  /// The files that were written since somebody asked, for a prompt that says so.
  var newlyWritten: [WrittenFile] = []
  /// The files of events that trainers write, by the folders that they are in.
  var boards: [String: BoardRun] = [:]
  /// The random streams.
  public var streams: Streams
  /// What learns in the built-in that is running, such as `minimize`.
  var lesson: Lesson?
  /// Says something besides the results, on standard error.
  public let note: (String) -> Void
  /// The words after a script on the command line that are no params.
  public let arguments: [String]
  /// The seed of the command line, which a script's own `seed(n)` overrides with a note.
  public var commandLineSeed: UInt64?
  /// Shows on a page what is no output of the program, such as the curves of a training; nil where no
  /// page is made.
  public var supplement: ((Display) throws -> Void)?
  /// The room for what is redrawn in place while a training runs; nil where nothing can be.
  public var liveRoom: (() -> LiveView.Room?)?
  /// The processes that run the script together: this one alone, unless a launcher started several.
  public var ranks: any Ranks = OneProcess()
  /// Whether another process was stopped in the entry that runs; nil where nobody types entries for several.
  public var hearsOfStop: (() -> Bool)?
  /// Whether files are written without waiting for the other processes: where they may not come.
  var writesAlone = false
  /// The most steps that one call of a trainer makes, of `--limit-steps`.
  public var stepLimit: Int?
  /// Called with each file that a running trainer is saved to, before the first save.
  public var saves: ((_ file: String) -> Void)?
  /// Reads HDF5 in another process; nil in a program that does not serve one.
  public var hdf5: HDF5Reader?

  /// Makes a session of its parts.
  public init(
    backend: any Backend, pool: Pool, budget: MemoryBudget, interrupt: Interrupt,
    cache: PixelCache, paths: Paths, seed: UInt64, arguments: [String] = [],
    progress: Progress = Progress(),
    note: @escaping (String) -> Void
  ) {
    self.backend = backend
    self.pool = pool
    self.budget = budget
    budget.whenShort { BackgroundWork.finish() }
    self.interrupt = interrupt
    self.cache = cache
    self.progress = progress
    loader = PictureLoader(
      backend: backend, budget: budget, pool: pool, interrupt: interrupt, cache: cache,
      progress: progress, note: note)
    self.paths = paths
    self.streams = Streams(seed: seed)
    self.arguments = arguments
    self.note = note
  }
}

extension Session {
  /// Begins all random streams anew under `seed`, as a script asks.
  func restartStreams(seed: UInt64) {
    if let given = commandLineSeed, given != seed {
      note("seed(\(seed)) in the script wins over --seed \(given)")
    }
    streams.restart(seed: seed)
  }
}

/// The random streams of a session: a seed, and the position of each named stream.
public struct Streams: Equatable {
  /// The seed under every stream.
  public private(set) var seed: UInt64
  private var positions: [String: UInt64] = [:]

  /// Streams at their beginning.
  public init(seed: UInt64) { self.seed = seed }

  /// Begins all streams anew under `seed`.
  public mutating func restart(seed: UInt64) {
    self.seed = seed
    positions = [:]
  }

  /// All streams that were drawn from, by their names.
  var named: [RandomStream] { positions.keys.sorted().map(stream) }

  /// The stream `name` where it is.
  func stream(_ name: String) -> RandomStream {
    RandomStream(seed: seed, name: name, position: positions[name] ?? 0)
  }

  /// Moves the stream to where `stream`, which is of its name and seed, has come.
  mutating func move(to stream: RandomStream) {
    guard stream.seed == seed else { return }
    positions[stream.name] = stream.position
  }

  /// Lets `body` draw from the stream `name`; what it drew is used up even when it throws nothing.
  public mutating func draw<Result>(
    from name: String, _ body: (inout RandomStream) throws -> Result
  ) rethrows -> Result {
    var stream = RandomStream(seed: seed, name: name, position: positions[name] ?? 0)
    let result = try body(&stream)
    positions[name] = stream.position
    return result
  }
}
