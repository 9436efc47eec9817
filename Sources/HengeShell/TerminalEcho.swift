// SPDX-License-Identifier: MIT
internal import Glibc

/// Whether the terminal shows the keys that are typed while nothing reads them.
final class TerminalEcho {
  private var before: termios?

  /// Whether keys are not shown now.
  var isOff: Bool { before != nil }

  /// Runs `body` without keys being shown.
  func off<Result>(_ body: () throws -> Result) rethrows -> Result {
    var modes = termios()
    guard before == nil, tcgetattr(0, &modes) == 0 else { return try body() }
    before = modes
    modes.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(0, TCSANOW, &modes)
    defer { restore() }
    return try body()
  }

  /// Runs `body` with keys shown as they were before ``off(_:)``.
  func on<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard before != nil else { return try body() }
    restore()
    defer {
      var modes = termios()
      if tcgetattr(0, &modes) == 0 {
        before = modes
        modes.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(0, TCSANOW, &modes)
      }
    }
    return try body()
  }

  private func restore() {
    if var modes = before { tcsetattr(0, TCSANOW, &modes) }
    before = nil
  }
}
