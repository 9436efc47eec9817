// SPDX-License-Identifier: MIT
import HengeLanguage
import HengeTestSupport
import Testing

@Suite struct EchoTests {
  private func echo(_ text: String) -> String {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    return ScriptRunner(folder: folder.path).run(text)
  }

  private func displays(_ text: String) throws -> [Display] {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let runner = ScriptRunner(folder: folder.path)
    #expect(runner.failure(of: "x = \(text)") == nil)
    return try runner.interpreter.displays(of: #require(runner.interpreter["x"]), width: 80)
  }

  @Test func aTensorShowsItsNumbersUnderWhatTheyAreLike() {
    #expect(
      echo("tensor([[0.5, 123.25], [-1, 2]])")
        == """
        f32 2x2  min -1  max 123.2  mean 31.19  sd 53.16
            0.5  123.2
           -1.0    2.0

        """)
    #expect(
      echo("tensor([1.5, nan, 2, inf])")
        == """
        f32 shape(4)  min 1.5  max 2  mean 1.75  sd 0.25  nan 1  inf 1
          1.5  nan  2.0  inf

        """)
    #expect(
      echo("tensor([1e-8, 1, 1000])")
        == """
        f32 shape(3)  min 1e-08  max 1000  mean 333.7  sd 471.2
          1e-08      1   1000

        """)
    #expect(echo("zeros(0)") == "f32 shape(0)  empty\n")
    #expect(echo("ones(2) > 0") == "bool shape(2)  2 of 2 true\n  true  true\n")
  }

  @Test func aLargeTensorShowsItsCornersInTwentyFiveLinesOfEighty() {
    let lines = echo("randn(100x3x64x64)").split(separator: "\n")
    #expect(lines.count == 18)
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.filter { $0.hasPrefix("[") } == ["[0, 0]", "[99, 2]"])
    #expect(echo("arange(64)").split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func anImageHasAThumbnailAndABatchASheet() throws {
    func size(_ text: String) throws -> [Int]? {
      for case .thumbnail(let picture) in try displays(text) {
        return [picture.height, picture.width, picture.channels]
      }
      return nil
    }
    #expect(try size("faces(\"anime\", 1)[0]") == [64, 64, 3])
    #expect(try size("tanh(randn(1x20x30))") == [20, 30, 3])
    #expect(try size("tanh(randn(100x3x64x64))") == [64, 262, 3])
    #expect(try size("tanh(randn(3x1000x1000))") == [250, 250, 3])
    // Not like pictures: values, channels, sizes, type, all alike, NaN.
    for other in [
      "randn(3x64x64)", "tanh(randn(4x64x64))", "tanh(randn(3x4x4))", "tanh(randn(3x8x64))",
      "u8(ones(3x64x64))", "zeros(3x64x64)", "tanh(randn(64x64))", "zeros(3x64x64) / 0",
    ] {
      #expect(try size(other) == nil, "\(other)")
    }
  }

  @Test func aPicturesEchoAndSheetFitTwentyFiveLines() throws {
    // The sheet of four is drawn 80 wide: 20 rows of pixels, 10 of half blocks.
    #expect(echo("tanh(randn(100x3x64x64))").split(separator: "\n").count == 14)
  }

  @Test func recordsAreLaidOutInLines() {
    #expect(
      echo(
        "(x=arange(12).reshape(3x4), name=\"a name that is rather long\", more=(a=[1, 2], b=\"and another string of letters\"))"
      )
        == """
        (x    = f32 3x4  min 0  max 11  mean 5.5  sd 3.452
         name = "a name that is rather long"
         more = (a=[1, 2], b="and another string of letters"))

        """)
    #expect(echo("(a=1, b=tensor([1, 2]))") == "(a=1, b=tensor([1, 2]))\n")
  }

  @Test func longListsAreCutInTheMiddle() {
    #expect(echo("[i for i in 0..1000]") == "[0, 1, 2, 3, 4, …, 998, 999]  (1000 elements)\n")
    #expect(
      echo("[zeros(3x64x64) for i in 0..40]").split(separator: "\n").map(String.init)[11...13]
        == [
          " f32 3x64x64  min 0  max 0  mean 0  sd 0", " … 25 more …",
          " f32 3x64x64  min 0  max 0  mean 0  sd 0",
        ])
  }

  @Test func recordsOfOneKindAreATable() {
    #expect(
      echo("[(name=f\"a string {i}\", count=10 ** i, other=none) for i in 0..3]")
        == """
        name          count  other
        "a string 0"      1  none
        "a string 1"     10  none
        "a string 2"    100  none
        3 records

        """)
  }

  @Test func noEchoHasAControlCode() {
    #expect(echo("\"a\\x1b[31m\\x9b\\u202e\"") == "\"a\\x1b[31m\\x9b\\u202e\"\n")
    #expect(
      echo("table(a=[\"x\\x1b[2Jy\"])")
        == """
        a
        x\\x1b[2Jy
        1 row, 1 column

        """)
    #expect(echo("plot([1], title=\"a\\x1b[2J\")").contains("\u{1B}") == false)
  }
}

@Suite struct PlotBuiltinTests {
  private func run(_ text: String) -> String {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    return ScriptRunner(folder: folder.path).run(text)
  }

  @Test func plotsTakeRowsOfEveryKind() {
    #expect(run("str(plot([1, 2], [3]))") == "\"plot of 3 points in 2 series\"\n")
    #expect(run("str(plot([[1, 2], [3]]))") == "\"plot of 3 points in 2 series\"\n")
    #expect(run("str(plot(zeros(2x3)))") == "\"plot of 6 points in 2 series\"\n")
    #expect(run("str(plot((a=[1], b=arange(3))))") == "\"plot of 4 points in 2 series\"\n")
    #expect(run("str(plot(0..5))") == "\"plot of 5 points in 1 series\"\n")
    #expect(
      run("str(plot(table(step=[1, 2], loss=[3, 4], name=[\"a\", \"b\"])))")
        == "\"plot of 2 points in 1 series\"\n")
  }

  @Test func wrongPlotsSayWhatIsWrong() {
    #expect(
      run("plot([1, 2], x=[1])").hasPrefix(
        "E-shape in test:1:16: a line has 2 points, and x has 1"))
    #expect(
      run("plot([1], labels=[\"a\", \"b\"])").hasPrefix(
        "E-arg in test:1:18: there are 2 labels for 1 lines")
    )
    #expect(run("plot(zeros(2x3x4))").hasPrefix("E-shape"))
    #expect(run("plot([\"a\"])").hasPrefix("E-type"))
    #expect(run("plot()").hasPrefix("E-arg"))
    #expect(run("hist([1], bins=0)").hasPrefix("E-range"))
    #expect(run("save_svg(plot([1]), \"p.png\")").hasPrefix("E-file"))
    #expect(run("save_png(plot([1]), \"p.png\", size=10x10)").hasPrefix("E-range"))
  }

  @Test func showSaysWhatItDid() {
    #expect(run("show(zeros(3x8x8), \"grey\")") == "image 8x8, 3 channels: grey\n")
    #expect(
      run("show(ones(3x8x8) * 2)")
        == "image 8x8, 3 channels: 192 values outside (-1, 1) are clipped\n")
    #expect(run("show(zeros(4x3x8x8))") == "image 8x38, 3 channels\n")
    #expect(
      run("show(randn(16x8x8))") == "image 18x78, 3 channels: 16x8x8, each map in its own range\n"
    )
    #expect(
      run("show(zeros(100x1x8x8), \"many\")")
        == "image 78x78, 3 channels: many  the first 64 of 100\n")
    #expect(
      run("hist([1, nan])").hasPrefix("note: 1 of 2 values are not finite and are left out\n"))
  }
}
