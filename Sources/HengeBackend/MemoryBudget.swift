// SPDX-License-Identifier: MIT
import Synchronization

/// The session's memory limit; large allocations reserve their bytes here first.
public final class MemoryBudget: Sendable {
  private let liveBytes = Atomic<Int>(0)
  private let mostLiveBytes = Atomic<Int>(0)
  private let keptBytes = Atomic<Int>(0)
  private let limitBytes: Atomic<Int>
  private let givers = Mutex<[@Sendable () -> Void]>([])
  private let stop: @Sendable () throws -> Void
  /// The largest limit that makes sense on this machine.
  private let largest: Int
  /// What a user types before a larger limit.
  private let raising: String

  /// A budget of `limit` bytes, whose owner's wish to stop `stop` throws; a limit of more than `largest`
  /// is never suggested.
  public init(
    limit: Int, largest: Int = 64_000_000_000, raising: String = "henge --memory",
    stop: @escaping @Sendable () throws -> Void = {}
  ) {
    limitBytes = Atomic(limit)
    self.largest = largest
    self.raising = raising
    self.stop = stop
  }

  /// Throws if an interrupt was requested.
  ///
  /// Long work that has a budget but no interrupt flag calls this every few milliseconds.
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

  /// The peak of additional bytes reserved while `body` ran.
  public func mostUsed(_ body: () throws -> Void) rethrows -> Int {
    let (before, most) = (live, mostLive)
    mostLiveBytes.store(before, ordering: .relaxed)
    defer { mostLiveBytes.max(most, ordering: .relaxed) }
    try body()
    return mostLive - before
  }

  /// Reserves `bytes` for `purpose`; throws `E-memory` with the purpose if they do not fit.
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

  /// The bytes of unused memory that is kept for reuse: not live, and freed when a reservation
  /// would not fit otherwise.
  public var kept: Int { keptBytes.load(ordering: .relaxed) }

  /// Registers `give`, called whenever memory is short: it frees what it can, and must
  /// ``forget(_:)`` what it ``keep(_:)``s.
  public func whenShort(_ give: @escaping @Sendable () -> Void) {
    givers.withLock { $0.append(give) }
  }

  /// Turns live bytes into kept ones if the limit allows it; returns whether it did.
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

  /// A hint for when `bytes` are not available in addition to the `held` ones: a limit that would
  /// suffice for both.
  public func advice(for bytes: Int, beside held: Int) -> String {
    let (total, overflow) = bytes.addingReportingOverflow(held)
    let gigabytes = total / 1_000_000_000 + 1
    guard !overflow, gigabytes <= largest / 1_000_000_000 else {
      return "a smaller size, or less at a time"
    }
    return "a smaller size, or a larger budget: \(raising) \(gigabytes)GB"
  }

  /// Whether `bytes` more would fit, without taking them.
  public func canHold(_ bytes: Int) -> Bool {
    let (total, overflow) = live.addingReportingOverflow(bytes)
    return !overflow && total <= limit
  }

  /// Whether `bytes` more fit, after all kept memory is freed if necessary.
  public func canMakeRoom(for bytes: Int) -> Bool {
    if !canHold(bytes) { for give in givers.withLock({ $0 }) { give() } }
    return canHold(bytes)
  }

  /// Frees all memory that is kept for reuse.
  public func giveBackSpares() { for give in givers.withLock({ $0 }) { give() } }

  /// Releases bytes reserved by ``reserve(_:for:)``.
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

/// `number` for people, with three significant digits: `3.4e+38`, `0.123`, `nan`.
public func formatNumber(_ number: Double) -> String {
  guard number.isFinite, number != 0 else { return "\(number)" }
  var (scaled, exponent) = (number.magnitude, 0)
  while scaled >= 1000 {
    scaled /= 10
    exponent += 1
  }
  while scaled < 100 {
    scaled *= 10
    exponent -= 1
  }
  let digits = Double("\(Int(scaled.rounded()))e\(exponent)") ?? number.magnitude
  return "\(number < 0 ? -digits : digits)"
}
