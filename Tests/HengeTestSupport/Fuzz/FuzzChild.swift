// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeThreads

/// The process in which random programs run, and which may die of them.
struct FuzzChild {
  /// Which programs run, and where the process tells what it does.
  struct Task {
    var seed: UInt64 = 0
    var firstWorld = 0
    var worldCount = 1
    /// Where the number of the program under way stands.
    var statusPath = ""
    var reportPath = ""
    /// Whether memory is left to the machine, as an address sanitizer needs.
    var isRoomy = false
    /// Of the only world, the programs that are run; none for all.
    var only: Set<Int>?
    /// The last of them has this text.
    var textPath: String?

    /// The options of the command line.
    var arguments: [String] {
      var list = [
        "--child", "\(seed)", "\(firstWorld)", "\(worldCount)", statusPath, reportPath,
        isRoomy ? "roomy" : "tight",
      ]
      if let only {
        list += [only.sorted().map { "\($0)" }.joined(separator: ","), textPath ?? ""]
      }
      return list
    }

    init(
      seed: UInt64, firstWorld: Int, worldCount: Int, statusPath: String, reportPath: String,
      isRoomy: Bool
    ) {
      self.seed = seed
      self.firstWorld = firstWorld
      self.worldCount = worldCount
      self.statusPath = statusPath
      self.reportPath = reportPath
      self.isRoomy = isRoomy
    }

    /// Reads what `arguments` gave.
    init?(_ list: [String]) {
      guard list.count >= 7, list[0] == "--child", let seed = UInt64(list[1]),
        let first = Int(list[2]), let count = Int(list[3])
      else { return nil }
      self.init(
        seed: seed, firstWorld: first, worldCount: count, statusPath: list[4], reportPath: list[5],
        isRoomy: list[6] == "roomy")
      guard list.count > 8 else { return }
      only = Set(list[7].split(separator: ",").compactMap { Int($0) })
      textPath = list[8].isEmpty ? nil : list[8]
    }
  }

  private let task: Task
  private let interrupt = Interrupt()

  init(_ task: Task) { self.task = task }

  /// Runs all programs and writes the report.
  func run() {
    let status = open(task.statusPath, O_WRONLY | O_CREAT, 0o666)
    let reportFile = open(task.reportPath, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    let text = task.textPath.map(FuzzFiles.read)
    // Read while this process still may.
    let scripts = FuzzScripts()
    limit()
    let watch = FuzzWatch(interrupt)
    var report = FuzzReport()
    for number in task.firstWorld..<task.firstWorld + task.worldCount {
      let world = FuzzWorld(
        seed: task.seed, number: number, watch: watch, interrupt: interrupt,
        isRoomy: task.isRoomy, scripts: scripts)
      world.run { index, program in
        if let only = task.only, !only.contains(index) { return nil }
        let text = index == task.only?.max() ? text ?? program.text : program.text
        tell(status, number, index, text)
        return text
      }
      world.close()
      report.add(world.report)
    }
    report.count("open files", openFiles())
    let bytes = Array(report.encoded.utf8)
    _ = write(reportFile, bytes, bytes.count)
    close(reportFile)
    close(status)
  }

  /// Writes down the program that is about to run.
  private func tell(_ status: Int32, _ world: Int, _ index: Int, _ text: [UInt8]) {
    let head = [Int64(world), Int64(index), Int64(text.count)]
    let bytes = head.withUnsafeBytes { Array($0) } + text
    _ = pwrite(status, bytes, bytes.count, 0)
  }

  /// Lets nothing that a program does hurt the machine: what is allocated without asking the
  /// budget fails, and nothing outside the temporary folder can be written.
  private func limit() {
    signal(SIGPIPE, SIG_IGN)
    func set(_ resource: __rlimit_resource, _ value: UInt) {
      var limits = rlimit(rlim_cur: rlim_t(value), rlim_max: rlim_t(value))
      setrlimit(Int32(resource.rawValue), &limits)
    }
    set(RLIMIT_CORE, 0)
    set(RLIMIT_FSIZE, 500_000_000)
    if !task.isRoomy { set(RLIMIT_AS, 4_000_000_000) }
    signal(SIGXFSZ, SIG_IGN)
    if getuid() == 0 {
      setgid(65534)
      setuid(65534)
    }
  }

  private func openFiles() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
