// SPDX-License-Identifier: MIT
import Synchronization

/// How many bytes the session may hold; asked before any large allocation.
public final class MemoryBudget: Sendable {
  private let liveBytes = Atomic<Int>(0)
  private let mostLiveBytes = Atomic<Int>(0)
  private let keptBytes = Atomic<Int>(0)
  private let limitBytes: Atomic<Int>
  private let givers = Mutex<[@Sendable () -> Void]>([])
  private let stop: @Sendable () throws -> Void

  /// A budget of `limit` bytes, whose owner's wish to stop `stop` throws.
  public init(limit: Int, stop: @escaping @Sendable () throws -> Void = {}) {
    limitBytes = Atomic(limit)
    self.stop = stop
  }

  /// Throws when the user asked to stop: to be called every few milliseconds by long work that is
  /// given a budget and no interrupt.
  public func checkStop() throws { try stop() }

  /// The most bytes that may be live at once; may be changed at the prompt.
  public var limit: Int {
    get { limitBytes.load(ordering: .relaxed) }
    set { limitBytes.store(newValue, ordering: .relaxed) }
  }

  /// The bytes reserved now.
  public var live: Int { liveBytes.load(ordering: .relaxed) }

  /// The most bytes that ever were reserved at once.
  public var mostLive: Int { mostLiveBytes.load(ordering: .relaxed) }

  /// The most bytes that `body` held at once beside those that were held before.
  public func mostUsed(_ body: () throws -> Void) rethrows -> Int {
    let (before, most) = (live, mostLive)
    mostLiveBytes.store(before, ordering: .relaxed)
    defer { mostLiveBytes.max(most, ordering: .relaxed) }
    try body()
    return mostLive - before
  }

  /// Takes `bytes` from the budget, or throws `E-memory` naming what they were `purpose`d for.
  public func reserve(_ bytes: Int, for purpose: @autoclosure () -> String) throws {
    guard bytes >= 0, canMakeRoom(for: bytes) else {
      throw Failure(
        "E-memory",
        "\(purpose()) needs \(formatBytes(bytes)); \(formatBytes(max(0, limit - live))) of \(formatBytes(limit)) are free",
        suggestion: advice(for: bytes, beside: live))
    }
    if kept > limit - live - bytes { for give in givers.withLock({ $0 }) { give() } }
    addLive(bytes)
  }

  private func addLive(_ bytes: Int) {
    let live = liveBytes.add(bytes, ordering: .relaxed).newValue
    mostLiveBytes.max(live, ordering: .relaxed)
  }

  /// The bytes that nobody uses and somebody keeps for the next use: not live, and given back when
  /// what is reserved beside them would not fit.
  public var kept: Int { keptBytes.load(ordering: .relaxed) }

  /// Calls `give` whenever the budget is short: it gives back what it can, and must ``forget(_:)`` what
  /// it ``keep(_:)``s.
  public func whenShort(_ give: @escaping @Sendable () -> Void) {
    givers.withLock { $0.append(give) }
  }

  /// Turns live bytes into kept ones, if that leaves the limit; says whether it did.
  func keep(_ bytes: Int) -> Bool {
    guard live + kept <= limit else { return false }
    keptBytes.add(bytes, ordering: .relaxed)
    liveBytes.subtract(bytes, ordering: .relaxed)
    return true
  }

  /// Turns kept bytes into live ones.
  func use(_ bytes: Int) {
    addLive(bytes)
    keptBytes.subtract(bytes, ordering: .relaxed)
  }

  /// Takes note that kept bytes are free.
  func forget(_ bytes: Int) { keptBytes.subtract(bytes, ordering: .relaxed) }

  /// What helps when `bytes` cannot be had beside the `held` ones: a size that would hold both.
  public func advice(for bytes: Int, beside held: Int) -> String {
    let (total, overflow) = bytes.addingReportingOverflow(held)
    let gigabytes = total / 1_000_000_000 + 1
    guard !overflow, gigabytes <= 64 else { return "a smaller size, or less at a time" }
    return "a smaller size, or a larger budget: henge --memory \(gigabytes)GB"
  }

  /// Whether `bytes` more would fit, without taking them.
  public func canHold(_ bytes: Int) -> Bool {
    let (total, overflow) = live.addingReportingOverflow(bytes)
    return !overflow && total <= limit
  }

  /// Whether `bytes` more fit once everybody has given back what they can, where that is needed.
  public func canMakeRoom(for bytes: Int) -> Bool {
    if !canHold(bytes) { for give in givers.withLock({ $0 }) { give() } }
    return canHold(bytes)
  }

  /// Has everybody give back what they keep for the next use.
  public func giveBackSpares() { for give in givers.withLock({ $0 }) { give() } }

  /// Gives back what ``reserve(_:for:)`` took.
  public func release(_ bytes: Int) { liveBytes.subtract(bytes, ordering: .relaxed) }
}

/// `bytes` for people: `1.5 GB`, `184 MB`, `12 kB`, `70 bytes` (powers of 1000).
public func formatBytes(_ bytes: Int) -> String {
  let units: [(Double, String)] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
  let value = Double(bytes)
  for (size, name) in units where value >= size {
    let scaled = value / size
    let tenths = Int((scaled * 10).rounded())
    return scaled < 10
      ? "\(tenths / 10).\(tenths % 10) \(name)" : "\(Int(scaled.rounded())) \(name)"
  }
  return bytes == 1 ? "1 byte" : "\(bytes) bytes"
}
