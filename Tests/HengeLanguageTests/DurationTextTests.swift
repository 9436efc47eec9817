// SPDX-License-Identifier: MIT
import HengeLanguage
import Testing

@Suite struct DurationTextTests {
  @Test func `durations for people`() {
    let table: [(Double, String)] = [
      (0, "0.0 µs"), (3.4e-4, "340 µs"), (0.0124, "12 ms"), (1.54, "1.5 s"), (59, "59 s"),
      (60, "1 min"), (173, "2 min 53 s"), (3599.6, "1 h"), (7200, "2 h"), (12_000, "3 h 20 min"),
      (86_399, "24 h"), (187_000, "2 d 4 h"), (1e30, "more than 10,000 d"),
      (.infinity, "more than 10,000 d"),
    ]
    for (seconds, text) in table { #expect(durationText(seconds) == text) }
  }
}
