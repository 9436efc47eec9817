// SPDX-License-Identifier: MIT

@testable import HengeLanguage
import Testing

struct ParserTests {
  /// Levels from the tightest to the loosest, with an operator of each.
  static let levels: [[String]] = [
    ["**"], ["*", "/", "//", "%", "@"], ["+", "-"], [".."],
    ["==", "!=", "<", "<=", ">", ">=", "in", "not in"], ["&"], ["|"], ["and"], ["or"],
  ]

  @Test func everyPairOfOperatorsGroupsByItsLevels() {
    for (i, tighter) in ParserTests.levels.enumerated() {
      for looser in ParserTests.levels[(i + 1)...] {
        for first in tighter {
          for second in looser {
            let right = "(b\(spaced(first))c)"
            #expect(tree("a \(second) b \(first) c") == "(a\(spaced(second))\(right))")
            let left = "(a\(spaced(first))b)"
            #expect(tree("a \(first) b \(second) c") == "(\(left)\(spaced(second))c)")
          }
        }
      }
    }
  }

  private func spaced(_ text: String) -> String { text == ".." ? text : " \(text) " }

  @Test func operatorsOfALevelGroupToTheLeft() {
    for level in [["*", "/", "//", "%", "@"], ["+", "-"], ["&"], ["|"], ["and"], ["or"]] {
      for first in level {
        for second in level {
          #expect(tree("a \(first) b \(second) c") == "((a \(first) b) \(second) c)")
        }
      }
    }
  }

  @Test(arguments: [
    ("-2**2", "(- (2 ** 2))"), ("2**-1", "(2 ** (- 1))"), ("2**3**2", "(2 ** (3 ** 2))"),
    ("-a.b", "(- a.b)"), ("~x > 0", "((~ x) > 0)"), ("-a * b", "((- a) * b)"),
    ("a * -b", "(a * (- b))"), ("not a == b", "(not (a == b))"), ("not a and b", "((not a) and b)"),
    ("not not a", "(not (not a))"), ("a or not b", "(a or (not b))"),
    ("not x in y", "(not (x in y))"), ("x not in y", "(x not in y)"),
    ("x > 0 & x < 1", "((x > 0) & (x < 1))"), ("a < b <= c", "(a < b <= c)"),
    ("a < (b <= c)", "(a < (b <= c))"), ("(a < b) <= c", "((a < b) <= c)"),
    ("a == b in c != d", "(a == b in c != d)"), ("0..n + 1 by 2 * k", "(0..(n + 1) by (2 * k))"),
    ("a --b", "(a - (- b))"), ("a+-b", "(a + (- b))"), ("x in 0..10", "(x in (0..10))"),
  ]) func unaryChainedAndRange(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test(arguments: [
    ("x |> f", "f(x)"), ("x |> f(a)", "f(x, a)"), ("x |> f(a) |> g(b=1)", "g(f(x, a), b=1)"),
    ("x |> .mean", "x.mean"), ("x |> .mean(axis=0)", "x.mean(axis=0)"),
    ("x |> .mean().item()", "x.mean().item()"), ("x |> (f(a))", "f(a)(x)"),
    ("x |> (y => y + 1)", "((y) => { (y + 1) })(x)"), ("x |> m.f(a)", "m.f(x, a)"),
    ("x |> m[0]", "m[0](x)"), ("a or b |> f", "f((a or b))"),
    ("a + b |> f(-1)", "f((a + b), (- 1))"),
    ("x |> f(a)(b)", "f(a)(x, b)"), ("x |>\nf |>\n.g()", "f(x).g()"),
  ]) func pipes(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test func aPipedCallSaysSo() throws {
    let program = try Parser.parse(Source(name: "test", text: Array("x |> f(a)".utf8)))
    guard case .expression(let value, _) = program.block.statements[0].kind,
      case .call(_, let arguments, piped: true) = value.node
    else {
      Issue.record("not a piped call")
      return
    }
    #expect(arguments.map(\.span) == [Span(0, 1), Span(7, 8)])
    #expect(value.span == Span(0, 9))
  }

  @Test(arguments: [
    ("()", "[]"), ("(x,)", "[x]"), ("(x)", "x"), ("(a, b)", "[a, b]"), ("[a, b,]", "[a, b]"),
    ("(a=1)", "(a=1,)"), ("(a=1, **r, in=3,)", "(a=1, **r, in=3,)"),
    ("(**r, lr=1)", "(**r, lr=1,)"),
    ("[x * 2 for x in xs]", "[(x * 2) for x in xs]"),
    ("[a for a, b in xs if a > b]", "[a for a, b in xs if (a > b)]"),
    ("[\n1,\n2\n]", "[1, 2]"), ("(1\n+ 2)", "(1 + 2)"),
  ]) func brackets(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test(arguments: [
    ("x => x + 1", "((x) => { (x + 1) })"), ("() => 1", "(() => { 1 })"),
    ("(a, b=1, *, c=2, d) => a", "((a, b=1, *, c=2, d) => { a })"),
    ("x => y => x", "((x) => { ((y) => { x }) })"), ("x => { y = x; y }", "((x) => { y = x; y })"),
    ("f(x => x, 1)", "f(((x) => { x }), 1)"), ("fn (x) { x }", "((x) => { x })"),
    ("fn f(x) { return x }", "fn f(x) { return x }"), ("fn f() { return }", "fn f() { return }"),
    ("x => x |> f", "((x) => { f(x) })"), ("(x => x)(1)", "((x) => { x })(1)"),
  ]) func functions(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test(arguments: [
    ("x[1]", "x[1]"), ("x[1:2, ::3, :, ..., none]", "x[1:2, ::3, :, ..., none]"),
    ("x[::]", "x[:]"), ("x[1::2]", "x[1::2]"), ("x[:-1]", "x[:(- 1)]"),
    ("f(*xs, **r)", "f(*xs, **r)"), ("conv(in=3, out=16)", "conv(in=3, out=16)"),
    ("x.in.for", "x.in.for"), ("f(a,\n  b,\n)", "f(a, b)"), ("f(a == b)", "f((a == b))"),
    ("m[\"a\"](x).y[0]", "m[\"a\"](x).y[0]"), ("3x64x64.numel", "3x64x64.numel"),
  ]) func callsIndicesMembers(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test(arguments: [
    ("a = 1", "a = 1"), ("a, b = b, a", "a, b = b, a"), ("x[0], y.z = f()", "x[0], y.z = f()"),
    ("x.a[1].b **= 2", "x.a[1].b **= 2"), ("x //= 2", "x //= 2"), ("(x) = 1", "x = 1"),
    ("param lr = 1e-3 \"rate\"", "param lr = 0.001"),
    ("import \"a.henge\" as a", "import \"a.henge\" as a"),
    ("for i, x in xs { break }", "for i, x in xs { break }"),
    ("while a { continue }", "while a { continue }"), ("repeat 3 { f() }", "repeat 3 { f() }"),
    ("try { f() } catch e { e }", "try { f() } catch e { e }"),
    ("assert a > b, \"no\"", "assert (a > b), \"no\""), ("assert ok", "assert ok"),
    ("if a { 1 }", "(if a { 1 })"), ("y = if a { 1 } else { 2 }", "y = (if a { 1 } else { 2 })"),
    ("if a { 1 } else if b { 2 } else { 3 }", "(if a { 1 } else { (if b { 2 } else { 3 }) })"),
    ("time { 1 }.seconds", "(time { 1 }).seconds"), ("bench { f() }", "(bench { f() })"),
    (";;a;;b;", "a\nb"), ("if a {\n\n1\n;\n2 }", "(if a { 1; 2 })"), ("", ""),
  ]) func statements(text: String, expected: String) {
    #expect(tree(text) == expected)
  }

  @Test func aSemicolonMutes() throws {
    let program = try Parser.parse(Source(name: "test", text: Array("a; b\nc;  # end\nd".utf8)))
    let muted = program.block.statements.map { statement in
      if case .expression(_, let isMuted) = statement.kind { return isMuted }
      return false
    }
    #expect(muted == [true, false, true, false])
  }

  @Test("Lines above a param that has a text of its own are about the file")
  func documentationOfAFileAboveAParam() throws {
    func documentation(_ text: String) throws -> String? {
      try Parser.parse(Source(name: "test", text: Array(text.utf8))).documentation
    }
    #expect(try documentation("## The file.\nparam n = 3 \"how many\"") == "The file.")
    #expect(try documentation("## How many.\nparam n = 3") == nil)
    #expect(try documentation("## Adds.\nfn f() { }") == nil)
    #expect(try documentation("## The file.\nx = 1") == "The file.")
  }

  @Test func documentationStandsAboveWhatItDescribes() throws {
    let text = """
      ## The file.
      ## Two lines.

      ## How fast.
      param lr = 1
      x = 2  ## no documentation
      ## Adds.
      ##  Indented.
      fn f(x) { x }
      """
    let program = try Parser.parse(Source(name: "test", text: Array(text.utf8)))
    #expect(program.documentation == "The file.\nTwo lines.")
    let texts = program.block.statements.map { statement -> String? in
      switch statement.kind {
      case .parameter(_, _, let documentation): documentation
      case .function(let literal, _): literal.documentation
      default: nil
      }
    }
    #expect(texts == ["How fast.", nil, "Adds.\n Indented."])
  }

  @Test func checksKnowWhatTheyExpect() throws {
    let text = """
      a + b  #=> 0.4132 +- 1e-3
      f(x)  #=> E-shape
      x = f(x)  #=> E-type
      s  #=> f32 1x3, made of (things
      for i in xs { i; }  #=> E-name
      """
    let program = try Parser.parse(Source(name: "test", text: Array(text.utf8)))
    let found = program.block.statements.map { statement -> String in
      switch statement.check?.expected {
      case nil: "nothing"
      case .error(let code)?: code
      case .value(let text, let value, let tolerance)?:
        "\(text) | \(value.map(TreePrinter.text) ?? "-") | \(tolerance.map(TreePrinter.text) ?? "-")"
      }
    }
    #expect(
      found == [
        "0.4132 | 0.4132 | 0.001", "E-shape", "E-type", "f32 1x3, made of (things | - | -",
        "E-name",
      ])
  }

  @Test func longChainsAndDeepNestsEndInADiagnostic() {
    let deep = String(repeating: "(", count: 20_000)
    #expect(tree(deep) == "E-depth: the program is nested deeper than 200 levels")
    let blocks = String(repeating: "if a {", count: 20_000)
    #expect(tree(blocks) == "E-depth: the program is nested deeper than 200 levels")
    let minuses = String(repeating: "- ", count: 20_000) + "1"
    #expect(tree(minuses) == "E-depth: the program is nested deeper than 200 levels")
    let sum = "0" + String(repeating: " + 1", count: 20_000)
    #expect(tree(sum) == "E-depth: the expression has more than 1000 steps")
    let powers = "2" + String(repeating: " ** 2", count: 20_000)
    #expect(tree(powers) == "E-depth: the program is nested deeper than 200 levels")
    let calls = "f" + String(repeating: "()", count: 20_000)
    #expect(tree(calls) == "E-depth: the expression has more than 1000 steps")
    let elses = "if a { }" + String(repeating: " else if a { }", count: 20_000)
    #expect(tree(elses) == "E-depth: the expression has more than 1000 steps")
    let strings = String(repeating: "f\"{", count: 20_000)
    #expect(tree(strings) == "E-depth: f-strings are nested deeper than 200")
    let many = "[" + String(repeating: "1, ", count: 5_000) + "]"
    #expect(tree(many).utf8.count == 15_000)
  }

  @Test func theSameTextMeansTheSameWithOtherLineEnds() {
    let text = "if a {\n  x = [1,\n    2]\n} else {\n  y\n}\nz +\n1\n"
    let windows =
      "\u{FEFF}"
      + text.split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\r\n")
    #expect(tree(windows) == tree(text))
    #expect(tree(text) == "(if a { x = [1, 2] } else { y })\n(z + 1)")
  }
}
