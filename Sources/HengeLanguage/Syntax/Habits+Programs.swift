// SPDX-License-Identifier: MIT

extension Habits {
  /// What to write instead of a line of IPython such as `%timeit f(x)`.
  static func magic(_ parser: Parser) -> String {
    var name = parser.index
    while name < parser.tokens.count - 1, parser.tokens[name].kind == .symbol(.percent) {
      name += 1
    }
    let rest = restOfLine(parser, behind: name)
    return switch parser.text(parser.tokens[name]) {
    case "timeit" where !rest.isEmpty: "bench { \(rest) }"
    case "time" where !rest.isEmpty: "time { \(rest) }"
    case "run", "load": "run(\"\(rest.isEmpty ? "f.henge" : rest)\")"
    case "who", "whos": "who()"
    case "pwd": ":pwd at the prompt"
    case "cd": ":cd \(rest.isEmpty ? "folder" : rest) at the prompt"
    case "debug", "pdb": ":where at the prompt"
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
    "cd": ":cd § at the prompt", "head": "!head § at the prompt", "tail": "!tail § at the prompt",
    "which": "!which § at the prompt", "sudo": "!sudo § at the prompt",
    "chmod": "!chmod § at the prompt", "kill": "!kill § at the prompt",
    "ssh": "!ssh § at the prompt", "scp": "!scp § at the prompt", "make": "!make § at the prompt",
    "htop": "!htop § at the prompt", "top": "!top § at the prompt", "df": "!df § at the prompt",
    "du": "!du § at the prompt", "tree": "!tree § at the prompt",
    "tmux": "!tmux § at the prompt", "screen": "!screen § at the prompt",
    "free": "!free § at the prompt", "uname": "!uname § at the prompt",
    "zip": "!zip § at the prompt", "diff": "!diff § at the prompt",
    "sort": "!sort § at the prompt", "rsync": "!rsync § at the prompt",
    "emacs": "!emacs § at the prompt", "code": "!code § at the prompt", "ps": "!ps § at the prompt",
    "ll": "!ls -l § at the prompt",
    "echo": "print(\"§\")",
  ]

  /// Commands of MATLAB and Octave, with what to write here.
  private static let commands: [String: String] = [
    "hold": "plot([1, 2], [2, 1]): one call draws several lines",
    "close": "delete this line: it is not needed", "format": "f\"{pi:.3f}\"",
    "more": "delete this line: it is not needed", "pkg": "nothing: everything is built in",
    "warning": "delete this line: it is not needed",
    "axis": "delete this line: axes fit what is drawn",
  ]

  /// The hint for the name of a program that stands alone: `htop`.
  static func hint(forProgram name: String) -> String? {
    programs[name].map {
      $0.split(separator: " ").filter { $0 != "§" }.joined(separator: " ")
    }
  }

  /// `mkdir out`: a program of the shell, and what it is given.
  static func program(_ parser: Parser) -> Diagnostic? {
    let first = parser.tokens[parser.statementStart]
    guard first.kind == .name else { return nil }
    if let instead = commands[parser.text(first)] {
      return wrong(
        parser, "`\(parser.text(first))` is a command of MATLAB, not of henge", instead,
        at: first.span)
    }
    guard let instead = programs[parser.text(first)] else { return nil }
    let rest = restOfLine(parser, behind: parser.statementStart)
    let suggestion = instead.split(separator: "§", omittingEmptySubsequences: false)
      .joined(separator: rest)
    return wrong(
      parser, "`\(parser.text(first))` is a program of the system's shell, not of henge",
      suggestion, at: first.span)
  }

  /// `df -h`, an expression here, for the name at `span` that begins its line: the hint for the program
  /// with its options.
  static func program(in source: Source, at span: Span) -> String? {
    guard let instead = programs[source.text(span)] else { return nil }
    let line = source.position(of: span.start).line
    let start = source.lineStarts[line - 1]
    let end = line < source.lineStarts.count ? source.lineStarts[line] - 1 : source.bytes.count
    let rest = source.text(Span(span.end, max(span.end, end)))
    guard source.text(Span(start, span.start)).allSatisfy({ $0 == " " }), rest.hasPrefix(" -"),
      rest.utf8.count <= 60, rest.dropFirst(2).first?.isLetter == true
    else { return nil }
    let options = String(rest.split(separator: " ").joined(separator: " "))
    return instead.split(separator: "§", omittingEmptySubsequences: false)
      .joined(separator: options)
  }

  /// `tail -f log.txt` or `find . -name x`: a program of the shell, and what begins as no value after an
  /// operator does.
  static func programWithOptions(_ parser: Parser) -> Diagnostic? {
    let start = parser.statementStart
    guard start + 2 < parser.tokens.count, parser.index > start + 1 else { return nil }
    let (first, second) = (parser.tokens[start], parser.tokens[start + 1])
    guard first.kind == .name, programs[parser.text(first)] != nil,
      second.span.start > first.span.end
    else { return nil }
    let isClose = parser.tokens[start + 2].span.start == second.span.end
    guard second.kind == .symbol(.dot) || second.kind == .symbol(.minus) && isClose else {
      return nil
    }
    return program(parser)
  }

  /// `cd ..`, `cd -` or `ls *`: a program of the shell and a path that would be an operator here, whose
  /// right side is missing.
  static func programWithPath(_ parser: Parser) -> Diagnostic? {
    let statement = parser.tokens[parser.statementStart...].dropLast()
    guard statement.count == 2, let first = statement.first, let path = statement.last,
      path.span.start > first.span.end, case .symbol = path.kind
    else { return nil }
    return program(parser)
  }

  /// The text behind a token up to the end of its line, without white space around it.
  private static func restOfLine(_ parser: Parser, behind token: Int) -> String {
    var end = token
    // What is no token ends the tokens.
    let last = parser.tokens.count - 1
    while end < last, parser.tokens[end].kind != .newline, parser.tokens[end].kind != .end {
      end += 1
    }
    let start = parser.tokens[token].span.end
    let text = parser.source.text(Span(start, max(start, parser.tokens[end].span.start)))
    return parser.shortened(text.split(separator: " ").joined(separator: " "))
  }
}
