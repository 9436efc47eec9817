// SPDX-License-Identifier: MIT
internal import HengeSession

extension KeyCommand {
  /// What it does, for `?keys`.
  var summary: String {
    switch self {
    case .enter: "runs the entry when it is complete, else begins another line"
    case .newline: "begins another line in any case"
    case .up: "a line up in the entry, then back in the history"
    case .down: "a line down in the entry, then on in the history"
    case .previous: "the entry before, of those that begin as what is typed"
    case .next: "the entry behind, of those that begin as what is typed"
    case .oldest: "the first entry of the history"
    case .newest: "back to what was being typed"
    case .lineStart: "to the beginning of the line"
    case .lineEnd: "to the end of the line"
    case .left: "a character to the left"
    case .right: "a character to the right"
    case .wordLeft: "a word to the left"
    case .wordRight: "a word to the right"
    case .deleteNext: "deletes the character under the cursor"
    case .deleteOrLeave: "deletes the character under the cursor; on an empty entry, leaves"
    case .killToLineEnd: "cuts to the end of the line"
    case .killLine: "cuts the line"
    case .killWordBefore: "cuts the word before the cursor"
    case .killWordBehind: "cuts the word behind the cursor"
    case .yank: "inserts what was cut last"
    case .yankOlder: "right behind that: what was cut before it"
    case .undo: "undoes the last change"
    case .paste: "what a terminal sends for a paste: it is one edit and never runs by itself"
    case .searchBackward: "searches the history while you type"
    case .searchForward: "searches on towards the newest entry"
    case .complete: "completes a name, member, argument or file; lists where there are several"
    case .editOutside: "opens the entry in $EDITOR"
    case .closeBrace: "closes a block, indented as it began"
    case .clear: "clears the screen"
    }
  }

  /// The keys that are bound to it, as people name them; none for what no key says.
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
      Help.Entry("Ctrl-C", "gives the entry up; stops what runs, never the session"),
      Help.Entry("Ctrl-Z", "stops henge as any program; fg goes on"),
    ]
  }
}
