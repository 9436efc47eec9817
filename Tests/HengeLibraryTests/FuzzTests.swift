// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

@Suite struct FuzzTests {
  /// Random programs end neither the process nor the session, and reach what there is to reach.
  @Test func randomProgramsMeetEveryBuiltinWithEveryKindOfValue() {
    let campaign = FuzzCampaign(tool: FuzzCampaign.builtTool, seed: 1)
    let report = campaign.run(4200)
    print(report)
    #expect(report.faults == [])
    #expect((report.counts["programs"] ?? 0) >= 4200)
    #expect(report.percent("parsed") >= 60)
    #expect(report.percent("reached") >= 30)
    #expect(report.missing == [])
    let kinds: Set<String> = [
      "none", "bool", "int", "num", "str", "list", "record", "range", "shape", "fn", "module",
      "tensor of f32", "tensor of f64", "tensor of i64", "tensor of u8", "tensor of bool",
      "dataset", "pairs", "batches", "summary", "table", "difference_vector", "model", "optimizer",
      "trainer",
      "rng", "snapshot",
    ]
    #expect(kinds.subtracting(report.kinds) == [])
  }
}
