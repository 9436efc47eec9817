// SPDX-License-Identifier: MIT

/// What a key does that libedit has no command for, or another one than henge wants.
///
/// Keys that a terminal sends as a sequence of several characters arrive at libedit as one: the
/// control character 0x80 + the command's number, which no keyboard sends. So vi's Escape and an
/// arrow key are never mistaken for each other.
enum KeyCommand: Int, CaseIterable {
  case enter, newline, up, down, previous, next, oldest, newest
  case lineStart, lineEnd, left, right, wordLeft, wordRight
  case deleteNext, deleteOrLeave, killToLineEnd, killLine, killWordBefore, killWordBehind
  case yank, yankOlder, undo, paste, searchBackward, searchForward
  case complete, editOutside, closeBrace, clear

  /// The private character that represents it.
  var character: UInt32 { 0x80 + UInt32(rawValue) }

  init?(character: UInt32) {
    guard character >= 0x80 else { return nil }
    self.init(rawValue: Int(character) - 0x80)
  }

  /// The command of libedit that does it.
  var libeditName: String? {
    switch self {
    case .left: "ed-prev-char"
    case .wordLeft: "ed-prev-word"
    case .deleteNext: "ed-delete-next-char"
    default: nil
    }
  }

  /// The keys that are emacs's, and a user's `~/.editrc` may bind otherwise.
  static let emacsKeys: [(String, KeyCommand)] = [
    ("^A", .lineStart), ("^E", .lineEnd), ("^F", .right), ("^[f", .wordRight),
    ("^K", .killToLineEnd), ("^U", .killLine),
    ("^W", .killWordBefore), ("^[^H", .killWordBefore), ("^[^?", .killWordBefore),
    ("^[d", .killWordBehind), ("^Y", .yank), ("^[y", .yankOlder), ("^_", .undo), ("^X^U", .undo),
    ("^P", .previous), ("^N", .next), ("^[<", .oldest), ("^[>", .newest), ("^L", .clear),
    ("^X^E", .editOutside), ("}", .closeBrace), ("^S", .searchForward),
  ]

  /// The keys that the prompt requires, whatever `~/.editrc` binds.
  static let mandatoryKeys: [(String, KeyCommand)] = [
    ("^M", .enter), ("^J", .enter), ("^I", .complete), ("^D", .deleteOrLeave),
    ("^R", .searchBackward),
  ]

  /// The keys of vi's command mode.
  static let viKeys: [(String, KeyCommand)] = [
    ("k", .up), ("j", .down), ("/", .searchBackward), ("v", .editOutside), ("^M", .enter),
    ("^J", .enter), ("^D", .deleteOrLeave),
  ]

  /// The keys of libedit's own command line, which crashes on an empty one: emacs's, and those of
  /// vi's command mode.
  static let forbiddenKeys = ["^[x", "^[X"]
  static let forbiddenViKeys = [":"]

  /// What follows Escape in the sequences that terminals send.
  static let sequences: [String: KeyCommand] = [
    "[A": .up, "OA": .up, "[B": .down, "OB": .down,
    "[C": .right, "OC": .right, "[D": .left, "OD": .left,
    "[H": .lineStart, "OH": .lineStart, "[1~": .lineStart, "[7~": .lineStart,
    "[F": .lineEnd, "OF": .lineEnd, "[4~": .lineEnd, "[8~": .lineEnd,
    "[3~": .deleteNext, "[1;5D": .wordLeft, "[1;5C": .wordRight, "[1;3D": .wordLeft,
    "[1;3C": .wordRight, "Od": .wordLeft, "Oc": .wordRight, "[5~": .previous, "[6~": .next,
    "[200~": .paste, "\r": .newline, "\n": .newline, "[13;2u": .newline, "[27;2;13~": .newline,
  ]
}
