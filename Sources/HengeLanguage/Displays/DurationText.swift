// SPDX-License-Identifier: MIT

/// `seconds` for people: `340 µs`, `12 ms`, `1.5 s`, `2 min 53 s`, `3 h 20 min`, `2 d 4 h`.
public func durationText(_ seconds: Double) -> String {
  guard seconds < 60 else { return longText(seconds) }
  let units: [(Double, String)] = [(1, "s"), (1e-3, "ms"), (1e-6, "µs")]
  let (size, name) = units.first { seconds >= $0.0 } ?? (1e-6, "µs")
  let tenths = Int((seconds / size * 10).rounded())
  return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\((tenths + 5) / 10) \(name)"
}

/// A minute or more, in two units.
private func longText(_ seconds: Double) -> String {
  guard seconds < 86_400 * 10_000 else { return "more than 10,000 d" }
  let units: [(Int, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
  let whole = Int(seconds.rounded())
  let index = units.firstIndex { whole >= $0.0 } ?? units.count - 1
  let (size, name) = units[index]
  guard index + 1 < units.count else { return "\(whole) s" }
  let (small, smallName) = units[index + 1]
  // The smaller unit is rounded, and may fill the larger one.
  let parts = (whole + small / 2) / small
  let perLarge = size / small
  let rest = parts % perLarge
  return "\(parts / perLarge) \(name)" + (rest > 0 ? " \(rest) \(smallName)" : "")
}
