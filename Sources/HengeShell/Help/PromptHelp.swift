// SPDX-License-Identifier: MIT
internal import CHengeEditor
internal import Glibc
public import HengeLanguage

/// What a prompt needs of the world to help.
enum PromptHelp {
  /// How wide a page may be: as the terminal, but no wider than is read with ease.
  static var width: Int {
    var columns: Int32 = 0
    var rows: Int32 = 0
    henge_terminal_size(&columns, &rows)
    return min(100, columns > 0 ? Int(columns) : 80)
  }

  /// Whether an entry is one of the words with which other prompts are left, and no name here.
  static func isFarewell(_ entry: String, in interpreter: Interpreter) -> Bool {
    let word = entry.filter { !$0.isWhitespace }
    let bare = word.hasSuffix("()") ? String(word.dropLast(2)) : word
    return ["quit", "exit"].contains(bare) && interpreter[bare] == nil
  }

  /// The lesson that an entry asks for with the word `lesson`, unless that is a name here.
  ///
  /// It is empty for the list of lessons.
  static func lesson(_ entry: String, in interpreter: Interpreter) -> String? {
    let words = entry.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first, ["lesson", "lessons"].contains(first), words.count <= 2,
      interpreter[first] == nil,
      words.last.map({ $0.allSatisfy { $0.isLetter || $0.isNumber } })
        ?? false
    else { return nil }
    return words.count == 2 ? words[1] : ""
  }

  /// The question that an entry is, if nothing of the session has its name.
  static func request(_ entry: String, in interpreter: Interpreter) -> HelpRequest? {
    HelpRequest(entry: entry) { interpreter[$0] != nil }
  }
}

extension Assistance {
  /// Completion and hints from the declarations and values of a session.
  ///
  /// Relative file names are in `workingFolder`; `commands` are the names after `:`.
  public init(
    _ interpreter: Interpreter, workingFolder: @autoclosure @escaping () -> String,
    commands: [String]
  ) {
    let completion = PromptCompletion(
      interpreter, workingFolder: workingFolder(), commands: commands)
    self.init(
      completions: completion.completions, hint: completion.hint,
      highlights: completion.highlights)
  }
}

extension Help {
  /// Help with the keys that the editor binds.
  public init(atPromptOf interpreter: Interpreter, commands: [Entry]) {
    self.init(interpreter, keys: KeyCommand.table, commands: commands)
  }
}
