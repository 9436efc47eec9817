// SPDX-License-Identifier: MIT

/// Whether a text can be run or needs more lines, for the prompt and for standard input.
public enum Completeness: Sendable {
  /// It is a program.
  case complete
  /// More lines can make it a program; the reason is a few words: "`(` is open".
  case incomplete(reason: String)
  /// No further line can.
  case invalid(Diagnostic)

  /// Judges `text`: an open bracket, brace or `"""` string and a line that ends in an operator
  /// ask for more.
  public static func of(_ source: Source) -> Completeness {
    var lexer = Lexer(source)
    lexer.run()
    var parser = Parser(lexer)
    do throws(Diagnostic) {
      _ = try parser.program()
      return .complete
    } catch {
      switch parser.kind {
      case .bad where lexer.isUnterminated: return .incomplete(reason: "a string is open")
      case .end:
        if let open = lexer.openBrackets.last {
          return .incomplete(reason: "`\(source.text(lexer.tokens[open].span))` is open")
        }
        if let habit = Habits.programWithPath(parser) { return .invalid(habit) }
        if lexer.tokens.count > 1 {
          let last = lexer.tokens[lexer.tokens.count - 2]
          if Operators.continuesLine(last.kind) {
            return .incomplete(reason: "the line ends in `\(source.text(last.span))`")
          }
        }
        return .invalid(error)
      default: return .invalid(error)
      }
    }
  }
}
