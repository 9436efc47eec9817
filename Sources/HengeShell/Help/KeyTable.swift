// SPDX-License-Identifier: MIT
internal import HengeSession

extension KeyCommand {
  /// What the key does, for `?keys`.
  var summary: String {
    switch self {
    case .enter: "run the entry if it is complete, else start a new line"
    case .newline: "start a new line"
    case .up: "up one line, then to the previous entry of the history"
    case .down: "down one line, then to the next entry of the history"
    case .previous: "previous entry that begins with the typed text"
    case .next: "next entry that begins with the typed text"
    case .oldest: "to the oldest entry of the history"
    case .newest: "back to the text being typed"
    case .lineStart: "to the beginning of the line"
    case .lineEnd: "to the end of the line, or of the suggestion of the history"
    case .left: "one character to the left"
    case .right: "one character to the right; at the end, take the suggestion"
    case .wordLeft: "one word to the left"
    case .wordRight: "one word to the right; at the end, a word of the suggestion"
    case .deleteNext: "delete the character under the cursor"
    case .deleteOrLeave: "delete the next character; quit if the entry is empty"
    case .killToLineEnd: "cut to the end of the line"
    case .killLine: "cut the line"
    case .killWordBefore: "cut the word before the cursor"
    case .killWordBehind: "cut the word after the cursor"
    case .yank: "paste the text cut last"
    case .yankOlder: "after that: replace it by the text cut before"
    case .undo: "undo the last change"
    case .paste: "bracketed paste of the terminal: one edit, never run automatically"
    case .searchBackward: "search the history while you type"
    case .searchForward: "search towards newer entries"
    case .complete: "complete a name, member, argument or file; list several candidates"
    case .editOutside: "edit the entry in $EDITOR"
    case .closeBrace: "close a block with the indentation of its beginning"
    case .clear: "clear the screen"
    }
  }

  /// The readable names of the keys bound to it; empty if no key is.
  private var keys: [String] {
    let bound = (KeyCommand.mandatoryKeys + KeyCommand.emacsKeys).filter { $0.1 == self }
    let sent = KeyCommand.sequences.filter { $0.value == self }.keys.compactMap(KeyCommand.keyName)
    let names = bound.map { KeyCommand.name(ofBinding: $0.0) }
    return (Set(sent).sorted() + names).unique.filter { $0 != "Ctrl-J" && $0 != "}" }
  }

  /// `Ctrl-A` for `^A`, `Alt-D` for `^[d`.
  private static func name(ofBinding binding: String) -> String {
    switch binding {
    case "^M": return "Enter"
    case "^I": return "Tab"
    case "^[^H", "^[^?": return "Alt-Backspace"
    default: break
    }
    var rest = binding[...]
    var parts: [String] = []
    while let first = rest.popFirst() {
      guard first == "^", let control = rest.popFirst() else {
        parts.append(parts.last == "Alt-" ? first.uppercased() : String(first))
        continue
      }
      parts.append(control == "[" ? "Alt-" : "Ctrl-\(control) ")
    }
    return parts.joined().trimmed
  }

  /// The key that sends a sequence, where it is one of those that every keyboard has.
  private static func keyName(_ sequence: String) -> String? {
    switch sequence {
    case "[A": "Up"
    case "[B": "Down"
    case "[C": "Right"
    case "[D": "Left"
    case "[H": "Home"
    case "[F": "End"
    case "[3~": "Delete"
    case "[5~": "Page-Up"
    case "[6~": "Page-Down"
    case "[1;5D": "Ctrl-Left"
    case "[1;5C": "Ctrl-Right"
    case "\r": "Alt-Enter"
    default: nil
    }
  }

  /// The table of `?keys`, from the bindings themselves.
  static var table: [Help.Entry] {
    let bound = allCases.compactMap { command in
      command.keys.isEmpty
        ? nil : Help.Entry(command.keys.joined(separator: " "), command.summary)
    }
    return bound + [
      Help.Entry("Ctrl-C", "discard the entry, or stop the running one; never ends the session"),
      Help.Entry("Ctrl-Z", "suspend henge; fg continues"),
    ]
  }
}
