// SPDX-License-Identifier: MIT

extension Habits {
  /// What to write instead of a line of IPython such as `%timeit f(x)`.
  static func magic(_ parser: Parser) -> String {
    var name = parser.index
    while parser.tokens[name].kind == .symbol(.percent) { name += 1 }
    let rest = restOfLine(parser, behind: name)
    return switch parser.text(parser.tokens[name]) {
    case "timeit" where !rest.isEmpty: "bench { \(rest) }"
    case "time" where !rest.isEmpty: "time { \(rest) }"
    case "run", "load": "run(\"\(rest.isEmpty ? "f.henge" : rest)\")"
    case "who", "whos": "who()"
    case "pwd", "cd": ":pwd at the prompt"
    case "ls": "files(\".\")"
    case "reset": "drop(\"x\")"
    case "history", "hist": "the key Up at the prompt, or Ctrl-R"
    case "matplotlib", "pylab", "load_ext", "autoreload", "config":
      "delete this line: it is not needed"
    default: "`:` commands at the prompt, as :time"
    }
  }

  /// Programs of a system's shell, with what to write here; `§` is the rest of the line.
  private static let programs: [String: String] = [
    "mkdir": "!mkdir § at the prompt", "rm": "!rm § at the prompt", "cp": "!cp § at the prompt",
    "mv": "!mv § at the prompt", "cat": "!cat § at the prompt", "less": "!less § at the prompt",
    "git": "!git § at the prompt", "python": "!python § at the prompt",
    "python3": "!python3 § at the prompt", "pip": "nothing: everything is built in",
    "conda": "nothing: everything is built in", "touch": "!touch § at the prompt",
    "grep": "!grep § at the prompt", "find": "!find § at the prompt", "wc": "!wc § at the prompt",
    "unzip": "!unzip § at the prompt", "tar": "!tar § at the prompt",
    "wget": "!wget § at the prompt", "curl": "!curl § at the prompt",
    "vim": "!vim § at the prompt", "nano": "!nano § at the prompt", "ls": "!ls § at the prompt",
    "man": "?§ at the prompt", "help": "?§ at the prompt", "run": "run(\"§\")",
    "source": "run(\"§\")", "sh": "!sh § at the prompt", "bash": "!bash § at the prompt",
    "cd": "paths from where henge was started; :pwd at the prompt shows it",
  ]

  /// `mkdir out`: a program of the shell, and what it is given.
  static func program(_ parser: Parser) -> Diagnostic? {
    let first = parser.tokens[parser.statementStart]
    guard first.kind == .name, let instead = programs[parser.text(first)] else { return nil }
    let rest = restOfLine(parser, behind: parser.statementStart)
    let suggestion = instead.split(separator: "§", omittingEmptySubsequences: false)
      .joined(separator: rest)
    return wrong(
      parser, "`\(parser.text(first))` is a program of the system's shell, not of henge",
      suggestion, at: first.span)
  }

  /// The text behind a token up to the end of its line, without white space around it.
  private static func restOfLine(_ parser: Parser, behind token: Int) -> String {
    var end = token
    while parser.tokens[end].kind != .newline, parser.tokens[end].kind != .end { end += 1 }
    let start = parser.tokens[token].span.end
    let text = parser.source.text(Span(start, max(start, parser.tokens[end].span.start)))
    return parser.shortened(text.split(separator: " ").joined(separator: " "))
  }
}
