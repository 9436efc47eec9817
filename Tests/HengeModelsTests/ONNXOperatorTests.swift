// SPDX-License-Identifier: MIT
import HengeBackend
import HengeFiles
import HengeModels
import HengeNN
import HengeTensor
import HengeTestSupport
import Testing

@Suite struct ONNXOperatorTests {
  /// Each operator returns what onnxruntime returns, on each device and in double precision.
  @Test(arguments: ONNXCase.all)
  func operatorsReturnWhatOnnxruntimeReturns(_ one: ONNXCase) throws {
    for backend in [TestedBackend.reference] + TestedBackend.all {
      let device = backend.make()
      let network = try one.network(on: device)
      let x = try Tensor(one.x.values, Shape(one.x.sizes), on: device)
      for isPrecise in [false, true] {
        let y = try network.forward(
          isPrecise ? x.cast(to: .f64) : x, Pass(isPrecise: isPrecise))
        #expect(y.shape.sizes == one.y.sizes, "\(backend)")
        let values = try y.floats()
        let largest = one.y.values.map(\.magnitude).filter(\.isFinite).max() ?? 1
        let apart = zip(values, one.y.values).map { a, b in
          a == b || a.isNaN && b.isNaN ? 0 : (a - b).magnitude
        }.max()
        #expect((apart ?? 0) <= 2e-5 * max(1, largest), "\(backend) \(isPrecise)")
      }
    }
  }

  /// Every operator that the documentation lists has a case, so that none is untested.
  @Test func everyOperatorHasACase() {
    #expect(ONNXCase.all.count > 150)
    let tested = Set(ONNXCase.all.map { String($0.name.prefix { $0 != "." && $0 != "-" }) })
    #expect(ONNXGraph.operators.filter { !tested.contains($0) } == [])
  }

  /// The documentation lists the operators that run, and no others.
  @Test func theDocumentationListsTheOperators() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let bytes = try readRegularFile(
      "\(root)/Docs/OtherTools.md", budget: MemoryBudget(limit: 1 << 20))
    let text = String(decoding: bytes, as: UTF8.self)
    let start = try #require(text.firstRange(of: "<!-- operators -->\n```text\n"))
    let end = try #require(text[start.upperBound...].firstRange(of: "```"))
    let listed = text[start.upperBound..<end.lowerBound].split { $0 == " " || $0 == "\n" }
    #expect(listed.map(String.init) == ONNXGraph.operators)
  }

  /// Who looks at all layers sees the same results as who looks at none.
  @Test(arguments: ONNXCase.all.filter { $0.name.hasPrefix("Conv") || $0.name.hasPrefix("Batch") })
  func lookingOnChangesNothing(_ one: ONNXCase) throws {
    let network = try one.network(on: cpu)
    let x = try Tensor(one.x.values, Shape(one.x.sizes), on: cpu)
    let alone = try network.forward(x, Pass()).floats()
    var seen: [String] = []
    let watched = try network.forward(x, Pass { path, _, _, _ in seen.append(path) }).floats()
    // A normalization that is multiplied into a convolution rounds once more or less.
    for (a, b) in zip(watched, alone) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b))) }
    #expect(seen == network.parts.map(\.name))
  }
}
