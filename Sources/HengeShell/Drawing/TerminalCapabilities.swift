// SPDX-License-Identifier: MIT

/// The way to draw images in a terminal.
public enum PictureStyle: String, Sendable, CaseIterable {
  /// Whole PNG files by kitty's graphics protocol.
  case kitty
  /// Whole PNG files by iTerm2's protocol.
  case iterm
  /// `▀` in two colors, two pixels per cell.
  case half
  /// A ramp of ASCII characters from dark to light.
  case ascii
  /// Not at all: an image is described in words.
  case none

  /// The values of `--images=` and `:set images`: a style's name, or `auto`.
  public static let choices = ["auto"] + allCases.map(\.rawValue)
}

/// The capabilities of the terminal, determined once at the start without querying it.
public struct TerminalCapabilities: Equatable, Sendable {
  /// The number of colors available for text.
  public enum Colours: Int, Comparable, Sendable {
    /// No escape sequences for color.
    case none
    /// The sixteen named colors.
    case basic
    /// 256 numbered ones.
    case indexed
    /// 24 bits.
    case direct

    /// Whether the first is the poorer.
    public static func < (a: Colours, b: Colours) -> Bool { a.rawValue < b.rawValue }
  }

  /// Whether results go to a terminal.
  public var isTerminal = false
  /// The colors available for results.
  public var colours = Colours.none
  /// How images are drawn unless the user chooses a style.
  public var automaticPictures = PictureStyle.none
  /// The style chosen by the user (`--images=`, `:set images`); `nil` is automatic.
  public var chosenPictures: PictureStyle?
  /// The width in characters.
  public var columns = 80
  /// The height in characters, where it is known.
  public var rows: Int?
  /// Whether it shows more than ASCII.
  public var isUnicode = true
  /// Whether the program runs in tmux, which passes unknown escape sequences on only when wrapped.
  public var isInTmux = false

  /// The style in which images are drawn.
  public var pictures: PictureStyle { chosenPictures ?? automaticPictures }

  /// The capabilities of a pipe or a file: text.
  public init() {}

  /// The capabilities of a terminal, derived from the environment variables.
  public init(terminalOf environment: [String: String], columns: Int = 80) {
    isTerminal = true
    self.columns = columns
    let name = environment["TERM"] ?? ""
    isInTmux = environment["TMUX"].map { !$0.isEmpty } ?? false
    let isPlain = TerminalCapabilities.plainNames.contains(name)
    isUnicode = !isPlain && !TerminalCapabilities.namesOtherCharacters(environment)
    colours = TerminalCapabilities.colours(environment, name)
    guard !isPlain else { return }
    automaticPictures = .ascii
    guard colours >= .indexed, isUnicode else { return }
    automaticPictures =
      isInTmux || name.hasPrefix("screen") || name.hasPrefix("tmux")
      ? .half
      : TerminalCapabilities.graphics(environment, name) ?? .half
  }

  /// Names of terminals that only print.
  private static let plainNames: Set<String> = ["", "dumb", "unknown", "emacs"]

  /// Prefixes of the names of terminals known to support 256 colors even if they do not declare it.
  private static let colourful = [
    "xterm", "screen", "tmux", "rxvt", "konsole", "gnome", "vte", "alacritty", "foot", "wezterm",
    "st-", "contour", "iterm", "mintty", "mlterm", "putty",
  ]

  private static func colours(_ environment: [String: String], _ name: String) -> Colours {
    if let refusal = environment["NO_COLOR"], !refusal.isEmpty { return .none }
    if plainNames.contains(name) { return .none }
    if let depth = environment["COLORTERM"], depth == "truecolor" || depth == "24bit" {
      return .direct
    }
    if name.hasSuffix("-direct") || name.contains("kitty") || name.contains("ghostty") {
      return .direct
    }
    if name.contains("256color") || colourful.contains(where: name.hasPrefix) { return .indexed }
    return name == "linux" || name.hasPrefix("ansi") ? .basic : .none
  }

  private static func graphics(_ environment: [String: String], _ name: String) -> PictureStyle? {
    if environment["KITTY_WINDOW_ID"] != nil || name == "xterm-kitty" || name == "xterm-ghostty" {
      return .kitty
    }
    switch environment["TERM_PROGRAM"] {
    case "ghostty": return .kitty
    case "iTerm.app", "WezTerm": return .iterm
    default: return nil
    }
  }

  /// Whether the locale names another encoding than UTF-8; one that names none is taken for UTF-8.
  private static func namesOtherCharacters(_ environment: [String: String]) -> Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    guard let dot = locale?.firstIndex(of: "."), let locale else { return false }
    let encoding = locale[locale.index(after: dot)...].lowercased()
    return !encoding.hasPrefix("utf-8") && !encoding.hasPrefix("utf8")
  }

  /// Selects the style `name` of ``PictureStyle/choices``; returns false if there is no such style.
  public mutating func choosePictures(_ name: String) -> Bool {
    let style = PictureStyle(rawValue: name)
    guard style != nil || name == "auto" else { return false }
    chosenPictures = style
    return true
  }

  /// The variables that ``init(terminalOf:columns:)`` looks at.
  public static let variables = [
    "TERM", "COLORTERM", "NO_COLOR", "TMUX", "KITTY_WINDOW_ID", "TERM_PROGRAM", "LC_ALL",
    "LC_CTYPE", "LANG",
  ]
}
