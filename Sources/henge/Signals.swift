// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeThreads

// A signal handler can reach nothing but a global. It may run on any thread, so it must not stand
// in main.swift, whose code belongs to the main thread and traps on another.
private let interrupt = Interrupt()

/// Lets Ctrl-C set a request, which is given, and a reader that goes away or a file that becomes larger
/// than it may be an error of `write`.
func handleSignals() -> Interrupt {
  let interrupt = interrupt
  signal(SIGINT) { _ in henge.interrupt.request() }
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
  return interrupt
}
