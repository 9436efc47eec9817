// SPDX-License-Identifier: MIT

/// How pictures are drawn in a terminal.
public enum PictureStyle: String, Sendable, CaseIterable {
  /// Whole PNG files by kitty's graphics protocol.
  case kitty
  /// Whole PNG files by iTerm2's protocol.
  case iterm
  /// `▀` in two colours, two pixels a cell.
  case half
  /// A ramp of ASCII characters from dark to light.
  case ascii
  /// Not at all: a picture is described in words.
  case none

  /// What `--images=` and `:set images` take: a style's name, or `auto`.
  public static let choices = ["auto"] + allCases.map(\.rawValue)
}

/// What the terminal at the other end can show, found once at the start without asking it.
public struct TerminalCapabilities: Equatable, Sendable {
  /// How many colours text may have.
  public enum Colours: Int, Comparable, Sendable {
    /// No escape sequence is written for the sake of colour.
    case none
    /// The sixteen names of colours.
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
  /// The colours of results.
  public var colours = Colours.none
  /// How pictures are drawn unless the user says otherwise.
  public var automaticPictures = PictureStyle.none
  /// How the user wants them; `nil` leaves it to the terminal (`--images=`, `:set images`).
  public var chosenPictures: PictureStyle?
  /// The width in characters.
  public var columns = 80
  /// Whether it shows more than ASCII.
  public var isUnicode = true
  /// Whether tmux stands between, which passes foreign sequences on only when they are wrapped.
  public var isInTmux = false

  /// How pictures are drawn.
  public var pictures: PictureStyle { chosenPictures ?? automaticPictures }

  /// What a pipe or a file can show: text.
  public init() {}

  /// What a terminal can show, by what the environment says.
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

  /// Beginnings of the names of terminals known to have 256 colours whether or not they say so.
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

  /// Draws pictures as `name` of ``PictureStyle/choices`` says; whether it is one of them.
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
