// SPDX-License-Identifier: MIT
import HengeTestSupport
import Testing

/// Gradient checkpointing: residual blocks that are computed again in the backward pass.
@Suite struct CheckpointTests {
  /// Trainers with residual blocks; `§` is where the option goes.
  private static let trainers = [
    "cyclegan(A, B, base=4, blocks=2, batch=2§)",
    "cyclegan(A, B, base=4, blocks=1, norm=\"batch\", clip=1§)",
    "cut(A, B, base=4, blocks=5, layers=2§)",
    "ugatit(A, B, base=4, blocks=1, layers=5§)",
    "ugatit(A, B, base=2, blocks=1, layers=5, light=false§)",
    "fit(sequential(conv(3, 8, padding=1), residual(conv(8, 8, padding=1), batch_norm(8), relu(), dropout(0.3), spectral(conv(8, 8, padding=1))), conv(8, 3, padding=1)), P, batch=5§)",
    "fit(residual(conv(3, 3, padding=1), residual(prelu(3), conv(3, 3, padding=1))), P, batch=5§)",
    "pix2pix(P, base=2, downs=3, layers=2§)",
  ]

  private func log(_ make: String, _ option: String) -> [Double] {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
    runner.run(
      """
      \(TrainerExample.images); P = pairs(A, B)
      t = \(make.split(separator: "§").joined(separator: option)); t.step(3)
      for row in t.log { print(row) }
      """)
    // Rows as `(step=1, loss=0.5, …)`.
    let rows = runner.output.split(separator: "\n").filter { $0.hasPrefix("(step=") }
    return rows.flatMap { row in
      row.split { "(), ".contains($0) }.compactMap { $0.split(separator: "=").last }
    }.compactMap { Double($0) }
  }

  @Test(arguments: trainers)
  func `steps with checkpoints have the losses of steps without, but for rounding`(
    _ make: String
  ) {
    let (with, without) = (log(make, ", checkpoint=true"), log(make, ""))
    #expect(with.count >= 3)
    #expect(with.count == without.count)
    for (a, b) in zip(with, without) where !(a.isNaN && b.isNaN) {
      #expect(abs(a - b) <= 1e-4 * max(abs(b), 1e-3), "\(a) and \(b)")
    }
  }

  @Test func `they take less memory, and the estimate knows it`() throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
    runner.run(
      """
      A = faces("anime", 2, size=64x64); B = faces("photo", 2, size=64x64)
      for checkpoint in [false, true] {
        t = cyclegan(A, B, base=8, blocks=6, checkpoint=checkpoint)
        print(t.estimate(1).bytes)
      }
      """)
    let bytes = runner.output.split(separator: "\n").compactMap { Double($0) }
    try #require(bytes.count == 2, "\(runner.output)")
    #expect(bytes[1] < 0.8 * bytes[0])
  }
}
