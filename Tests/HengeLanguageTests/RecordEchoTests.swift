// SPDX-License-Identifier: MIT
import HengeLanguage
import Testing

/// Numbers in the echo of a record.
@Suite struct RecordEchoTests {
  private func echo(_ value: Value) throws -> String {
    guard case .text(let text) = try value.displays(width: 80).first else { return "no text" }
    return text
  }

  @Test func `records show four digits, all before the decimal point`() throws {
    let inner = Value(fields: [("x", .num(0.123_456)), ("y", .num(123_456.789))])
    let record = Value(
      fields: [
        ("a", .num(0.396_071_255_207_061_77)), ("n", .int(1_234_567)), ("inner", inner),
        ("tiny", .num(1.234_56e-12)), ("none", .num(.nan)), ("far", .num(-.infinity)),
      ])
    let shown = try echo(record)
    for text in ["0.3961", "1234567", "1.235e-12", "nan", "-inf", "(x=0.1235, y=123457.0)"] {
      #expect(shown.contains(text), "\(shown)")
    }
    #expect(try echo(inner) == "(x=0.1235, y=123457.0)")
    let list = Value([.num(1.0 / 3), inner, .int(5)])
    let nested = Value(fields: [("b", list)])
    #expect(try echo(nested) == "(b=[0.3333, (x=0.1235, y=123457.0), 5])")
    let long = Value(fields: [("c", Value([Value](repeating: .num(0.123_456), count: 500)))])
    #expect(try !echo(long).contains("0.123456"))
    // A number alone and those of a list are whole, and so is the text of a record.
    #expect(try echo(.num(0.123_456)) == "0.123456")
    #expect(record.representation.contains("0.39607125520706177"))
  }
}
