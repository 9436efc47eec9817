// SPDX-License-Identifier: MIT
import Testing

@testable import HengeLanguage

@Suite("The machine's limits")
struct MachineLimitTests {
  @Test("An interrupt stops a loop, no catch catches it, and the session goes on")
  func interrupt() throws {
    let host = TestHost()
    let interpreter = Interpreter.forTests(host)
    host.checksUntilInterrupt = 5
    #expect(interpreter.code("try { while true { } } catch e { }") == "E-interrupt")
    host.checksUntilInterrupt = 5
    #expect(interpreter.code("while true { continue }") == "E-interrupt")
    // Few steps, each of which fills much memory: the limit of steps would come first.
    host.checksUntilInterrupt = 3
    interpreter.machine.stepsLeft = 1_000
    #expect(interpreter.code("while true { f\"{1:2000000}\" }") == "E-interrupt")
    interpreter.machine.stepsLeft = .max
    host.checksUntilInterrupt = .max
    #expect(try interpreter.echo("1 + 1") == "2")
  }

  @Test("The limit of steps ends loops and recursion")
  func steps() throws {
    let interpreter = Interpreter.forTests(TestHost())
    interpreter.machine.stepsLeft = 10_000
    #expect(interpreter.code("try { while true { } } catch e { }") == "E-steps")
    interpreter.machine.stepsLeft = 10_000
    #expect(interpreter.code("fn f() { for i in 0..1000000000000 { } }; f()") == "E-steps")
    interpreter.machine.stepsLeft = .max
    #expect(try interpreter.echo("2") == "2")
  }

  @Test(
    "A program that grows without bound ends in E-memory",
    arguments: [
      "xs = []; while true { xs += [1] }", "s = \"a\"; while true { s += s }",
      "s = \"a\"; while true { s = s + s }", "xs = [1]; while true { xs = xs + xs }",
      "[0] * 1000000000000", "\"ab\" * 9223372036854775807", "list(0..1000000000000)",
      "[i for i in 0..1000000000000]", "f\"{1:1000000000000}\"", "f\"{1.5:.1000000000}\"",
      "xs = []; while true { xs = [xs, xs] }",
      "r = (a=1); i = 0; while true { r[str(i)] = 1; i += 1 }",
      "replace(\"aaaaaaaaaa\" * 100000, \"a\", \"b\" * 1000000)",
    ])
  func memory(_ program: String) throws {
    let host = TestHost()
    let interpreter = Interpreter.forTests(host)
    host.budget = 50_000_000
    let code = interpreter.code(program)
    #expect(code == "E-memory" || code == "E-depth", "\(program)")
    host.budget = .max
    #expect(try interpreter.echo("1 + 1") == "2")
  }

  @Test("Calls are 2,000 deep at most, callbacks 200, and the machine is whole afterwards")
  func depth() throws {
    let interpreter = Interpreter.forTests(TestHost())
    #expect(interpreter.code("fn f(n) { f(n + 1) }; f(0)") == "E-depth")
    #expect(
      try interpreter.echo("fn d(n) { if n == 0 { 0 } else { 1 + d(n - 1) } }; d(1900)") == "1900")
    #expect(interpreter.code("fn m(n) { map([n], m) }; m(0)") == "E-depth")
    #expect(interpreter.code("fn s(n) { sorted([1], by=s) }; s(0)") == "E-depth")
    #expect(try interpreter.echo("d(1900)") == "1900")
  }

  @Test("Nesting stops at 1,000, and what is nested so deeply can be shown, compared and freed")
  func nesting() throws {
    let interpreter = Interpreter.forTests(TestHost())
    #expect(interpreter.code("x = []; repeat 2000 { x = [x] }") == "E-depth")
    #expect(interpreter.code("y = [0]; repeat 2000 { y[0] = y }") == "E-depth")
    #expect(interpreter.code("r = (a=1); repeat 2000 { r = (a=r) }") == "E-depth")
    #expect(
      interpreter.code("fn g() { f = () => 1; repeat 2000 { h = f; f = () => h } }; g()")
        == "E-depth")
    #expect(interpreter.code("z = []; repeat 2000 { z = list([z]) }") == "E-depth")
    _ = try interpreter.echo("x = []; repeat 990 { x = [x] }; y = []; repeat 990 { y = [y] }")
    #expect(try interpreter.echo("x == y") == "true")
    #expect(try interpreter.echo("len(str(x))") == "1982")
    #expect(try interpreter.echo("x = 1; y = 1") == "none")
  }

  @Test("Lists grow by a million elements in place")
  func growth() throws {
    let interpreter = Interpreter.forTests(TestHost())
    let text = "xs = []; for i in 0..1000000 { xs += [i] }; len(xs)"
    #expect(try interpreter.echo(text) == "1000000")
    #expect(
      try interpreter.echo("fn f() { ys = []; while len(ys) < 20000 { ys += [1] }; len(ys) }; f()")
        == "20000")
    #expect(try interpreter.echo("for i in 0..100000 { xs[i] = xs[i] + 1 }; xs[99999]") == "100000")
  }

  @Test("After any error the next program runs as if nothing had been")
  func reuse() throws {
    let interpreter = Interpreter.forTests(TestHost())
    let errors = [
      "1 / 0", "[1][5]", "f(", "fail(\"x\")", "map([1, 0], x => 1 / x)", "nothing", "len()",
      "fn q(a) { a + none }; q(1)", "x = [1]; x[0][0] = 2", "for i in 0..3 { [1][i] }",
    ]
    for _ in 0..<20 {
      for error in errors { #expect(interpreter.code(error) != nil, "\(error)") }
      #expect(interpreter.machine.depth == 0)
      #expect(interpreter.machine.top == interpreter.machine.stack)
    }
    #expect(try interpreter.echo("x") == "[1]")
  }

  @Test("Globals come back as they were")
  func rollback() throws {
    let interpreter = Interpreter.forTests(TestHost())
    _ = try interpreter.echo("a = [1]; b = 2")
    let before = interpreter.snapshot()
    _ = try interpreter.echo("a[0] = 9; b = 3; c = 4")
    interpreter.restore(before)
    #expect(try interpreter.echo("[a, b]") == "[[1], 2]")
    #expect(interpreter.code("c") == "E-name")
    #expect(interpreter.globals.map(\.name) == ["a", "b"])
  }
}

@Suite("Imports")
struct MachineImportTests {
  @Test("A file is run once, its names are members, and its functions see its own globals")
  func members() throws {
    let host = TestHost()
    host.files["lib"] = "print(\"once\"); k = 3\nfn f(x) { x * k }"
    let interpreter = Interpreter.forTests(host)
    #expect(
      try interpreter.echo("import \"lib\" as a\nimport \"lib\" as b\nk = 100\na.f(2) + b.k") == "9"
    )
    #expect(host.printed == "once\n")
    #expect(interpreter.code("a.g(1)") == "E-member")
  }

  @Test("A circle of imports is an error")
  func circle() {
    let host = TestHost()
    host.files["a"] = "import \"b\" as b"
    host.files["b"] = "import \"a\" as a"
    #expect(Interpreter.forTests(host).code("import \"a\" as a") == "E-import")
  }
}

@Test("A session that is over keeps nothing alive, though functions and modules hold each other")
func sessionsAreFreed() throws {
  final class Probe: Object {}
  weak var probe: Probe?
  do {
    let interpreter = Interpreter.forTests(TestHost())
    let value = Probe()
    probe = value
    try interpreter.define("held", .object(value))
    let text = "fn f() { return held }\ng = x => f()\nf()"
    try interpreter.run(Parser.parse(Source(name: "test", text: Array(text.utf8))))
    #expect(probe === value)
  }
  #expect(probe == nil)
}
