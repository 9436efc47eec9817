// SPDX-License-Identifier: MIT
import Testing

@testable import HengeLanguage

/// A long text read part by part is the program that it is as a whole.
struct ParserPartsTests {
  private func whole(_ source: Source) -> String {
    do throws(Diagnostic) {
      return try Parser.parse(source).block.statements.map(TreePrinter.text)
        .joined(separator: "\n")
    } catch { return "\(error.code): \(error.message)" }
  }

  private func inParts(_ source: Source) -> String {
    do {
      var texts: [String] = []
      try Parser.parseInParts(source, longerThan: 0, tokens: 5).forEachStatement {
        texts.append(TreePrinter.text($0))
      }
      return texts.joined(separator: "\n")
    } catch let error as Diagnostic {
      return "\(error.code): \(error.message)"
    } catch { return "\(error)" }
  }

  @Test func partsMakeTheSameTreesAndTheSameErrors() {
    var dice = Dice(seed: 3)
    for seed in 1...600 {
      var text = ""
      for part in 0..<4 {
        var random = RandomProgram(dice: Dice(seed: UInt64(seed * 4 + part)))
        text += random.program() + "\n"
      }
      var bytes = Array(text.utf8)
      // Some of them with a mistake.
      if seed % 3 == 0, let place = bytes.indices.randomElement() {
        bytes[place] = UInt8(dice.roll(128))
      }
      let source = Source(name: "test", text: bytes)
      let expected = whole(source)
      #expect(inParts(source) == expected, "seed \(seed):\n\(text)")
      if inParts(source) != expected { break }
    }
  }

  @Test func documentationAndParametersAreThoseOfTheWhole() throws {
    let text = """
      ## What it does.

      param n = 3 "how many"
      x = [1,
        2, 3]
      if n > 2 { print("a") } else {
        print("b")
      }
      ## Doubles.
      fn twice(a) {
        a * 2
      }
      param m = 4 "more"; y = f"{n}, {m}"
      """
    let source = Source(name: "test", text: Array(text.utf8))
    let (parts, whole) = try (
      Parser.parseInParts(source, longerThan: 0, tokens: 1), Parser.parse(source)
    )
    #expect(parts.documentation == whole.documentation)
    #expect(parts.block.statements.count == 2)
    #expect(inParts(source) == self.whole(source))
    var documentation: String?
    try parts.forEachStatement { statement in
      if case .function(let literal, _) = statement.kind { documentation = literal.documentation }
    }
    #expect(documentation == "Doubles.")
  }

  @Test func memoryIsAskedForAndTheReadingCanBeStopped() {
    let source = Source(
      name: "test", text: Array(String(repeating: "x = 1\n", count: 100_000).utf8))
    var asked = 0
    #expect(throws: Diagnostic.self) {
      try Parser.parse(source) { (bytes) throws(Diagnostic) in
        asked += 1
        if asked == 3 { throw Diagnostic("E-interrupt", "stopped") }
      }
    }
    var most = 0
    _ = try? Parser.parse(source) { (bytes) throws(Diagnostic) in most = max(most, bytes) }
    #expect(most > 400_000 * 40)
    var part = 0
    _ = try? Parser.parseInParts(source, longerThan: 1000, tokens: 1 << 12) {
      (bytes) throws(Diagnostic) in part = max(part, bytes)
    }
    #expect(part < 1 << 20)
  }
}
