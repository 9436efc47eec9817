// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeLibrary
import HengeTestSupport
import Testing

/// Files that PyTorch, numpy and Keras wrote, loaded into models of the same layers.
///
/// `Tests/ForeignWeights/campaign.py golden` writes them; `Scripts/weights` tries all of its networks.
@Suite struct ForeignWeightsTests {
  private static let folder =
    "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    + "/ForeignWeights/Golden"

  /// What `script` prints in the folder of the files.
  private func run(_ script: String) -> String {
    let runner = ScriptRunner(folder: Self.folder)
    runner.session.hdf5 = HDF5Reader(program: FuzzCampaign.builtTool)
    return runner.run(script)
  }

  private static func cases() throws -> [[String]] {
    let bytes = try readRegularFile(
      "\(folder)/cases.tsv", budget: MemoryBudget(limit: 1_000_000))
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: "\t").map(String.init)
    }
  }

  @Test func everyFileLoadsToTheOutputOfItsProgram() throws {
    let cases = try Self.cases().filter { $0[1] != "words" }
    #expect(cases.count == 10)
    for one in cases {
      let output = run(
        """
        m = \(one[2])
        m.load("\(one[0])")
        y = load("\(one[1])-y.npy")
        print("apart", (m(load("\(one[1])-x.npy")) - y).abs().max() <= 1e-4 * max(1.0, y.abs().max()))
        """)
      #expect(output.hasSuffix("apart true\n"), "\(one[0]): \(output)")
    }
  }

  @Test func whatNamesAndShapesLeaveOpenIsRefused() throws {
    let words = try #require(try Self.cases().first { $0[1] == "words" })
    let output = run("m = \(words[2]); m.load(\"\(words[0])\")")
    #expect(
      output.contains("fit `conv2`, and neither their names nor their shapes say which it is"))
    // Under the model's own names nothing is open.
    let own = run(
      """
      m = \(words[2])
      w = load("\(words[0])")
      fn named(name) { (weight=w[name + ".weight"], bias=w[name + ".bias"]) }
      m.load((conv1=named("stem"), conv2=named("body"), conv3=named("tail")))
      print((m(load("words-x.npy")) - load("words-y.npy")).abs().max() < 1e-4)
      """)
    #expect(own == "true\n")
  }

  @Test func aRecordOfWeightsHasStatisticsAndLoads() {
    let output = run(
      """
      m = sequential(conv(3, 4), batch_norm(4))
      print(m.params.keys())
      print(m.weights.keys())
      n = copy(m)
      n["batch_norm1.running_mean"] = 3
      m.load(n.weights)
      print(m["batch_norm1.running_mean"].sum().item())
      """)
    #expect(output.contains("running_var"), "\(output)")
    #expect(output.hasSuffix("12.0\n"), "\(output)")
  }
}
