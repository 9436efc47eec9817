// SPDX-License-Identifier: MIT
public import HengeLanguage

extension Assistance {
  /// Completion and hints from the declarations and values of a session.
  ///
  /// Relative file names are in `workingFolder`; `commands` are the names behind `:`.
  public init(_ interpreter: Interpreter, workingFolder: String, commands: [String]) {
    let completion = PromptCompletion(
      interpreter, workingFolder: workingFolder, commands: commands)
    self.init(completions: completion.completions, hint: completion.hint)
  }
}

extension Help {
  /// Help with the keys that the editor binds.
  public init(atPromptOf interpreter: Interpreter, commands: [Entry]) {
    self.init(interpreter, keys: KeyCommand.table, commands: commands)
  }
}
