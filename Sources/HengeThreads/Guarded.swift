// SPDX-License-Identifier: MIT
internal import Synchronization

/// A value that several threads use, one at a time.
///
/// What `body` takes out of it must not be a reference that another thread changes.
public final class Guarded<Value>: @unchecked Sendable {
  private var value: Value
  private let lock = Mutex(())

  /// Guards `value`.
  public init(_ value: Value) { self.value = value }

  /// Waits until no other thread uses the value, then uses it.
  @discardableResult
  public func use<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    lock._unsafeLock()
    defer { lock._unsafeUnlock() }
    return try body(&value)
  }

  /// Uses the value unless another thread does; then returns nil.
  public func useIfFree<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result? {
    guard lock._unsafeTryLock() else { return nil }
    defer { lock._unsafeUnlock() }
    return try body(&value)
  }
}
