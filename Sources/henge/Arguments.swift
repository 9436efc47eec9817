// SPDX-License-Identifier: MIT
internal import Glibc
internal import HengeBackend
internal import HengeDocuments
internal import HengeLanguage
internal import HengeShell

/// What the command line asks for.
struct Arguments {
  /// The commands; each file may be `-` for standard input.
  enum Command: Equatable {
    /// The prompt, or the program on standard input if that is not a terminal.
    case interact
    case evaluate(String)
    case run(String)
    case check(String)
    /// A document as a page; the page's path from `-o`.
    case render(String)
    /// A page computed again and compared.
    case verify(String)
    /// A document as a lesson in the terminal.
    case step(String)
    /// A lesson of henge by its number or name; none lists them.
    case lesson(String?)
    /// A document in another format.
    case convert(String, to: String)
    /// A kernel of Jupyter: served or installed.
    case kernel
    case explain(String)
    case reference(Reference)
    case version
    case help
  }

  /// What `henge reference` prints.
  enum Reference: String {
    case builtins
    case errors
    case options
  }

  var command = Command.interact
  /// `name=value` after a script: its `param`s.
  var parameters: [(name: String, value: String)] = []
  /// Further words after a script: its `args`.
  var words: [String] = []
  /// Whether `--help` followed a script: list its parameters instead of running it.
  var wantsScriptHelp = false
  var seed: UInt64?
  var threads: Int?
  var memory: Int?
  var outputFolder: String?
  var isQuiet = false
  /// The page that `render` writes.
  var pagePath: String?
  /// The cell before which `render` takes results from earlier runs.
  var firstCell: String?
  /// The file that keeps the outputs of a run.
  var recordPath: String?
  /// The record that a check compares with.
  var againstPath: String?
  /// The most steps that one call of a trainer makes.
  var stepLimit: Int?
  /// Whether `convert` runs the document, to put its outputs into the notebook.
  var wantsOutputs = false
  /// How images are drawn: one of ``PictureStyle/choices``.
  var pictures = "auto"
  /// Whether to open the prompt after the script, or without a terminal.
  var isInteractive = false
  /// Whether to recover the last session that was killed.
  var isRecovering = false
  var kernel = KernelOptions()

  /// An invalid command line: exit code 2.
  struct Misuse: Error {
    let message: String
    init(_ message: String) { self.message = message }
  }

  /// Reads `words`, the arguments without the program's name.
  init(_ words: [String]) throws(Misuse) {
    var reader = Reader(words: words)
    while let word = reader.next() { try take(word, &reader) }
    if reader.isScript, command == .interact {
      throw Misuse("no script file given; henge --help shows the usage")
    }
    try checkPrompt()
    try checkDocumentOptions()
    try checkKernel()
  }

  /// Refuses options of documents where they mean nothing.
  private func checkDocumentOptions() throws(Misuse) {
    func needs(_ option: String, _ commands: String, _ isFine: Bool) throws(Misuse) {
      if !isFine { throw Misuse("\(option) works with \(commands) alone") }
    }
    let isRun = if case .run = command { true } else { false }
    let isCheck = if case .check = command { true } else { false }
    if let pagePath, !pagePath.hasSuffix(".html"), !pagePath.hasSuffix(".htm") {
      throw Misuse("-o needs the name of a page, which ends in .html, not \(pagePath)")
    }
    if pagePath != nil {
      try needs("-o", "henge render", { if case .render = command { true } else { false } }())
    }
    if firstCell != nil {
      try needs("--from", "henge render", { if case .render = command { true } else { false } }())
    }
    if recordPath != nil {
      let isLesson =
        switch command {
        case .step, .lesson: true
        default: false
        }
      try needs(
        "--record", "henge run, henge step and the prompt",
        isRun || isLesson || command == .interact)
    }
    if againstPath != nil { try needs("--against", "henge check", isCheck) }
    if case .verify = command, seed != nil || outputFolder != nil || stepLimit != nil {
      throw Misuse("verify takes the seed and the limit of steps from the page, and writes nowhere")
    }
    if wantsOutputs {
      let isNotebook =
        if case .convert(_, let to) = command {
          DocumentFormat.split(to)?.format == .notebook
        } else {
          false
        }
      try needs("--outputs", "henge convert to .ipynb", isNotebook)
    }
  }

  /// Refuses `-i` and `--recover` where no prompt can follow.
  private func checkPrompt() throws(Misuse) {
    switch command {
    case .interact: return
    case .run(let path) where path != "-" && !isRecovering: return
    case .version, .help: return
    default:
      if isRecovering { throw Misuse("--recover cannot be combined with a script or command") }
      if isInteractive { throw Misuse("-i works alone or with a script file: henge -i f.henge") }
    }
  }

  /// Words not read yet.
  private struct Reader {
    var words: [String]
    var index = 0
    /// Whether the command takes `name=value` after its file.
    var isScript = false
    /// What follows an option or a command.
    private static let wanted = [
      "render": "a document: henge render f.henge -o f.html",
      "verify": "a report: henge verify f.html", "step": "a document: henge step f.henge.md",
      "convert": "two files: henge convert f.henge f.ipynb", "-o": "the file of the page",
      "--from": "a cell, by its number or label",
      "--record": "a file", "--against": "a file that --record wrote",
      "--limit-steps": "a number of steps",
      "run": "a script: henge run f.henge", "check": "a script: henge check f.henge",
      "explain": "an error code: henge explain E-shape", "-f": "a connection file of Jupyter",
      "--prefix": "a folder such as /usr/local", "--name": "a name such as henge-8gb",
      "-e": "a line to run: henge -e '1+1'",
      "--seed": "a number", "--threads": "a number", "--memory": "a size such as 8GB",
      "--out": "a folder", "--images": "a style such as half",
    ]
    /// Whether `--` was read: all following arguments are words for the script.
    var areOptionsOver = false

    init(words: [String]) { self.words = words }

    mutating func next() -> String? {
      guard index < words.count else { return nil }
      defer { index += 1 }
      return words[index]
    }

    /// The next word if it is no option.
    mutating func nextWord() -> String? {
      guard index < words.count, !words[index].hasPrefix("-") else { return nil }
      return next()
    }

    mutating func value(of option: String) throws(Misuse) -> String {
      guard let value = next() else {
        throw Misuse("\(option) needs \(Reader.wanted[option] ?? "a value")")
      }
      return value
    }
  }

  private mutating func take(_ word: String, _ reader: inout Reader) throws(Misuse) {
    if word == "--", !reader.areOptionsOver {
      reader.areOptionsOver = true
    } else if word.hasPrefix("-"), word != "-", !reader.areOptionsOver {
      try takeOption(word, &reader)
    } else if command == .interact {
      try takeCommand(word, &reader)
    } else if let equals = word.firstIndex(of: "="), reader.isScript {
      parameters.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
    } else if reader.isScript {
      words.append(word)
    } else {
      throw Misuse("unexpected argument \(word); henge --help lists the commands")
    }
  }

  /// The file of a command, which may follow options: `henge run -q f.henge`.
  private mutating func file(of name: String, _ reader: inout Reader) throws(Misuse) -> String {
    while true {
      let word = try reader.value(of: name)
      guard word.hasPrefix("-"), word != "-", word != "--help", word != "-h" else { return word }
      try takeOption(word, &reader)
    }
  }

  private mutating func takeCommand(_ word: String, _ reader: inout Reader) throws(Misuse) {
    switch word {
    case "run":
      reader.isScript = true
      command = .run(try file(of: "run", &reader))
    case "check":
      reader.isScript = true
      command = .check(try file(of: "check", &reader))
    case "render":
      reader.isScript = true
      command = .render(try file(of: "render", &reader))
    case "step":
      reader.isScript = true
      command = .step(try file(of: "step", &reader))
    case "verify": command = .verify(try file(of: "verify", &reader))
    case "convert":
      reader.isScript = true
      let from = try file(of: "convert", &reader)
      command = .convert(from, to: try file(of: "convert", &reader))
    case "lesson":
      reader.isScript = true
      command = .lesson(reader.nextWord())
    case "kernel": command = .kernel
    case "explain": command = .explain(try reader.value(of: "explain"))
    case "reference": command = .reference(try Arguments.reference(reader.next()))
    case "help": command = .help
    default:
      reader.isScript = true
      command = .run(word)
    }
    // `henge run --help` asks about the program, not about a script called `--help`.
    switch command {
    case .run("--help"), .run("-h"), .check("--help"), .render("--help"), .step("--help"),
      .verify("--help"), .explain("--help"), .convert("--help", _), .convert(_, to: "--help"):
      command = .help
    default: break
    }
  }

  private static let options = [
    "--seed", "--threads", "--memory", "--out", "--images", "--quiet", "--recover", "--from",
    "--record",
    "--against", "--limit-steps", "--outputs", "--install", "--user", "--prefix", "--name",
    "--version", "--help",
  ]

  private mutating func takeOption(_ word: String, _ reader: inout Reader) throws(Misuse) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    func value() throws(Misuse) -> String {
      parts.count == 2 ? String(parts[1]) : try reader.value(of: name)
    }
    switch name {
    case "-e":
      guard command == .interact else {
        throw Misuse("-e cannot be combined with another -e, script or command")
      }
      command = .evaluate(try value())
    case "--seed": seed = try Arguments.seed(value())
    case "--threads": threads = try Arguments.threads(value(), from: "--threads")
    case "--memory":
      let text = try value()
      do throws(Misuse) {
        memory = try Arguments.bytes(text)
      } catch {
        throw Misuse("--memory: \(error.message)")
      }
      if let wrong = Arguments.fault(of: memory ?? 0, held: residentBytes() ?? 0) {
        throw Misuse("--memory \(text): \(wrong)")
      }
    case "--out": outputFolder = try value()
    case "--images": pictures = try Arguments.pictures(value())
    case "-o": pagePath = try value()
    case "--from": firstCell = try value()
    case "--record": recordPath = try value()
    case "--against": againstPath = try value()
    case "--limit-steps": stepLimit = try Arguments.steps(value())
    case "--outputs": wantsOutputs = true
    case "-f": kernel.connection = try value()
    case "--install": kernel.installs = true
    case "--user": kernel.isForUser = true
    case "--prefix": kernel.prefix = try value()
    case "--name": kernel.name = try value()
    case "-q", "--quiet": isQuiet = true
    case "-i": isInteractive = true
    case "--recover": isRecovering = true
    case "--version", "-V": command = .version
    case "--help", "-h":
      if reader.isScript { wantsScriptHelp = true } else { command = .help }
    default:
      let nearest = Suggestion.closest(to: name, among: Arguments.options)
      throw Misuse(
        "unknown option \(name); \(nearest.map { "did you mean \($0)?" } ?? "henge --help lists the options")"
      )
    }
  }

  private static func reference(_ word: String?) throws(Misuse) -> Reference {
    guard let word else { return .builtins }
    guard let what = Reference(rawValue: word) else {
      throw Misuse("henge reference takes `builtins`, `errors` or `options`, not \(word)")
    }
    return what
  }

  private static func seed(_ text: String) throws(Misuse) -> UInt64 {
    guard let seed = UInt64(text) else {
      throw Misuse("--seed needs an integer from 0, not \(text)")
    }
    return seed
  }

  /// A number of threads, from the option or from HENGE_THREADS.
  static func threads(_ text: String, from name: String) throws(Misuse) -> Int {
    guard let count = Int(text), (1...1024).contains(count) else {
      throw Misuse("\(name) needs a number from 1 to 1024, not \(text)")
    }
    return count
  }

  private static func steps(_ text: String) throws(Misuse) -> Int {
    guard let count = Int(text), count >= 0 else {
      throw Misuse("--limit-steps needs an integer from 0, not \(text)")
    }
    return count
  }

  /// A style of drawing images.
  private static func pictures(_ text: String) throws(Misuse) -> String {
    guard PictureStyle.choices.contains(text) else {
      throw Misuse(
        "--images must be one of \(PictureStyle.choices.joined(separator: ", ")), not \(text)")
    }
    return text
  }

  /// `8GB`, `500MB`, `8e9`, `1000000`.
  static func bytes(_ text: String) throws(Misuse) -> Int {
    let units: [(String, Double)] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3), ("B", 1)]
    let upper = text.uppercased()
    let unit = units.first { upper.hasSuffix($0.0) }
    let digits = upper.dropLast(unit?.0.count ?? 0)
    guard let number = Double(digits), number >= 1, number * (unit?.1 ?? 1) < 1e15 else {
      throw Misuse("it must be a size such as 8GB or 500MB, not \(text)")
    }
    return Int(number * (unit?.1 ?? 1))
  }

  /// Why `bytes` cannot be the memory limit of a process that uses `held`; nil where they can.
  static func fault(of bytes: Int, held: Int) -> String? {
    if bytes <= held {
      return "henge already uses \(formatBytes(held)), so the limit must be larger"
    }
    guard let largest = machineBytes(), bytes > largest else { return nil }
    return "the machine has \(formatBytes(largest)), so the limit must not be larger"
  }

  /// Whether settings can be changed while the session stays: at the prompt, and in a notebook.
  var keepsSession: Bool { command == .kernel || command == .interact && isatty(0) == 1 }
}
