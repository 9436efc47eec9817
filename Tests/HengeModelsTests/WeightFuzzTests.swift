// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@Suite struct WeightFuzzTests {
  /// Names and shapes in disorder: no weight is ever in the wrong place.
  @Test func shuffledFilesAreRefusedOrRight() {
    let report = WeightFuzz(seed: 3).run(1500)
    #expect(report.faults == [])
    #expect(report.counts["files"] == 1500)
    // Not everything is refused, and every kind of change is met.
    #expect((report.counts["torch right"] ?? 0) > 250)
    #expect((report.counts["keras right"] ?? 0) > 100)
    for change in ["one less", "one more", "another shape", "whole numbers", "another rank"] {
      #expect((report.counts["\(change) refused"] ?? 0) > 20, "\(change)")
    }
  }
}
