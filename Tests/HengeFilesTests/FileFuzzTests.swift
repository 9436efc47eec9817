// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTestSupport
import Testing

@Suite struct FileFuzzTests {
  /// Damaged files neither crash nor hang the reader, and never take more than the budget.
  @Test(arguments: [
    ("pth", 10_000), ("csv", 10_000), ("pictures", 6_000), ("landmarks", 6_000), ("h5", 40),
    ("onnx", 10_000),
  ])
  func damagedFilesAreRefusedOrRead(_ kind: String, _ count: Int) {
    let report = FileFuzzCampaign(tool: FuzzCampaign.builtTool, kind: kind, seed: 1).run(count)
    #expect(report.faults == [])
    #expect(report.counts["files"] == count)
    let formats = [
      "pth": ["pth", "npz", "safetensors"], "pictures": PictureFormat.read.map { $0.endings[0] },
      "landmarks": ["xml", "dat", "txt"],
    ]
    for format in formats[kind] ?? [kind] {
      // Damage gets far enough to matter: some files are read all the same, most are not.
      #expect((report.counts["\(format) read past the header"] ?? 0) > 0)
      let refused = report.counts.filter { $0.key.hasPrefix("\(format) E-file") }.values
      #expect(refused.reduce(0, +) > 0)
    }
  }
}
