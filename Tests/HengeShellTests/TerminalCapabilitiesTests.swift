// SPDX-License-Identifier: MIT
import Testing

@testable import HengeShell

@Suite struct TerminalCapabilitiesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let environment: [String: String]
    let colours: TerminalCapabilities.Colours
    let pictures: PictureStyle
    var testDescription: String {
      environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
  }

  static let cases: [Case] = [
    Case(environment: [:], colours: .none, pictures: .none),
    Case(environment: ["TERM": "dumb", "COLORTERM": "truecolor"], colours: .none, pictures: .none),
    Case(environment: ["TERM": "vt100"], colours: .none, pictures: .ascii),
    Case(environment: ["TERM": "linux"], colours: .basic, pictures: .ascii),
    Case(environment: ["TERM": "xterm-256color"], colours: .indexed, pictures: .half),
    Case(environment: ["TERM": "xterm", "COLORTERM": "24bit"], colours: .direct, pictures: .half),
    Case(
      environment: ["TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"],
      colours: .none, pictures: .ascii),
    Case(
      environment: ["TERM": "xterm-256color", "NO_COLOR": ""], colours: .indexed, pictures: .half),
    Case(environment: ["TERM": "xterm-kitty"], colours: .direct, pictures: .kitty),
    Case(
      environment: ["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], colours: .indexed,
      pictures: .kitty),
    Case(
      environment: ["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1", "TMUX": "/tmp/t,1,0"],
      colours: .indexed, pictures: .half),
    Case(
      environment: ["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], colours: .indexed,
      pictures: .iterm),
    Case(
      environment: ["TERM": "xterm-256color", "LANG": "de_DE.ISO-8859-1"], colours: .indexed,
      pictures: .ascii),
  ]

  @Test(arguments: cases) func theEnvironmentTellsWhatATerminalShows(example: Case) {
    let capabilities = TerminalCapabilities(terminalOf: example.environment)
    #expect(capabilities.colours == example.colours)
    #expect(capabilities.pictures == example.pictures)
  }

  @Test func theUserHasTheLastWord() {
    var capabilities = TerminalCapabilities(terminalOf: ["TERM": "xterm-kitty"])
    let styles = ["half", "sixel", "auto"].map { name in
      let isKnown = capabilities.choosePictures(name)
      return "\(isKnown) \(capabilities.pictures.rawValue)"
    }
    #expect(styles == ["true half", "false half", "true kitty"])
  }

  @Test func aPipeIsEightyColumnsOfText() {
    let screen = Screen(TerminalCapabilities())
    #expect(screen.width == 80)
    #expect(screen.capabilities.pictures == .none)
    #expect(screen.capabilities.colours == .none)
  }

  @Test func echoesFollowTheWindowWithinReason() {
    func width(_ columns: Int) -> Int {
      Screen(TerminalCapabilities(terminalOf: ["TERM": "xterm"], columns: columns)).width
    }
    #expect([10, 60, 80, 100, 300].map(width) == [40, 60, 80, 100, 120])
  }
}
