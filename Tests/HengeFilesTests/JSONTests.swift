// SPDX-License-Identifier: MIT
import HengeFiles
import Testing

@Suite struct JSONTests {
  func mistake(_ text: String) -> String { mistake(Array(text.utf8)) }

  func mistake(_ bytes: [UInt8]) -> String {
    do throws(JSON.Mistake) {
      return "no mistake: \(try JSON(parsing: bytes))"
    } catch {
      return "\(error.reason) at \(error.offset)"
    }
  }

  @Test func everyKindOfValueIsRead() throws {
    let text =
      #" {"a": [1, -2.5e3, 0, 9223372036854775808], "b": {}, "c": [true, false, null, ""]} "#
    #expect(
      try JSON(parsing: text.utf8)
        == .object([
          .init("a", .array([.integer(1), .number(-2500), .integer(0), .number(0x1p63)])),
          .init("b", .object([])),
          .init("c", .array([.bool(true), .bool(false), .null, .string("")])),
        ]))
  }

  @Test func escapesAreCharacters() throws {
    let text = #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00é""#
    #expect(try JSON(parsing: text.utf8) == .string("\"\\/\u{8}\u{C}\n\r\té\u{1F600}é"))
    #expect(
      JSON.string("\"\\/\u{8}\u{C}\n\r\té\u{1F600}\u{1F}").text
        == #""\"\\/\b\f\n\r\té😀\u001f""#)
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let value = JSON.object([
      .init("x", .array([.integer(-3), .number(0.1), .null])), .init("", .bool(false)),
    ])
    #expect(value.text == #"{"x":[-3,0.1,null],"":false}"#)
    #expect(try JSON(parsing: value.text.utf8) == value)
  }

  @Test func anythingElseIsAMistakeWithItsPlace() {
    #expect(mistake("") == "expected a value at 0")
    #expect(mistake("{") == "expected a name in quotes at 1")
    #expect(mistake("[1,]") == "expected a value at 3")
    #expect(mistake("[1 2]") == "expected a comma or ] at 3")
    #expect(mistake("{\"a\" 1}") == "expected a colon at 5")
    #expect(mistake("{\"a\":1,\"a\":2}") == "expected each name once, not \"a\" again at 7")
    #expect(mistake("01") == "expected a value at 0")
    #expect(mistake("1.") == "expected a digit at 2")
    #expect(mistake("1e999") == "expected a finite number at 5")
    #expect(mistake("NaN") == "expected a value at 0")
    #expect(mistake("1 2") == "expected the end of the text at 2")
    #expect(mistake("\"a") == "expected a closing quote at 2")
    #expect(mistake("\"\n\"") == "expected no control character in a string at 1")
    #expect(mistake("\"\\x\"") == "expected an escape that JSON has at 2")
    #expect(mistake("\"\\ud800\"") == "expected the second half of a surrogate pair at 7")
    #expect(mistake("\"\\u00g0\"") == "expected four hexadecimal digits at 3")
    #expect(mistake([0x22, 0xFF, 0x22]) == "expected valid UTF-8 at 1")
    #expect(
      mistake(String(repeating: "[", count: 100_000))
        == "expected less than 128 levels of nesting at 129")
  }
}
