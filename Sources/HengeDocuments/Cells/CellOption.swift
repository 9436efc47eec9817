// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// An option of a cell, `#| name: value`: its name, its values and its meaning.
public struct CellOption: Sendable, Equatable {
  /// What values an option takes.
  public enum Values: Sendable, Equatable {
    /// `true` or `false`.
    case flag
    /// One of these words.
    case words([String])
    /// A number of at least 0.
    case number
    /// A whole number from 1 to 10000.
    case count
    /// A name of letters, digits, `-` and `_`.
    case name
    /// Any text of one line.
    case text
  }

  /// The name.
  public let name: String
  /// Its values.
  public let values: Values
  /// Its meaning, a sentence.
  public let summary: String

  /// All options, in the order in which the reference lists them.
  public static let all: [CellOption] = [
    .title, .label, .echo, .output, .eval, .error, .caption, .width, .slider, .volatile, .ask,
    .answer, .choices, .within, .hint,
  ]

  static let title = CellOption(
    "title", .text, "A short title; in `.henge` files the marker has it: `# %% Title`.")
  static let label = CellOption(
    "label", .name, "A name for the cell, for links to it, `#label`, and for `render --from`.")
  static let echo = CellOption(
    "echo", .flag, "Whether pages and lessons show the code (default: true).")
  static let output = CellOption(
    "output", .words(["show", "hide", "fold"]),
    "Whether pages show what the code prints and shows (default: show).")
  static let eval = CellOption("eval", .flag, "Whether the code runs (default: true).")
  static let error = CellOption(
    "error", .words(["allow", "stop"]),
    "Whether the document goes on after an error of the cell (default: stop).")
  static let caption = CellOption(
    "caption", .text, "What the images of the cell show; also their alternative text.")
  static let width = CellOption("width", .count, "Width of the images on a page, in pixels.")
  static let slider = CellOption(
    "slider", .text,
    "Shows the images of the cell one at a time, as a series over what the value names.")
  static let volatile = CellOption(
    "volatile", .flag,
    "Whether the outputs differ from run to run, such as timings; then they are not compared (default: false)."
  )
  static let ask = CellOption("ask", .text, "A question that a lesson asks before the cell runs.")
  static let answer = CellOption(
    "answer", .text,
    "The answer: one of the choices, or an expression (default: the value of the cell).")
  static let choices = CellOption(
    "choices", .text, "The answers to choose from, with `|` between them.")
  static let within = CellOption(
    "within", .number, "Largest difference of a number in a right answer (default: 0).")
  static let hint = CellOption("hint", .text, "What a lesson says after a wrong answer.")

  private init(_ name: String, _ values: Values, _ summary: String) {
    (self.name, self.values, self.summary) = (name, values, summary)
  }

  /// A table of all options in Markdown, for the documentation.
  public static var markdown: String {
    let rows = all.map { "| `\($0.name)` | \($0.valueText) | \($0.summary) |" }
    return (["| option | values | meaning |", "| --- | --- | --- |"] + rows)
      .map { $0 + "\n" }.joined()
  }

  private var valueText: String {
    switch values {
    case .flag: "`true`, `false`"
    case .words(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .number: "a number"
    case .count: "a whole number"
    case .name: "a name"
    case .text: "text"
    }
  }

  /// What is wrong with a value, as a phrase about what it must be; none if it is right.
  func fault(of value: String) -> String? {
    switch values {
    case .flag: value == "true" || value == "false" ? nil : "`true` or `false`"
    case .words(let words):
      words.contains(value) ? nil : words.map { "`\($0)`" }.joined(separator: " or ")
    case .number:
      (Double(value) ?? -1) >= 0 && Double(value)?.isFinite == true ? nil : "a number of at least 0"
    case .count: (1...10_000).contains(Int(value) ?? 0) ? nil : "a whole number from 1 to 10000"
    case .name: CellOption.isName(value) ? nil : "a letter and then letters, digits, - or _"
    case .text: value.isEmpty ? "a text" : nil
    }
  }
}

extension CellOption {
  /// The beginnings of names that pages themselves use.
  public static let reservedNames = ["henge-", "cell-", "series-"]

  fileprivate static func isName(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, first.properties.isAlphabetic else { return false }
    return !reservedNames.contains(where: text.hasPrefix)
      && scalars.allSatisfy {
        $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "-" || $0 == "_"
      }
  }
}

/// The options of a cell, in the order in which they are written.
public struct CellOptions: Equatable, Sendable {
  /// One option as it is written.
  public struct Setting: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its value, one line without white space around it.
    public let value: String
  }

  /// As they are written.
  public private(set) var settings: [Setting] = []

  /// Whether there is none.
  public var isEmpty: Bool { settings.isEmpty }

  /// No options.
  public init() {}

  /// Adds an option; what is wrong with it, if something is.
  public mutating func add(_ name: String, _ value: String) -> Fault? {
    guard let option = CellOption.all.first(where: { $0.name == name }) else {
      return Fault(
        "there is no option `\(name)`",
        Suggestion.closest(to: name, among: CellOption.all.map(\.name)).map { "#| \($0): …" }
          ?? "one of \(CellOption.all.map(\.name).joined(separator: ", "))")
    }
    guard self[option] == nil else { return Fault("`\(name)` is given twice", nil) }
    if let needed = option.fault(of: value) {
      return Fault("`\(name)` must be \(needed), not `\(value)`", nil)
    }
    settings.append(Setting(name: name, value: value))
    return nil
  }

  /// What is wrong with the options together.
  var fault: Fault? {
    for option in [CellOption.answer, .choices, .within, .hint]
    where self[option] != nil && self[.ask] == nil {
      return Fault("`\(option.name)` needs a question", "#| ask: What will the shape be?")
    }
    guard self[.choices] != nil else { return nil }
    guard choices.count > 1 else {
      return Fault("`choices` needs two answers or more, with | between them", nil)
    }
    guard let answer = self[.answer] else {
      return Fault("`choices` needs the answer that is right", "#| answer: \(choices[0])")
    }
    guard !choices.contains(answer) else { return nil }
    return Fault(
      "the answer `\(answer)` is none of the choices",
      Suggestion.closest(to: answer, among: choices).map { "#| answer: \($0)" })
  }

  subscript(option: CellOption) -> String? {
    settings.first { $0.name == option.name }?.value
  }

  private func flag(_ option: CellOption, else initial: Bool) -> Bool {
    self[option].map { $0 == "true" } ?? initial
  }

  /// Without its title, which the marker of a script has.
  var withoutTitle: CellOptions {
    var options = self
    options.settings.removeAll { $0.name == CellOption.title.name }
    return options
  }

  // MARK: What they mean

  /// The name of the cell.
  public var label: String? { self[.label] }
  /// Whether the code is shown.
  public var showsCode: Bool { flag(.echo, else: true) }
  /// Whether the code runs.
  public var runs: Bool { flag(.eval, else: true) }
  /// Whether an error does not end the document.
  public var allowsError: Bool { self[.error] == "allow" }
  /// Whether outputs are not compared.
  public var isVolatile: Bool { flag(.volatile, else: false) }
  /// What the images show.
  public var caption: String? { self[.caption] }
  /// The width of images in pixels.
  public var width: Int? { self[.width].flatMap { Int($0) } }
  /// Over what the images are a series.
  public var slider: String? { self[.slider] }
  /// Whether outputs are shown, hidden or folded.
  public var output: Output { self[.output].flatMap(Output.init) ?? .show }
  /// The question.
  public var question: String? { self[.ask] }
  /// The answer, as it is written.
  public var answer: String? { self[.answer] }
  /// The answers to choose from.
  public var choices: [String] {
    (self[.choices] ?? "").split(separator: "|").map { String($0).trimmed }.filter { !$0.isEmpty }
  }
  /// The largest difference of a number in an answer that is still right.
  public var tolerance: Double { self[.within].flatMap { Double($0) } ?? 0 }
  /// What to say after a wrong answer.
  public var hint: String? { self[.hint] }

  /// How outputs are shown on a page.
  public enum Output: String, Sendable { case show, hide, fold }

  /// What is wrong with options, and what would work.
  public struct Fault: Error, Equatable, Sendable {
    /// What is wrong.
    public let message: String
    /// What would work.
    public let suggestion: String?
    init(_ message: String, _ suggestion: String?) {
      (self.message, self.suggestion) = (message, suggestion)
    }
  }
}
