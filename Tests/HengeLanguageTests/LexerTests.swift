// SPDX-License-Identifier: MIT

@testable import HengeLanguage
import Testing

struct LexerTests {
  private func kinds(_ text: String) -> [Token.Kind] {
    var lexer = Lexer(Source(name: "test", text: Array(text.utf8)))
    lexer.run()
    return lexer.tokens.map(\.kind).dropLast()
  }

  private func message(_ text: String) -> String? {
    var lexer = Lexer(Source(name: "test", text: Array(text.utf8)))
    lexer.run()
    return lexer.error.map(Renderer.line)
  }

  @Test func numbers() {
    #expect(
      kinds("42 10_000 0xff 0XFF 0xdead_beef 0") == [
        .int(42), .int(10_000), .int(255), .int(255), .int(0xdead_beef), .int(0),
      ])
    #expect(
      kinds("0.5 2e-4 1E3 1.5e+10 0.0 1_0.2_5") == [
        .num(0.5), .num(2e-4), .num(1000), .num(1.5e10), .num(0), .num(10.25),
      ])
    #expect(kinds("9223372036854775807 9223372036854775808") == [.int(.max), .minimumMagnitude])
    #expect(kinds("0x7fffffffffffffff") == [.int(.max)])
    #expect(kinds("5e-324 1e-999") == [.num(.leastNonzeroMagnitude), .num(0)])
    #expect(kinds("0..10") == [.int(0), .symbol(.range), .int(10)])
    #expect(kinds("1.5..2") == [.num(1.5), .symbol(.range), .int(2)])
  }

  @Test func shapesAreOneToken() {
    #expect(
      kinds("3x64x64 64x64 1x0 10_0x2") == [
        .shape([3, 64, 64]), .shape([64, 64]), .shape([1, 0]), .shape([100, 2]),
      ])
    #expect(kinds("3 x64") == [.int(3), .name])
    #expect(kinds("0x64") == [.int(100)])
    #expect(message("2x") == "E-syntax: `2x` is neither a number nor a shape")
    #expect(
      message("99999999999999999999x2")
        == "E-syntax: the size `99999999999999999999` is larger than the largest int")
  }

  @Test func strings() {
    #expect(
      kinds(#""a" 'b"' "" '' "é😀""#) == [
        .string("a"), .string("b\""), .string(""), .string(""), .string("é😀"),
      ])
    #expect(
      kinds(#""\n\t\r\\\"\'\0\x41\u00e9\U0001F600\a\b\f\v""#) == [
        .string("\n\t\r\\\"'\0A\u{e9}\u{1F600}\u{7}\u{8}\u{c}\u{b}")
      ])
    #expect(
      kinds(#"r"\d\n" r'a\'b' r"\\""#) == [.string("\\d\\n"), .string("a\\'b"), .string("\\\\")])
    #expect(
      kinds("\"\"\"a\n\"b\"\n\"\"\" r\"\"\"\\d\"\"\"") == [.string("a\n\"b\"\n"), .string("\\d")])
    #expect(kinds("\"a\\\nb\"") == [.string("ab")])
    #expect(kinds("\"# no comment\"") == [.string("# no comment")])
  }

  @Test func interpolationHoldsValuesAndFormats() {
    #expect(tree(#"f"{i:6} {x.mean():.3f}""#) == #"f"{i:6} {x.mean():.3f}""#)
    #expect(tree(#"f"{{{x}}}""#) == #"f"{{{x}}}""#)
    #expect(tree(#"f"{r["a"]} {f"{y}"}""#) == #"f"{r["a"]} {f"{y}"}""#)
    #expect(tree(#"f"{x:>{w}.{p}f}""#) == #"f"{x:>{w}.{p}f}""#)
    #expect(tree(#"f"{x[1:2]:3}{(a=1).a}""#) == #"f"{x[1:2]:3}{(a=1,).a}""#)
    #expect(tree("f\"\"\"{\nx\n}\n\"\"\"") == "f\"{x}\\n\"")
    #expect(tree(#"f"{x == 1}{[y => y]}""#) == #"f"{(x == 1)}{[((y) => { y })]}""#)
    #expect(tree("f''") == "f\"\"")
  }

  @Test func wordsAreNamesBehindAPoint() {
    #expect(
      kinds("in x.in True None") == [
        .word(.in), .name, .symbol(.dot), .name, .word(.true), .word(.none),
      ])
    #expect(kinds("_a1 A inn trueish") == [.name, .name, .name, .name])
  }

  @Test func aNewlineEndsAStatementUnlessMoreIsSaid() {
    #expect(kinds("a\nb") == [.name, .newline, .name])
    #expect(kinds("a\n\n \n# c\nb\n") == [.name, .newline, .name, .newline])
    for (first, second) in [("(", ")"), ("[", "]")] {
      #expect(!kinds("\(first)a\n\(second)").contains(.newline))
      #expect(kinds("\(first){\na\n}\(second)").filter { $0 == .newline }.count == 2)
    }
    for end in [
      "+", "-", "*", "/", "//", "%", "@", "**", "==", "!=", "<", "<=", ">", ">=", "&", "|", ",",
      "=", "=>", "|>", "..", "+=", "-=", "*=", "/=", "//=", "**=", " and", " or", " in", " by",
    ] {
      #expect(!kinds("a\(end)\nb").contains(.newline), "\(end)")
      #expect(!kinds("a\(end)  # comment\nb").contains(.newline), "\(end)")
    }
    for end in [" not", "]", ")", "~", ".", ":", " else"] {
      #expect(kinds("a\(end)\nb".filter { $0 != "]" && $0 != ")" }).contains(.newline), "\(end)")
    }
  }

  @Test func everySymbolIsRead() {
    for symbol in Symbol.allCases
    where symbol.closer == nil && ![")", "]", "}"].contains(symbol.rawValue) {
      #expect(kinds("a \(symbol.rawValue) b") == [.name, .symbol(symbol), .name])
    }
    #expect(kinds("([{}])").count == 6)
  }

  @Test func commentsAreLeftOut() {
    #expect(kinds("# a\n#| key: value\n# %% Title\n#!x\na # b") == [.name])
    #expect(kinds("a #=> 3") == [.name, .check(Span(6, 7))])
  }

  @Test func theFirstErrorInTheTextIsReported() {
    #expect(tree("a b\n\"open") == "E-syntax: `a` is followed by `b` without an operator")
    #expect(tree("a = 1\n\"open\nb c") == "E-syntax: the string is not closed")
  }

  @Test func bytesThatAreNoTextAreDiagnosed() {
    func message(_ bytes: [UInt8]) -> String? {
      var lexer = Lexer(Source(name: "test", text: bytes))
      lexer.run()
      return lexer.error.map(Renderer.line)
    }
    #expect(message([0xFF]) == "E-syntax: the byte 0xFF is not UTF-8")
    #expect(message([34, 0xC3, 34]) == "E-syntax: the byte 0xC3 is not UTF-8")
    #expect(message([35, 0xE2, 0x82]) == "E-syntax: the byte 0xE2 is not UTF-8")
    #expect(message([34, 0xED, 0xA0, 0x80, 34]) == "E-syntax: the byte 0xED is not UTF-8")
    #expect(message([0xF5, 0x80]) == "E-syntax: the byte 0xF5 is not UTF-8")
    #expect(message([0]) == "E-syntax: a NUL byte (0x00) is not allowed in a program")
    #expect(message([34, 0, 34]) == "E-syntax: a NUL byte (0x00) is not allowed in a program")
    #expect(message([35, 0]) == "E-syntax: a NUL byte (0x00) is not allowed in a program")
    #expect(message([1]) == "E-syntax: a control character (0x01) is not allowed in a program")
  }
}
