// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeImage
internal import HengeLanguage
internal import HengeShell

/// What the environment says of the terminal.
func terminalEnvironment() -> [String: String] {
  var environment: [String: String] = [:]
  for name in TerminalCapabilities.variables {
    if let text = getenv(name) { environment[name] = String(cString: text) }
  }
  return environment
}

/// What `console` can show, with pictures in the style that the command line asks for.
func capabilities(of console: Console, pictures: String) -> TerminalCapabilities {
  var capabilities =
    console.isTerminal
    ? TerminalCapabilities(terminalOf: terminalEnvironment(), columns: console.columns ?? 80)
    : TerminalCapabilities()
  _ = capabilities.choosePictures(pictures)
  return capabilities
}

extension Pixels {
  /// The picture that the language shows.
  init(_ picture: PixelDisplay) {
    self.init(
      height: picture.height, width: picture.width, channels: picture.channels,
      bytes: picture.bytes)
  }
}
