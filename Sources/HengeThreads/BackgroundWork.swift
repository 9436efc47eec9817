// SPDX-License-Identifier: MIT
internal import Glibc
internal import Synchronization

/// Work without a waiting caller, such as returning large memory to the system: 400 MB take 40 ms,
/// and the prompt should appear before that.
public enum BackgroundWork {
  /// Sets `value` to nil at once and frees its old value on a separate thread, unless it is shared.
  public static func release<Value>(_ value: inout Value?) {
    let released = Released<Value>()
    swap(&released.value, &value)
    start { released.value = nil }
  }

  /// Passes `value` to `body`; anything without another reference afterwards is freed on a separate
  /// thread.
  public static func lend<Value, Result>(
    _ value: consuming Value, to body: (Value) throws -> Result
  ) rethrows -> Result {
    let released = Released<Value>()
    released.value = value
    defer { start { released.value = nil } }
    return try withUnsafePointer(to: &released.value) { held in
      guard let value = held.pointee else {
        preconditionFailure("Nobody takes a value that is lent.")
      }
      return try body(value)
    }
  }

  private static let pending = Atomic<Int>(0)

  /// Waits until all started work is done, at most one second: a caller that is short of memory may
  /// be short of what is just being freed.
  public static func finish() {
    var turns = 1000
    while pending.load(ordering: .acquiring) > 0, turns > 0 {
      usleep(1000)
      turns -= 1
    }
  }

  /// Runs `work` on a separate thread, or on this one if no thread can be created.
  public static func start(_ work: @escaping () -> Void) {
    pending.add(1, ordering: .relaxed)
    let context = Unmanaged.passRetained(
      Work {
        work()
        pending.subtract(1, ordering: .releasing)
      }
    ).toOpaque()
    var thread = pthread_t()
    // A new thread inherits the mask: Ctrl-C is for the thread that reads the terminal.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    // A value that is freed may be nested as deep as one can be made.
    var attributes = Stack.attributes(bytes: Stack.roomy)
    let status = pthread_create(&thread, &attributes, runWork, context)
    pthread_attr_destroy(&attributes)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    if status == 0 { pthread_detach(thread) } else { _ = runWork(context) }
  }

  private final class Released<Value> {
    var value: Value?
  }
}

private final class Work {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}

private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
  return nil
}
