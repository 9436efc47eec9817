// SPDX-License-Identifier: MIT

/// How often output is written before its buffer is full.
///
/// Lines that come one at a time are written at once, so that `tail -f` follows a long run. A loop that
/// prints without end uses up the allowance and then writes in blocks.
struct FlushAllowance {
  private static let most = 64.0
  private static let perSecond = 64.0
  private var left = most
  private var last: Double?

  /// Whether to write now, at `seconds` of any clock that only goes forward.
  mutating func take(at seconds: Double) -> Bool {
    let passed = last.map { max(0, seconds - $0) } ?? 0
    last = seconds
    left = min(FlushAllowance.most, left + passed * FlushAllowance.perSecond)
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}
