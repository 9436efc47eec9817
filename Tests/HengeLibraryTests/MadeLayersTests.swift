// SPDX-License-Identifier: MIT
import HengeModels
import HengeNN
import HengeTestSupport
import Testing

/// Layers as scripts make them, with the weights that they begin with.
@Suite struct MadeLayersTests {
  @Test(arguments: LayerKind.all.map(\.name))
  func `every kind computes finite numbers and has finite gradients`(_ name: String) throws {
    let kind = try #require(LayerKind.all.first { $0.name == name })
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path, threads: 2, seed: 3)
    let shape = kind.example.input.map(String.init).joined(separator: "x")
    runner.run(
      """
      m = \(kind.exampleCode)
      x = rand(\(shape))
      print(m(x).abs().sum() < 1e30)
      print(grad(x => m(x).mean(), x).abs().sum() < 1e30)
      """)
    #expect(runner.output == "true\ntrue\n", "\(runner.output)")
  }
}
