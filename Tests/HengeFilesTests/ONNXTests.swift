// SPDX-License-Identifier: MIT
import Glibc
import HengeBackend
import HengeFiles
import HengeTestSupport
import Testing

@Suite struct ONNXTests {
  private typealias Bytes = ONNXBytes

  private func read(
    _ bytes: [UInt8], path: String = "x.onnx", budget: MemoryBudget = MemoryBudget(limit: 1 << 20)
  ) throws -> ONNXGraph {
    try ONNXGraph(decoding: bytes[...], path: path, budget: budget)
  }

  private static let relu = ONNXBytes.node("Relu", ["x"], ["y"], name: "act")

  @Test func aGraphIsAsTheFileHasIt() throws {
    let floats: [Float] = [1, -2, 0.5]
    let raw = floats.withUnsafeBytes { Array($0) }
    let graph = Bytes.graph(
      Bytes.node("Add", ["x", "b"], ["y"], [Bytes.field(1, "axis") + Bytes.field(3, -1)]),
      Bytes.initializer("b", [3], raw: raw))
    let read = try read(Bytes.model(graph))
    #expect(read.opset == 17)
    #expect(read.producer == "test")
    // A node without a name has that of its result.
    #expect(read.nodes.map(\.name) == ["y"])
    #expect(read.nodes[0].inputs == ["x", "b"])
    guard case .int(let axis)? = read.nodes[0].attributes.first?.value else {
      Issue.record("no integer")
      return
    }
    #expect(axis == -1)
    #expect(try read.initializers["b"] == array(.f32, [3], floats))
    #expect("\(read.inputs[0])" == "x [N, 3]")
    #expect(FileKind.detect(Bytes.model(graph)) == .onnx)
  }

  /// Numbers that are listed one by one, packed or not, are those of the bytes.
  @Test func listedNumbersAreRead() throws {
    let halves: [UInt8] = Bytes.varint(0x3C00) + Bytes.varint(0xC000)
    let listed =
      Bytes.field(
        5, Bytes.field(1, 2) + Bytes.field(2, 10) + Bytes.field(8, "h") + Bytes.field(5, halves))
      + Bytes.field(
        5,
        Bytes.field(1, 2) + Bytes.field(2, 7) + Bytes.field(8, "i") + Bytes.field(7, -3)
          + Bytes.field(7, 5))
    let graph = try read(Bytes.model(Bytes.graph(ONNXTests.relu, listed)))
    #expect(try graph.initializers["h"] == array(.f32, [2], [1 as Float, -2]))
    #expect(try graph.initializers["i"] == array(.i64, [2], [-3, 5]))
  }

  @Test(arguments: [
    ("no model", [1, 2, 3], "it is damaged: there is no field 0, at byte 0"),
    (
      "a newer format", ONNXBytes.model(ONNXBytes.graph(relu), ir: 14),
      "has version 14 of the ONNX format, and henge reads versions up to 13"
    ),
    (
      "older operators", ONNXBytes.model(ONNXBytes.graph(relu), opset: 8),
      "uses operators of version 8 (opset), and henge reads 9 to 23"
    ),
    ("newer operators", ONNXBytes.model(ONNXBytes.graph(relu), opset: 24), "version 24 (opset)"),
    (
      "an operator of a program",
      ONNXBytes.model(
        ONNXBytes.graph(
          ONNXBytes.node("FusedConv", ["x"], ["y"], name: "c", domain: "com.microsoft"))),
      "its node `c` is the operator FusedConv of com.microsoft"
    ),
    (
      "a cycle",
      ONNXBytes.model(
        ONNXBytes.graph(
          ONNXBytes.node("Add", ["x", "b"], ["a"], name: "first")
            + ONNXBytes.node("Relu", ["a"], ["b"], name: "second")
            + ONNXBytes.node("Relu", ["b"], ["y"]))),
      "its node `first` (Add) reads `b` before it is computed: the graph has a cycle"
    ),
    (
      "a name that nothing has",
      ONNXBytes.model(ONNXBytes.graph(ONNXBytes.node("Relu", ["z"], ["y"]))),
      "reads `z`, which nothing computes"
    ),
    (
      "a result twice",
      ONNXBytes.model(ONNXBytes.graph(relu + ONNXBytes.node("Tanh", ["x"], ["y"]))),
      "computes `y`, which is defined before"
    ),
    (
      "a lying size",
      ONNXBytes.model(
        ONNXBytes.graph(relu, ONNXBytes.initializer("w", [1 << 40, 4], raw: [1, 2, 3, 4]))),
      "its initializer `w` is 1099511627776x4 f32 (18 TB) and has 4 bytes"
    ),
    (
      "a size that overflows",
      ONNXBytes.model(
        ONNXBytes.graph(relu, ONNXBytes.initializer("w", [1 << 62, 8], raw: []))),
      "its initializer `w` claims the sizes [4611686018427387904, 8]"
    ),
    (
      "a negative size",
      ONNXBytes.model(ONNXBytes.graph(relu, ONNXBytes.initializer("w", [-1], raw: []))),
      "its initializer `w` claims the sizes [-1]"
    ),
    (
      "texts",
      ONNXBytes.model(ONNXBytes.graph(relu, ONNXBytes.initializer("w", [1], type: 8, raw: []))),
      "its initializer `w` contains text, which henge does not compute with"
    ),
    (
      "a truncated field", Array(ONNXBytes.model(ONNXBytes.graph(relu)).dropLast(30)),
      "it is damaged: a field has"
    ),
    ("no network", ONNXBytes.model([]), "its network returns nothing"),
  ])
  func wrongFilesAreRefused(_ what: String, _ bytes: [UInt8], _ words: String) {
    let budget = MemoryBudget(limit: 1 << 20)
    let text = message { _ = try read(bytes, budget: budget) }
    #expect(text.hasPrefix("E-file: \"x.onnx\": ") && text.contains(words), "\(what): \(text)")
    #expect(budget.live == 0)
  }

  /// A file of two-byte entries takes memory by its number of entries, and is stopped by the budget.
  @Test func manyEmptyEntriesTakeNoUnboundedMemory() {
    let initializers = [[UInt8]](repeating: ONNXBytes.field(11, [UInt8]()), count: 50_000).flatMap {
      $0
    }
    let text = message { _ = try read(Bytes.model(Bytes.graph(ONNXTests.relu, initializers))) }
    #expect(text.hasPrefix("E-memory"), "\(text)")
  }

  @Test func weightsBesideTheModelAreRead() throws {
    try inFolder { folder in
      let floats: [Float] = [0, 0, 1, 2, 3]
      write(floats.withUnsafeBytes { Array($0) }, "\(folder)/x.onnx.data")
      let graph = Bytes.graph(
        Bytes.node("Add", ["x", "b"], ["y"]),
        Bytes.external("b", [3], ["location=x.onnx.data", "offset=8", "length=12"]))
      let read = try read(Bytes.model(graph), path: "\(folder)/x.onnx")
      #expect(try read.initializers["b"] == array(.f32, [3], [1 as Float, 2, 3]))
    }
  }

  @Test(arguments: [
    ("../x.data", "which is a path out of it"), ("/etc/passwd", "which is a path out of it"),
    ("link", "a link that leads out of it"), ("x//y", "which is a path out of it"),
    ("missing.data", "missing.data"),
  ])
  func weightsElsewhereAreNotRead(_ name: String, _ words: String) throws {
    try inFolder { folder in
      #expect(symlink("/etc/passwd", "\(folder)/link") == 0)
      let graph = Bytes.graph(
        Bytes.node("Add", ["x", "b"], ["y"]), Bytes.external("b", [3], ["location=\(name)"]))
      let text = message { _ = try read(Bytes.model(graph), path: "\(folder)/x.onnx") }
      #expect(text.hasPrefix("E-file") && text.contains(words), "\(text)")
    }
  }

  @Test(arguments: [
    (["location=d", "offset=4"], "bytes 4 to 16 of"),
    (["location=d", "offset=-4"], "is at the offset -4"),
    (["location=d", "length=8"], "has 12 bytes by its sizes, and 8 bytes"),
    (["location=d", "offset=9223372036854775807"], "of \"d\", which has 12"),
    (["offset=4"], "does not say which file it is in"),
  ])
  func placesInOtherFilesAreChecked(_ place: [String], _ words: String) throws {
    try inFolder { folder in
      write([UInt8](repeating: 0, count: 12), "\(folder)/d")
      let graph = Bytes.graph(
        Bytes.node("Add", ["x", "b"], ["y"]), Bytes.external("b", [3], place))
      let text = message { _ = try read(Bytes.model(graph), path: "\(folder)/x.onnx") }
      #expect(text.hasPrefix("E-file") && text.contains(words), "\(text)")
    }
  }

  private func write(_ bytes: [UInt8], _ path: String) {
    guard let file = fopen(path, "w") else { return }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
