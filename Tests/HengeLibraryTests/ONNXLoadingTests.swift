// SPDX-License-Identifier: MIT
import Glibc
import HengeTestSupport
import Testing

/// Networks of other programs, as scripts use them.
@Suite struct ONNXLoadingTests {
  private typealias Bytes = ONNXBytes

  /// What `script` prints in a folder with files of these contents.
  private func run(_ script: String, with files: [String: [UInt8]]) throws -> String {
    var template = Array("/tmp/henge-onnx-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      for name in TestFiles.names(in: folder) { remove("\(folder)/\(name)") }
      rmdir(folder)
    }
    for (name, bytes) in files {
      let file = try #require(fopen("\(folder)/\(name)", "w"))
      fwrite(bytes, 1, bytes.count, file)
      fclose(file)
    }
    return ScriptRunner(folder: folder).run(script)
  }

  private static func floats(_ name: String, _ sizes: [Int], _ values: [Float]) -> [UInt8] {
    ONNXBytes.initializer(name, sizes, raw: values.withUnsafeBytes { Array($0) })
  }

  /// Two maps of each image's color sums, and their means as features `[N, 2]`.
  private static let extractor = ONNXBytes.model(
    ONNXBytes.node("Conv", ["x", "w"], ["c"], name: "conv")
      + ONNXBytes.node("Relu", ["c"], ["r"], name: "act")
      + ONNXBytes.node("GlobalAveragePool", ["r"], ["p"], name: "pool")
      + ONNXBytes.node("Flatten", ["p"], ["y"], name: "flat")
      + floats("w", [2, 3, 1, 1], [1, 1, 1, 0.5, -1, 0.5])
      + ONNXBytes.value(11, "x", [0, 3, 8, 8]) + ONNXBytes.value(12, "y", [0, 2]))

  @Test func aNetworkIsAModelWithLayersByName() throws {
    let output = try run(
      """
      m = load("x.onnx")
      print(m.kind, m.count, keys(tap(m, ones(1x3x8x8))))
      x = ones(2x3x8x8)
      print(m(x).shape, m(x[0]).shape)
      print(tap(m, x, "act")[0, :, 0, 0])
      print(features(m, "pool", x).shape)
      print(m["conv.weight"].shape)
      m["conv.weight"] = 2 * m["conv.weight"]
      print(m(x)[0])
      m(x); print(m.layers[0].layer, m.layers[0].output, m.layers[0].parameters)
      """, with: ["x.onnx": Self.extractor])
    #expect(
      output == """
        onnx 6 ["conv", "act", "pool", "flat", "output"]
        2x2 shape(2)
        tensor([3, 0])
        2x2x1x1
        2x3x1x1
        tensor([6, 0])
        Conv 2x2x8x8 6

        """)
  }

  /// Without a layer, kid and fid take what a feature extractor returns.
  @Test func distancesTakeTheResult() throws {
    let output = try run(
      """
      m = load("x.onnx")
      A = randn(6x3x8x8)
      B = A + 0.5
      print(fid(A, B, m) == fid(A, B, m, layer="flat"), fid(A, B, m) == fid(m(A), m(B)))
      print(kid(A, B, m) == kid(A, B, m, layer="flat"), fid(A, A, m) < 1e-6)
      """, with: ["x.onnx": Self.extractor])
    #expect(output == "true true\ntrue true\n")
  }

  /// A head of henge's learns behind a network of another program, which does not.
  @Test func aHeadLearnsBehindIt() throws {
    let output = try run(
      """
      m = load("x.onnx")
      n = sequential(m, linear(2, 1))
      before = m["conv.weight"]
      head = n["linear1.weight"]
      x = randn(4x3x8x8)
      opt = adam(n, lr=0.1)
      opt.minimize(() => n(x).mean());
      print(all(m["conv.weight"] == before), any(n["linear1.weight"] != head))
      print(grad(x => m(x).sum(), x).shape)
      """, with: ["x.onnx": Self.extractor])
    #expect(output == "true true\n4x3x8x8\n")
  }

  @Test(arguments: [
    ("adam(m)", "it runs, and its weights do not learn"),
    ("grad(() => m(x).sum(), m)", "it runs, and its weights do not learn"),
    ("fit(m, pairs(A, A))", "it runs, and its weights do not learn"),
    ("cyclegan(A, A, g_ab=m)", "it runs, and its weights do not learn"),
    ("m(x, train=true)", "which has it as it is when it does not learn"),
    ("save(m, \"m.safetensors\")", "was read from an ONNX file"),
    ("m(ones(3x9x8))", "this network takes x [N, 3, 8, 8], not 1x3x9x8"),
    ("points(m, x)", "this network returns y [N, 2], and landmarks are [N, P, 2] or [N, 10]"),
    ("load(\"bad.onnx\")", "its node `here` (Loop): henge runs no control flow"),
  ])
  func whatDoesNotWorkIsRefused(_ script: String, _ words: String) throws {
    let bad = Bytes.model(Bytes.graph(Bytes.node("Loop", ["x"], ["y"], name: "here")))
    let output = try run(
      """
      m = load("x.onnx")
      x = ones(3x8x8)
      A = faces("photo", 2, size=8x8)
      \(script)
      """, with: ["x.onnx": Self.extractor, "bad.onnx": bad])
    #expect(output.hasPrefix("E-") && output.contains(words), "\(output)")
  }

  /// A network that returns five points gives a dataset landmarks, in pixels of its images.
  @Test func landmarksComeFromANetwork() throws {
    // Whatever the image, the points are those of the constant.
    let points: [Float] = [2, 3, 5, 3, 4, 4, 2, 6, 5, 6]
    let finder = Bytes.model(
      Bytes.node("Flatten", ["x"], ["f"], name: "flat")
        + Bytes.node("MatMul", ["f", "z"], ["m"], name: "zero")
        + Bytes.node("Add", ["m", "p"], ["y"], name: "points")
        + Self.floats("z", [192, 10], [Float](repeating: 0, count: 1920))
        + Self.floats("p", [10], points) + Bytes.value(11, "x", [1, 3, 8, 8])
        + Bytes.value(12, "y", [1, 10]))
    let output = try run(
      """
      m = load("x.onnx")
      A = landmarks(faces("photo", 2, size=8x8), from=m)
      print(A.item(0).marks.nose, A.points()[1, 0])
      B = landmarks(faces("photo", 2, size=16x16), from=m)
      print(B.item(0).marks.nose)
      """, with: ["x.onnx": finder])
    #expect(output == "[4.0, 4.0] tensor([2, 3])\n[8.5, 8.5]\n")
  }

  @Test func otherResultsAreNamed() throws {
    let two = Bytes.model(
      Bytes.node("Relu", ["x"], ["y"], name: "first")
        + Bytes.node("Tanh", ["x"], ["z"], name: "second")
        + Bytes.value(11, "x", [0, 3]) + Bytes.value(12, "y", [0, 3])
        + Bytes.value(12, "z", [0, 3]))
    let output = try run(
      "m = load(\"x.onnx\"); print(m(ones(2x3)).shape, tap(m, zeros(2x3), \"second\").shape)",
      with: ["x.onnx": two])
    #expect(
      output == """
        note: the network returns 2 results, and m(x) is the first; tap(m, x, name) returns the others: second
        2x3 2x3

        """)
  }
}
