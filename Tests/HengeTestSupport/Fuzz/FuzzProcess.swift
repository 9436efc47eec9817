// SPDX-License-Identifier: MIT
internal import Glibc

/// A process that may die of what it runs, or hang.
struct FuzzProcess {
  let tool: String
  let arguments: [String]
  /// Where its complaints go.
  let folder: String
  /// Seconds without progress after which it counts as hung.
  let patience: UInt64

  /// How a process ended.
  enum Ending: Equatable {
    case done
    case died(String)
  }

  /// Runs the process to its end; `progress` tells what it is at.
  func run<Progress: Equatable>(_ progress: () -> Progress) -> Ending {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let complaints = folder + "/stderr"
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 2, complaints, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    // The backtracer would write pages and take seconds.
    let variables = ["SWIFT_BACKTRACE=enable=no", "HOME=/", "PATH=/usr/bin:/bin"]
    let words: [UnsafeMutablePointer<CChar>?] = ([tool] + arguments).map { strdup($0) }
    let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) }
    defer { for text in words + environment { free(text) } }
    var process = pid_t()
    guard posix_spawn(&process, tool, &actions, nil, words + [nil], environment + [nil]) == 0
    else {
      return .died("cannot start \(tool)")
    }
    guard let status = wait(for: process, progress) else { return .died("hung") }
    if status == 0 { return .done }
    let text = String(decoding: FuzzFiles.read(complaints).suffix(600), as: UTF8.self)
    let how = status & 0x7F == 0 ? "exit \(status >> 8)" : "signal \(status & 0x7F)"
    return .died("\(how) \(text)")
  }

  /// The status of `process` when it ends; none when it was killed because it hung.
  private func wait<Progress: Equatable>(
    for process: pid_t, _ progress: () -> Progress
  ) -> Int32? {
    var status: Int32 = 0
    var last = progress()
    var since = FuzzWatch.now()
    while true {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { return status }
      usleep(5000)
      let now = progress()
      if now != last {
        last = now
        since = FuzzWatch.now()
      }
      guard FuzzWatch.now() - since > patience * 1_000_000_000 else { continue }
      kill(process, SIGKILL)
      waitpid(process, &status, 0)
      return nil
    }
  }
}
