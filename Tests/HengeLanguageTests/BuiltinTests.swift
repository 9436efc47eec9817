// SPDX-License-Identifier: MIT
import Testing

@testable import HengeLanguage

@Suite("Built-ins")
struct BuiltinTests {
  @Test("The general built-ins are declared whole")
  func declarations() {
    #expect(Library([Library.general]).problems() == [])
  }

  @Test("Every example runs and gives what it says")
  func examples() throws {
    for builtin in Library.general.builtins {
      for example in builtin.examples {
        let host = TestHost()
        let interpreter = Interpreter.forTests(host)
        for entry in example.entries {
          host.printed = ""
          let echo = try interpreter.echo(entry.code)
          let shown = echo == "none" || entry.output == nil ? host.printed : echo + "\n"
          #expect(entry.matches(shown), "\(builtin.name): \(entry.code)")
        }
      }
    }
  }

  @Test("A signature is read off the body's types")
  func signatures() {
    let library = Library([Library.general])
    #expect(
      library.functions["split"]?.builtins[0].signature
        == "split(text: str, separator: str | none = none) -> list of str")
    #expect(
      library.functions["print"]?.builtins[0].signature
        == "print(*values: any, sep: str = \" \", end: str = \"\\n\") -> none")
    #expect(
      library.functions["set"]?.builtins[0].signature
        == "set(record: record, **fields: any) -> record")
  }

  enum Fit: String, Choice { case stretch, crop }

  private static var sample: Topic {
    Topic(
      "test",
      [
        Builtin(
          "scale", "Scales.", Parameter("size", "A shape."),
          Parameter("fit", "How.", default: "stretch"),
          examples: []
        ) { (size: ShapeValue, fit: Fit) in size.sizes.count + (fit == .crop ? 10 : 0) },
        Builtin("total", "Adds.", Parameter("xs", "Ints."), examples: []) { (xs: [Int]) in
          xs.reduce(0, +)
        },
        Builtin(constant: "tau", "Is a constant.", 6.5, examples: []),
      ])
  }

  private func failure(_ text: String) -> Diagnostic? {
    do {
      _ = try Interpreter.forTests(TestHost(), [BuiltinTests.sample]).echo(text)
      return nil
    } catch { return error as? Diagnostic }
  }

  private func underlined(_ diagnostic: Diagnostic?) -> String? {
    diagnostic?.labels.first.map { $0.source.text($0.span) }
  }

  @Test("A wrong argument is named, with its place")
  func wrongArguments() {
    let wrongType = failure("scale(\"a\")")
    #expect(wrongType?.message == "`size` must be a shape, not a str")
    #expect(underlined(wrongType) == "\"a\"")
    let wrongKeyword = failure("scale(3x4, fit=1)")
    #expect(wrongKeyword?.message == "`fit` must be one of \"stretch\", \"crop\", not an int")
    #expect(underlined(wrongKeyword) == "1")
    let choice = failure("scale(3x4, fit=\"crob\")")
    #expect(choice?.message == "\"crob\" is not one of \"stretch\", \"crop\"")
    #expect(choice?.suggestion == "\"crop\"")
    #expect(underlined(choice) == "\"crob\"")
    let unknown = failure("scale(3x4, fitt=\"crop\")")
    #expect(unknown?.message == "scale has no parameter `fitt`")
    #expect(unknown?.suggestion == "scale(3x4, fit=\"crop\")")
    #expect(failure("scale()")?.message == "scale needs `size`")
    #expect(
      failure("scale(3x4, \"crop\", 1)")?.message == "scale takes 2 positional arguments, not 3")
    #expect(failure("total([1, \"a\"])")?.notes == ["element 1 is str \"a\""])
  }

  @Test("What a rest parameter gathers is the same where it is written and where it is unpacked")
  func gathered() throws {
    let written = failure("max(1, \"a\", 2)")
    #expect(written?.message == failure("max(*[1, \"a\", 2])")?.message)
    #expect(written?.code == "E-type")
    #expect(underlined(written) == "\"a\"")
    let interpreter = Interpreter.forTests(TestHost())
    var seen: [[String]] = []
    interpreter.machine.observer = { _, _, values in seen.append(values.map(\.representation)) }
    #expect(try interpreter.echo("max(1, 3, 2)") == "3")
    #expect(try interpreter.echo("max(*[1, 3, 2])") == "3")
    #expect(try interpreter.echo("max(1)") == "1")
    #expect(seen == [["1", "[3, 2]"], ["1", "[3, 2]"], ["1", "[]"]])
  }

  @Test("An f-string writes one value after another, and begins anew after an error")
  func texts() throws {
    let host = TestHost()
    let interpreter = Interpreter.forTests(host)
    #expect(interpreter.code("f\"{1:q}{print(2)}\"") == "E-format")
    #expect(host.printed.isEmpty)
    let loop = "for i in 0..3 { try { print(f\"a{i} {1 // (i - 1)}\") } catch e { print(e.code) } }"
    _ = try interpreter.echo(loop)
    #expect(host.printed == "a0 -1\nE-zero\na2 1\n")
    #expect(
      try interpreter.echo("w = 5; f\"<{f\"{7:{w}}\"}{0.5:.{w - 3}f}>\"") == "\"<    70.50>\"")
  }

  @Test("Names that no program can write, and parameters of one name, are problems")
  func unwritableNames() {
    let topic = Topic(
      "sample",
      [
        Builtin(
          "repeat", "Returns the sum.", Parameter("in", "A number."), Parameter("a-b", "A number."),
          Parameter("in", "A number."), examples: [Example("1", gives: "1")]
        ) { (a: Int, b: Int, c: Int) in a + b + c }
      ])
    #expect(
      Library([topic]).problems() == [
        "sample.repeat: `repeat` is a word of the language: a program cannot call it",
        "sample.repeat: `a-b` is no name: a program cannot write it",
        "sample.repeat: `in` is the name of two parameters",
      ])
  }

  @Test("Constants are read, and a variable of the same name hides them")
  func constants() throws {
    let interpreter = Interpreter.forTests(TestHost(), [BuiltinTests.sample])
    #expect(try interpreter.echo("tau * 2") == "13.0")
    #expect(try interpreter.echo("fn f() { tau }; f()") == "6.5")
    #expect(try interpreter.echo("tau = 1; f()") == "1")
  }

  @Test("An error says what the operands are, and the calls on the way")
  func places() {
    let error = failure("fn f(a) { a + [1] }\nf(2)")
    #expect(error?.message == "cannot add an int and a list")
    #expect(error?.labels.map(\.text) == ["int 2", "list of 1"])
    #expect(error?.trace.map(\.text) == ["in f"])
    let inside = failure("map([1, 0], x => 1 / x)")
    #expect(inside?.code == "E-zero")
    #expect(inside?.trace.map(\.text) == ["in map"])
  }
}
