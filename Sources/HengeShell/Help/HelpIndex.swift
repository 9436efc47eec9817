// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// All that help can be asked about by name.
struct HelpIndex {
  private let interpreter: Interpreter

  init(_ interpreter: Interpreter) { self.interpreter = interpreter }

  /// Pages that are no declaration's.
  static let pages = ["commands", "keys", "language"]

  /// The names in the order of a listing: of values, built-ins, words, groups, pages and errors.
  var names: [String] {
    let library = interpreter.library
    var names = interpreter.globals.map(\.name)
    names += library.builtins.map(\.name).filter { $0.utf8.first.map(isLetter) ?? false }
    names += SyntaxPage.all.flatMap(\.names).filter { $0.utf8.first.map(isLetter) ?? false }
    names += library.topics.map(\.name) + HelpIndex.pages
    return names.unique.sorted() + ErrorPage.all.map(\.code)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }
}
