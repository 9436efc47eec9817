// SPDX-License-Identifier: MIT
internal import CHengeRanks
internal import Glibc

/// What a launcher such as mpirun or srun says in the environment of the processes that it starts.
public struct Launch: Sendable, Equatable {
  /// The number of processes; nil where the launcher does not say it.
  public let count: Int?
  /// The variable that says so.
  public let variable: String

  /// The launch of this process as `environment` describes it; nil where no launcher started several.
  public init?(_ environment: (String) -> String?) {
    let sizes = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"]
    for name in sizes {
      guard let size = environment(name).flatMap({ Int($0) }) else { continue }
      guard size > 1 else { return nil }
      (count, variable) = (size, name)
      return
    }
    // In a batch script, which no launcher started, the number of tasks is that of the whole job.
    if environment("SLURM_STEP_ID") != nil, environment("SLURM_PROCID") != nil,
      let size = environment("SLURM_NTASKS").flatMap({ Int($0) }), size > 1
    {
      (count, variable) = (size, "SLURM_NTASKS")
    } else if environment("PMIX_RANK") != nil {
      (count, variable) = (nil, "PMIX_RANK")
    } else {
      return nil
    }
  }

  /// The launch of this process; nil where no launcher started several.
  public static var current: Launch? { Launch { getenv($0).map { String(cString: $0) } } }

  /// Joins the other processes, by the library that `Scripts/mpi` made.
  ///
  /// It is `HENGE_MPI`, or `henge-mpi.so` next to the program. Throws ``RankFailure`` where there is none,
  /// or where it finds no others.
  public func join() throws -> LaunchedRanks {
    let path = Launch.library
    guard access(path, F_OK) == 0 else {
      throw RankFailure(
        "a launcher started \(count.map { "\($0) processes" } ?? "this process") (\(variable)), but the library by which they meet is not there: \(path)",
        notes: ["Scripts/mpi compiles it with the mpicc of this machine"])
    }
    var fault = [CChar](repeating: 0, count: 1000)
    guard let table = henge_ranks_open(path, &fault, fault.count) else {
      throw RankFailure(
        "\(path), by which processes meet, cannot be used: \(fault.text)",
        notes: ["Scripts/mpi compiles it again with the mpicc of this machine"])
    }
    let ranks = try LaunchedRanks(table)
    Launch.forget()
    guard ranks.count > 1 || count == nil else {
      let processes = count ?? 1
      throw RankFailure(
        "\(variable) says that \(processes) processes were started, but this one is alone: the launcher and \(ranks.library) do not know each other",
        notes: [
          "start with the mpirun of that MPI, or with srun --mpi=pmix or --mpi=pmi2; srun --mpi=list names those that there are",
          "SLURM_NTASKS=\(processes) processes that each do the whole work are not started",
        ])
    }
    return ranks
  }

  private static var library: String {
    if let path = getenv("HENGE_MPI") { return String(cString: path) }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
    let program = count > 0 ? buffer.text : ""
    return program.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/henge-mpi.so"
  }

  /// Removes the launcher's variables: programs that this one starts are none of the processes.
  private static func forget() {
    for name in [
      "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_ID", "PMIX_RANK",
    ] { unsetenv(name) }
  }

  /// Whether a person types at the terminal of the launcher, which hands it on as a pipe.
  ///
  /// The launcher is the first of the processes above this one with the name of one.
  public static var isTyped: Bool {
    var process = getppid()
    while process > 1 {
      guard let status = text(of: "/proc/\(process)/stat"), let start = status.firstIndex(of: "("),
        let end = status.lastIndex(of: ")")
      else { return false }
      let name = status[status.index(after: start)..<end]
      if ["mpiexec", "mpirun", "orterun", "prterun", "srun"].contains(where: name.hasPrefix) {
        // A terminal that is opened so does not become this process's own.
        let input = open("/proc/\(process)/fd/0", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        defer { if input >= 0 { close(input) } }
        return input >= 0 && isatty(input) == 1
      }
      let fields = status[end...].split(separator: " ")
      guard fields.count > 2, let parent = Int32(fields[2]) else { return false }
      process = parent
    }
    return false
  }

  private static func text(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1000)
    let count = read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }

  /// The processors that this process may use.
  public static var processors: Int { Int(henge_ranks_processors()) }
}

extension [CChar] {
  /// The text up to the first zero byte.
  var text: String {
    String(decoding: prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
