// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeFiles

/// The process in which damaged files are read, and which may die of them.
struct FileFuzzChild {
  /// `pth`, for the formats of weights that are read in the process, `pictures`, `landmarks`, `h5`, `onnx`
  /// or `csv`.
  let kind: String
  let seed: UInt64
  let first: Int
  let count: Int
  /// Where the number of the file under way stands.
  let statusPath: String
  let reportPath: String

  var arguments: [String] {
    ["--files", kind, "\(seed)", "\(first)", "\(count)", statusPath, reportPath]
  }

  init(
    kind: String, seed: UInt64, first: Int, count: Int, statusPath: String, reportPath: String
  ) {
    self.kind = kind
    self.seed = seed
    self.first = first
    self.count = count
    self.statusPath = statusPath
    self.reportPath = reportPath
  }

  init?(_ list: [String]) {
    guard list.count == 7, list[0] == "--files", let seed = UInt64(list[2]),
      let first = Int(list[3]), let count = Int(list[4])
    else { return nil }
    self.init(
      kind: list[1], seed: seed, first: first, count: count, statusPath: list[5],
      reportPath: list[6])
  }

  /// The format and the bytes of file `number`, which depend on the seed alone.
  static func file(
    _ number: Int, seed: UInt64, of corpus: [(FileFuzzFormat, FileFuzzMutation)]
  ) -> (FileFuzzFormat, [UInt8])? {
    var dice = FuzzDice(seed: seed, stream: UInt64(number))
    // Half of the files are PyTorch's: of all formats it is the one that could run something.
    let index = corpus.count > 1 && dice.once(in: 2) ? 0 : dice.roll(corpus.count)
    guard corpus.indices.contains(index) else { return nil }
    return (corpus[index].0, corpus[index].1.file(&dice))
  }

  static func corpus(_ kind: String) -> [(FileFuzzFormat, FileFuzzMutation)] {
    FileFuzzFormat.named(kind).map { ($0, FileFuzzMutation($0.seeds())) }
  }

  /// Reads all files and writes the report.
  func run() {
    let status = open(statusPath, O_WRONLY | O_CREAT, 0o666)
    let reportFile = open(reportPath, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    let corpus = FileFuzzChild.corpus(kind)
    let reader = HDF5Reader(program: FuzzCampaign.builtTool, patience: 5)
    var report = FuzzReport()
    // What is set up once is no allocation of a file's.
    if let (format, bytes) = FileFuzzChild.file(first, seed: seed, of: corpus) {
      _ = one(format, bytes, reader)
    }
    if kind == "pictures" {
      for format in FileFuzzFormat.named(kind) {
        for bytes in format.seeds() { _ = one(format, bytes, reader) }
      }
    }
    limit()
    let before = peakMemory()
    for number in first..<first + count {
      var place = Int64(number)
      pwrite(status, &place, 8, 0)
      guard let (format, bytes) = FileFuzzChild.file(number, seed: seed, of: corpus) else { break }
      let start = FuzzWatch.now()
      let (outcome, fault) = one(format, bytes, reader)
      report.count("files")
      report.count("\(format.name) \(outcome)")
      if let fault { report.faults.append("seed \(seed), file \(number): \(fault)") }
      let seconds = (FuzzWatch.now() - start) / 1_000_000_000
      if seconds >= (format == .h5 ? 8 : 2) {
        report.slow.append("seed \(seed), file \(number): \(seconds) s")
      }
    }
    let grown = peakMemory() - before
    if grown > 30_000_000 {
      report.faults.append("seed \(seed), files \(first)…: memory grew by \(grown / 1_000_000) MB")
    }
    let bytes = Array(report.encoded.utf8)
    _ = write(reportFile, bytes, bytes.count)
  }

  /// What reading the file came to, and what was wrong with that.
  private func one(
    _ format: FileFuzzFormat, _ bytes: [UInt8], _ reader: HDF5Reader
  ) -> (outcome: String, fault: String?) {
    let budget = MemoryBudget(limit: format.budget)
    var isPastHeader = false
    do {
      try format.read(bytes, reader, budget, isPastHeader: &isPastHeader)
      return ("read past the header", budget.live == 0 ? nil : "\(budget.live) bytes stay reserved")
    } catch let failure as Failure {
      let isFine =
        ["E-file", "E-memory"].contains(failure.code) && failure.message.contains("\"x")
        && failure.message.utf8.count < 500 && budget.live == 0
      let crash = failure.message.contains("crashed") ? " after a crash" : ""
      let slow = failure.message.contains("not done") ? " after a hang" : ""
      let past = isPastHeader || format.isPastHeader(failure) ? " past the header" : ""
      return (
        failure.code + crash + slow + past,
        isFine ? nil : "\(failure.code): \(failure.message)"
      )
    } catch {
      return ("other", "\(error)")
    }
  }

  /// Lets nothing that a file does hurt the machine; a file that made the reader open another or
  /// start a program would be found out.
  private func limit() {
    func set(_ resource: __rlimit_resource, _ value: UInt) {
      var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      setrlimit(Int32(resource.rawValue), &limits)
    }
    set(RLIMIT_CORE, 0)
    guard kind != "h5" else { return }
    // Libraries are opened before no file can be.
    _ = fileLibraries
    set(RLIMIT_NOFILE, 0)
    set(RLIMIT_FSIZE, 1_000_000)
    set(RLIMIT_AS, UInt(max(0, virtualMemory())) + 100_000_000)
  }

  private func virtualMemory() -> Int {
    let text = String(decoding: FuzzFiles.read("/proc/self/statm"), as: UTF8.self)
    return (text.split(separator: " ").first.flatMap { Int($0) } ?? 0) * 4096
  }

  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }
}
