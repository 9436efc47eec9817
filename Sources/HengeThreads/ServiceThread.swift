// SPDX-License-Identifier: MIT
internal import Glibc

/// Threads that serve until the process ends, such as those of a kernel's sockets.
public enum ServiceThread {
  /// Runs `work` on a thread of its own, which handles no signals; false if none can be made.
  ///
  /// Its stack is large enough to parse any program.
  public static func start(_ work: @escaping () -> Void) -> Bool {
    let context = Unmanaged.passRetained(Service(work))
    // A new thread inherits the mask: Ctrl-C is for the thread that runs programs.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var attributes = Stack.attributes(bytes: Stack.roomy)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<Service>.fromOpaque(context).takeRetainedValue().work() }
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private final class Service {
    let work: () -> Void
    init(_ work: @escaping () -> Void) { self.work = work }
  }
}
