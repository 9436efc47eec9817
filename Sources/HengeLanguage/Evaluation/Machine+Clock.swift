// SPDX-License-Identifier: MIT

extension Machine {
  /// The record that `time { }` returns.
  func clockRecord(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws -> Value {
    guard case .object(let object) = r[Int(i.b)], let clock = object as? Clock else { return .none }
    let seconds = (ContinuousClock.now - clock.start).seconds
    return Value(fields: [
      ("seconds", .num(seconds)), ("bytes", .int(host.liveBytes - clock.bytes)),
      ("value", try operand(r, i.c)),
    ])
  }

  /// Begins the next run of a bench; at the end its record takes its place.
  @inline(never)
  func benchNext(_ r: UnsafeMutablePointer<Value>, _ i: Instruction) throws -> Bool {
    guard case .object(let object) = r[Int(i.a)], let bench = object as? Bench else { return false }
    if bench.beginRun() { return true }
    r[Int(i.a)] = bench.record
    return false
  }
}

/// When a `time { }` began.
final class Clock: Object {
  let start = ContinuousClock.now
  let bytes: Int
  init(_ host: any Host) { bytes = host.liveBytes }
}

/// A `bench { }` under way: its block runs until half a second or a thousand runs are over.
final class Bench: Object {
  private static let enoughSeconds = 0.5
  private static let enoughRuns = 1000
  private var times: [Double] = []
  private var total = 0.0
  private var start: ContinuousClock.Instant?

  /// Ends the run under way; whether there is to be another.
  func beginRun() -> Bool {
    let now = ContinuousClock.now
    if let start {
      let seconds = (now - start).seconds
      times.append(seconds)
      total += seconds
    }
    guard total < Bench.enoughSeconds, times.count < Bench.enoughRuns else { return false }
    start = ContinuousClock.now
    return true
  }

  var record: Value {
    let sorted = times.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return Value(fields: [
      ("median", .num(median)), ("min", .num(sorted[0])), ("max", .num(sorted[sorted.count - 1])),
      ("runs", .int(sorted.count)),
    ])
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
