// SPDX-License-Identifier: MIT
import HengeBackend
import HengeLanguage
import HengeTestSupport
import Testing

@testable import HengeReports

@Suite struct RunLogTests {
  private let budget = MemoryBudget(limit: 100_000_000)
  private let circumstances = RunCircumstances(
    version: "1", processor: "p", seed: .max, parameters: ["n": "3", "a": "\"x\""], stepLimit: 2,
    source: "abc")

  private func text() throws -> String {
    let picture = PixelDisplay(height: 2, width: 1, channels: 3, bytes: [1, 2, 3, 4, 5, 6])
    let rows = [
      RunLog.Row(
        cell: 1, line: 3, isVolatile: false,
        output: OutputRecord(.text, hash: "h", text: "a\n\"b\"")),
      RunLog.Row(
        cell: 2, line: 9, isVolatile: true,
        output: OutputRecord(.picture, hash: "k", text: "image", picture: picture)),
    ]
    let lines =
      try [RunLog.line(circumstances)] + rows.map { try RunLog.line($0, budget: budget) }
      + [RunLog.line(ending: "finished")]
    return lines.map { $0 + "\n" }.joined()
  }

  @Test func `a record reads back as it was written`() throws {
    let log = try RunLog(parsing: Array(text().utf8), name: "f.log", budget: budget)
    #expect(log.circumstances == circumstances)
    #expect(log.rows.map(\.cell) == [1, 2])
    #expect(log.rows[0].output.text == "a\n\"b\"")
    #expect(log.rows[1].isVolatile)
    #expect(log.rows[1].output.picture?.bytes == [1, 2, 3, 4, 5, 6])
    #expect(log.ending == "finished")
  }

  @Test func `a record that was cut ends with its last whole line`() throws {
    let bytes = Array(try text().utf8)
    for count in 0..<bytes.count {
      // Wherever it ends, it is a part of the record or refused.
      guard
        let log = try? RunLog(parsing: Array(bytes[..<count]), name: "f.log", budget: budget)
      else { continue }
      #expect(log.rows.count <= 2 && log.ending == nil)
    }
    let whole = try RunLog(parsing: bytes.dropLast(1) + [], name: "f.log", budget: budget)
    #expect(whole.rows.count == 2 && whole.ending == nil)
  }

  @Test(arguments: ["", "\n", "{}\n", "no\n", "[1]\n"])
  func `what is no record is refused`(_ text: String) {
    #expect {
      try RunLog(parsing: Array(text.utf8), name: "f.log", budget: budget)
    } throws: { ($0 as? Diagnostic)?.code == "E-file" }
  }
}
