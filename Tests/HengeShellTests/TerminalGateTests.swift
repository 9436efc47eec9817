// SPDX-License-Identifier: MIT
import Testing

@testable import HengeShell

@Suite struct TerminalGateTests {
  /// Bytes of every kind, those that begin commands more often than the others.
  private func randomBytes(_ random: inout SplitMix) -> [UInt8] {
    let commands: [UInt8] = [
      0x1B, 0x9B, 0x5B, 0x5D, 0x6D, 0x07, 0x7F, 0xC2, 0xE2, 0x80, 0xAE, 0x0D,
    ]
    return (0..<Int(random.next() % 40)).map { _ in
      let choice = random.next()
      return choice % 2 == 0
        ? UInt8(truncatingIfNeeded: choice >> 8) : commands[Int(choice >> 8) % commands.count]
    }
  }

  private struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return (z ^ (z >> 31)) >> 1
    }
  }

  @Test func noBytesGetAControlCodeThrough() {
    var random = SplitMix(state: 1)
    for _ in 0..<20_000 {
      let text = String(decoding: randomBytes(&random), as: UTF8.self)
      let safe = TerminalGate.safe(text)
      let codes = safe.unicodeScalars.filter { scalar in
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\t")
          || (0x7F..<0xA0).contains(scalar.value)
          || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
      }
      #expect(codes.isEmpty, "\(text.debugDescription)")
    }
  }

  @Test func withColoursOnlySequencesThatColourGetThrough() {
    var random = SplitMix(state: 2)
    for _ in 0..<20_000 {
      let text = String(decoding: randomBytes(&random), as: UTF8.self)
      let pieces = TerminalGate.safe(text, keepsColours: true)
        .split(separator: "\u{1B}", omittingEmptySubsequences: false).dropFirst()
      for piece in pieces {
        let isColour = piece.wholeMatch(of: /\[[0-9;]*m[^\u{7}]*/.dotMatchesNewlines()) != nil
        #expect(isColour, "\(text.debugDescription)")
      }
    }
  }

  @Test func whatIsHiddenIsWrittenOut() {
    #expect(TerminalGate.safe("a\u{1B}[31mb\r\n\tc") == "a\\x1b[31mb\\r\n\tc")
    #expect(
      TerminalGate.safe("\u{9B}2J \u{7F} \u{202E}txt \u{E0041}")
        == "\\x9b2J \\x7f \\u202etxt \\U000e0041")
    #expect(TerminalGate.safe("é 漢字 👩\u{200D}🎨 ▀ ⠿") == "é 漢字 👩\u{200D}🎨 ▀ ⠿")
  }

  @Test func coloursOfTheShellStay() {
    #expect(
      TerminalGate.safe("\u{1B}[31;1mE\u{1B}[0m \u{1B}]0;x\u{7}\u{1B}[2J", keepsColours: true)
        == "\u{1B}[31;1mE\u{1B}[0m \\x1b]0;x\\x07\\x1b[2J")
  }
}
