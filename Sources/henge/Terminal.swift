// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeImage
internal import HengeLanguage
internal import HengeShell

/// The environment variables that describe the terminal.
func terminalEnvironment() -> [String: String] {
  var environment: [String: String] = [:]
  for name in TerminalCapabilities.variables {
    if let text = getenv(name) { environment[name] = String(cString: text) }
  }
  return environment
}

/// What `console` can display, with images in the style chosen on the command line.
func capabilities(of console: Console, pictures: String) -> TerminalCapabilities {
  var capabilities =
    console.isTerminal
    ? TerminalCapabilities(terminalOf: terminalEnvironment(), columns: console.columns ?? 80)
    : TerminalCapabilities()
  _ = capabilities.choosePictures(pictures)
  return capabilities
}

extension Pixels {
  /// The pixels of an image that the language displays.
  init(_ picture: PixelDisplay) {
    self.init(
      height: picture.height, width: picture.width, channels: picture.channels,
      bytes: picture.bytes)
  }
}
