// SPDX-License-Identifier: MIT
internal import Glibc

/// The stacks of threads: of fixed sizes, because what the shell that started the process allows
/// (`ulimit -s`) may be too little for a program that is nested as deep as the language lets it be.
public enum Stack {
  /// The bytes of a thread that runs programs or frees their values.
  static let roomy = 16 << 20
  /// The bytes of a thread that computes.
  static let worker = 2 << 20

  /// Attributes for a thread with a stack of `bytes`, to be destroyed by the caller.
  static func attributes(bytes: Int) -> pthread_attr_t {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, bytes)
    return attributes
  }

  /// The result of `body`, run on a stack that is large enough: the process's own unless it is
  /// small.
  ///
  /// Signals then go to the thread that runs `body`, as they would without it.
  public static func withRoom(_ body: @escaping () -> Int32) -> Int32 {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0,
      limit.rlim_cur < rlim_t(enough)
    else { return body() }
    let work = Work(body)
    var thread = pthread_t()
    var attributes = attributes(bytes: roomy)
    defer { pthread_attr_destroy(&attributes) }
    let context = Unmanaged.passRetained(work).toOpaque()
    let status = pthread_create(
      &thread, &attributes,
      { context in
        if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, context)
    guard status == 0 else {
      Unmanaged<Work>.fromOpaque(context).release()
      return body()
    }
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
    pthread_join(thread, nil)
    return work.result
  }

  /// The stack of the deepest program, and the usual default limit of systems.
  private static let enough = 8 << 20

  /// Handed to the thread and read again once it has ended.
  private final class Work: @unchecked Sendable {
    let body: () -> Int32
    var result: Int32 = 0
    init(_ body: @escaping () -> Int32) { self.body = body }
    func run() { result = body() }
  }
}
