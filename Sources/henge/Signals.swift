// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeThreads

// A signal handler can reach nothing but a global. It may run on any thread, so it must not stand
// in main.swift, whose code belongs to the main thread and traps on another.
private let interrupt = Interrupt()

/// Lets Ctrl-C set a request, which is given, and a reader that goes away or a file that becomes larger
/// than it may be an error of `write`.
///
/// SIGTERM and SIGHUP stop what runs in the same way, and then end the process. One that is ignored, as
/// nohup has it, stays ignored.
func handleSignals() -> Interrupt {
  let interrupt = interrupt
  signal(SIGINT) { _ in henge.interrupt.request() }
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
  unlessIgnored(SIGTERM) { henge.interrupt.terminate(by: $0) }
  unlessIgnored(SIGHUP) { henge.interrupt.terminate(by: $0) }
  return interrupt
}

private func unlessIgnored(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
  let before = signal(number, SIG_IGN)
  guard unsafeBitCast(before, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
  signal(number, handler)
}
