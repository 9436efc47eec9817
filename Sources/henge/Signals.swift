// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeThreads

// A signal handler can only use a global. It may run on any thread, so the global must not be in
// main.swift, whose globals belong to the main thread and trap on others.
private let interrupt = Interrupt()

/// Installs the signal handlers and returns the interrupt flag that Ctrl-C sets.
///
/// A closed pipe and a file that exceeds the size limit become errors of `write`.
///
/// SIGUSR1 makes a trainer that runs with `save=` save at its next whole step. SIGTERM and SIGHUP stop the running work in the same way and then end the process. A signal that is
/// ignored at start (as with nohup) stays ignored.
func handleSignals() -> Interrupt {
  let interrupt = interrupt
  signal(SIGINT) { _ in henge.interrupt.request() }
  signal(SIGPIPE, SIG_IGN)
  signal(SIGXFSZ, SIG_IGN)
  unlessIgnored(SIGUSR1) { _ in henge.interrupt.askToSave() }
  unlessIgnored(SIGTERM) { henge.interrupt.terminate(by: $0) }
  unlessIgnored(SIGHUP) { henge.interrupt.terminate(by: $0) }
  return interrupt
}

private func unlessIgnored(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
  let before = signal(number, SIG_IGN)
  guard unsafeBitCast(before, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
  signal(number, handler)
}
