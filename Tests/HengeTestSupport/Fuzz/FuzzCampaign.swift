// SPDX-License-Identifier: MIT
internal import Glibc

/// A run of many random programs, each batch in a process of its own.
///
/// Programs depend on the seed alone. A process that dies or hangs is reported with the program
/// that it ran then, cut down to the lines that it takes, and the next batch begins behind it.
public struct FuzzCampaign {
  /// The program `henge-fuzz`.
  private let tool: String
  private let seed: UInt64
  private let isRoomy: Bool
  private let folder: TemporaryFolder
  /// Seconds without a new program after which a process counts as hung.
  private var patience: UInt64 { isRoomy ? 300 : 20 }
  private static let worldsPerProcess = 5

  /// Programs of `seed`, run by the executable at `tool`.
  public init(tool: String, seed: UInt64, isRoomy: Bool = false) {
    self.tool = tool
    self.seed = seed
    self.isRoomy = isRoomy
    folder = TemporaryFolder()
    chmod(folder.path, 0o755)
  }

  /// Runs at least `count` programs; `progress` is told of the sum now and then.
  public func run(_ count: Int, progress: (FuzzReport) -> Void = { _ in }) -> FuzzReport {
    defer { folder.remove() }
    var report = FuzzReport()
    let worlds = (count + FuzzWorld.size - 1) / FuzzWorld.size
    var world = 0
    // What calls that take too long left out comes in a few worlds more.
    while world < worlds || (world < worlds + 40 && !report.missing.isEmpty) {
      let portion = min(FuzzCampaign.worldsPerProcess, max(1, worlds - world))
      let task = task(world, portion)
      let ending = spawn(task)
      if case .died(let reason) = ending {
        let (at, index) = status()
        report.faults.append(described(world: at, index: index, reason))
        world = max(at, world) + 1
        // What the worlds before it came to is counted again.
        if at > task.firstWorld, spawn(self.task(task.firstWorld, at - task.firstWorld)) == .done {
          report.add(finished())
        }
      } else {
        report.add(finished())
        world += portion
      }
      progress(report)
    }
    return report
  }

  private func task(_ world: Int, _ count: Int) -> FuzzChild.Task {
    FuzzChild.Task(
      seed: seed, firstWorld: world, worldCount: count, statusPath: folder.path + "/status",
      reportPath: folder.path + "/report", isRoomy: isRoomy)
  }

  private func finished() -> FuzzReport {
    FuzzReport(
      decoding: String(decoding: FuzzFiles.read(folder.path + "/report"), as: UTF8.self))
  }

  /// The world and the program under way when the last process ended.
  private func status() -> (world: Int, index: Int) {
    let bytes = FuzzFiles.read(folder.path + "/status")
    guard bytes.count >= 16 else { return (0, 0) }
    return bytes.withUnsafeBytes {
      (
        Int($0.loadUnaligned(as: Int64.self)),
        Int($0.loadUnaligned(fromByteOffset: 8, as: Int64.self))
      )
    }
  }

  // MARK: Processes

  private func spawn(_ task: FuzzChild.Task) -> FuzzProcess.Ending {
    FuzzProcess(tool: tool, arguments: task.arguments, folder: folder.path, patience: patience)
      .run {
        let (world, index) = status()
        return [world, index]
      }
  }

  // MARK: Cutting down

  /// The fault with the smallest program that still shows it.
  private func described(world: Int, index: Int, _ reason: String) -> String {
    var head = "seed \(seed), world \(world), program \(index): \(reason)"
    var task = task(world, 1)
    task.only = [index]
    if spawn(task) == .done {
      // It takes what ran before, up to the whole world.
      let kept = stride(from: 1, to: 10, by: 1).first { count in
        task.only = Set(max(0, index - count)...index)
        return spawn(task) != .done
      }
      if kept == nil {
        task.only = Set(0...index)
        if spawn(task) == .done { return head + "\nit does not happen again" }
      }
      head += "\nafter \((task.only?.count ?? 1) - 1) programs before it"
    }
    let textPath = folder.path + "/text"
    task.textPath = textPath
    guard let original = text(world, index) else { return head }
    var lines = original.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    var position = 0
    while position < lines.count && lines.count < 60 {
      var fewer = lines
      fewer.remove(at: position)
      FuzzFiles.write(Array(fewer.joined(separator: [10])), textPath)
      chmod(textPath, 0o644)
      if spawn(task) == .done { position += 1 } else { lines = fewer }
    }
    return head + "\n" + String(decoding: Array(lines.joined(separator: [10])), as: UTF8.self)
  }

  /// The text of a program, which the process that ran it wrote down.
  private func text(_ world: Int, _ index: Int) -> [UInt8]? {
    let bytes = FuzzFiles.read(folder.path + "/status")
    guard bytes.count > 24, status() == (world, index) else { return nil }
    let count = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 16, as: Int64.self) }
    return Array(bytes.dropFirst(24).prefix(Int(count)))
  }
}

extension FuzzCampaign {
  /// The program `henge-fuzz`, which is built beside every other.
  public static var builtTool: String {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count)
    let bytes = path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
    let me = String(decoding: bytes, as: UTF8.self)
    return "/" + me.split(separator: "/").dropLast().joined(separator: "/") + "/henge-fuzz"
  }

  /// Whether the command line is a child's.
  public static func isChild(_ arguments: [String]) -> Bool { FuzzChild.Task(arguments) != nil }

  /// Does a child's work.
  public static func runChild(_ arguments: [String]) {
    if let task = FuzzChild.Task(arguments) { FuzzChild(task).run() }
  }
}
