// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeLanguage

/// Another program that was started, by posix_spawn and never by fork: threads and BLAS do not survive
/// a fork.
package final class SystemProgram {
  private let process: pid_t
  private let isGroup: Bool
  private var status: Int32?

  /// Starts the program `words[0]`, by its path, with its arguments.
  ///
  /// It has the process's own streams, or the descriptors `streams` as its first ones. With `isGroup`,
  /// signals go to all that it starts as well. Throws E-file where it cannot be run.
  package init(_ words: [String], streams: [Int32] = [], isGroup: Bool = false) throws {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What henge ignores or handles must not be so in the program: Ctrl-C is for it meanwhile.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for signal in [SIGINT, SIGQUIT, SIGPIPE, SIGTSTP, SIGXFSZ] { sigaddset(&signals, signal) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK)
        | (isGroup ? Int16(POSIX_SPAWN_SETPGROUP) : 0))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
    }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let refused = posix_spawn(&process, words[0], &actions, &attributes, &arguments, environ)
    guard refused == 0 else {
      throw Diagnostic("E-file", "\(words[0]) cannot be run: \(systemMessage(refused))")
    }
    (self.process, self.isGroup) = (process, isGroup)
  }

  /// Sends it a signal, unless it has ended.
  package func send(_ signal: Int32) {
    guard !hasEnded || isGroup else { return }
    kill(isGroup ? -process : process, signal)
  }

  /// Whether it has ended.
  package var hasEnded: Bool {
    if status == nil {
      var now: Int32 = 0
      if waitpid(process, &now, WNOHANG) == process { status = now }
    }
    return status != nil
  }

  /// Waits until it has ended; its exit status, or 128 and the number of the signal that ended it.
  package func wait() -> Int {
    while status == nil {
      var now: Int32 = 0
      if waitpid(process, &now, 0) == process {
        status = now
      } else if errno != EINTR {
        break
      }
    }
    let status = status ?? 0
    let signal = status & 0x7F
    return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + Int(signal)
  }
}
