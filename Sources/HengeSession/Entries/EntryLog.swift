// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// An entry that was run, and what became of it.
struct Entry {
  /// How it ended.
  enum Outcome: Equatable {
    /// Every statement ran.
    case good
    /// It had no effect, or was undone by `:back`.
    case nothing
    /// It failed or was stopped by Ctrl-C: this many of its statements finished, and these lines
    /// repeat the effects that were kept of the next one.
    case part(statements: Int, lines: [String])
  }

  let number: Int
  let source: Source
  /// The working folder when it ran.
  let place: String
  /// What `In` has of it, where that is another text than it runs.
  var typed: String?
  /// Its tree, while it runs; a long session does not keep the trees of its entries.
  var program: Program?
  var outcome = Outcome.nothing
  /// The statements, by index, whose value became `ans`.
  var valued: Set<Int> = []
  /// The relative paths that it read.
  var reads: [String] = []

  /// Whether it only looked: it ran expressions that changed nothing and wrote no file.
  var onlyLooked = false

  /// The folder to which the paths in its text are relative.
  var folder: String { source.folder ?? place }

  /// Whether something of it is left.
  var isKept: Bool { outcome != .nothing }
  /// Whether effects are left that no text repeats.
  var isWordless: Bool {
    if case .part(_, let lines) = outcome {
      lines.contains(PartialStatement.wordless)
    } else {
      false
    }
  }
  /// Whether it changed something that is left.
  var hasChanged: Bool { isKept && !onlyLooked }

  /// Its first line.
  var title: String { text.split(separator: "\n").first.map(String.init) ?? "" }

  /// Its tree, read again where it is not kept.
  var tree: Program? { program ?? (try? Parser.parse(source)) }

  /// Its text.
  var text: String { String(decoding: source.bytes, as: UTF8.self) }

  /// How many of its statements ended.
  var endedStatements: Int {
    switch outcome {
    case .good: program?.block.statements.count ?? 0
    case .nothing: 0
    case .part(let count, _): count
    }
  }

  /// Lets ``valued`` count the statements of its own text although another text ran in its place:
  /// they are the same except for some without a value.
  mutating func matchAnswers() {
    guard let program, let own = try? Parser.parse(source) else { return }
    let ran = program.block.statements.enumerated().map { index, statement in
      (text: program.source.text(statement.span), isValued: valued.contains(index))
    }
    var next = 0
    valued = []
    for (index, statement) in own.block.statements.enumerated() {
      let text = source.text(statement.span)
      guard let place = ran[next...].firstIndex(where: { $0.text == text }) else { continue }
      if ran[place].isValued { valued.insert(index) }
      next = place + 1
    }
  }

  /// A text that does what it did.
  var replay: String {
    switch outcome {
    case .good: text
    case .nothing: ""
    case .part(let count, let lines):
      ([SessionScript.ended(count, of: self)] + lines).filter { !$0.isEmpty }
        .joined(separator: "\n")
    }
  }
}

/// What a recovery runs instead of an entry's own text, to the same state.
struct Substitute {
  let text: Source
  /// The statement that loads a trainer from a file.
  let loading: String?
  /// The save that the entry made, for the journal of the continued session.
  let save: SavedTrainer?
}

/// `In`: the entries by their numbers, as text.
final class Inputs: Object, Indexable, Displayed {
  private var texts: [Int: String] = [:]

  override class var kind: String { "entries" }
  override var brief: String { text }
  var text: String { "In: \(texts.count) entries" }

  /// Keeps the text of an entry.
  func keep(_ text: String, number: Int) { texts[number] = text }

  /// Forgets the entries from `number` on.
  func forget(from number: Int) { texts = texts.filter { $0.key < number } }

  func element(at subscripts: [Subscript]) throws -> Value {
    let number = try entryNumber(subscripts, "In", last: texts.keys.max() ?? 0)
    guard let text = texts[number] else { throw noEntry("In", number, last: texts.keys.max() ?? 0) }
    return Value(text)
  }

  func displays(width: Int) -> [Display] {
    let lines = texts.sorted { $0.key < $1.key }.map { number, text in
      let first = text.split(separator: "\n").first.map(String.init) ?? ""
      let line = "[\(number)] \(first)"
      return line.count > width ? line.prefix(width - 1) + "…" : line
    }
    return [.text(lines.isEmpty ? "no entries yet" : lines.joined(separator: "\n"))]
  }
}

/// `Out`: results by the numbers of their entries, if they are small.
final class Outputs: Object, Indexable, Displayed {
  /// The maximum size of a kept result in bytes.
  static let largest = 1_000_000
  /// The maximum size of all kept results in bytes.
  static let room = 64_000_000
  /// The maximum number of results: a small one takes some kilobytes in addition to the counted
  /// bytes.
  static let most = 1000

  /// Results up to this size without handles are not counted in the states of `:back`.
  private static let light = 1 << 16

  private var kept: [Int: (value: Value, bytes: Int)] = [:]
  /// The others of ``kept``.
  private var heavy: [Int: Value] = [:]
  /// Why a result is not there, by number.
  private var refused: [Int: String] = [:]
  private var total = 0

  override class var kind: String { "results" }
  override var brief: String { text }
  /// Only what a state has to know of: each is asked for its parts, and a state of a thousand results
  /// would be a thousand blocks.
  override var parts: [Value] { Array(heavy.values) }
  override var partPlaces: [String] { heavy.keys.map { "[\($0)]" } }
  var text: String { "Out: \(kept.count) results" }

  /// The results in the order of their numbers.
  var all: [(number: Int, value: Value)] {
    kept.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }
  }

  /// Keeps a result if it is small enough; otherwise returns its size in bytes.
  @discardableResult
  func keep(_ value: Value, number: Int) -> Int? {
    var reach = Reach()
    reach.add(value)
    let bytes = reach.bytes
    guard bytes <= Outputs.largest else {
      refused[number] = "it takes \(sizeText(bytes)), more than 1 MB"
      return bytes
    }
    kept[number] = (value, bytes)
    if bytes > Outputs.light || !reach.handles.isEmpty { heavy[number] = value }
    total += bytes + 64
    while total > Outputs.room || kept.count > Outputs.most,
      let oldest = kept.keys.min(), oldest < number
    {
      total -= (kept.removeValue(forKey: oldest)?.bytes ?? 0) + 64
      heavy[oldest] = nil
      refused[oldest] = "newer results needed its space"
    }
    return nil
  }

  /// Forgets the results from `number` on.
  func forget(from number: Int) {
    for (key, result) in kept where key >= number {
      total -= result.bytes + 64
      kept[key] = nil
      heavy[key] = nil
    }
    refused = refused.filter { $0.key < number }
  }

  func element(at subscripts: [Subscript]) throws -> Value {
    let last = max(kept.keys.max() ?? 0, refused.keys.max() ?? 0)
    let number = try entryNumber(subscripts, "Out", last: last)
    if let result = kept[number] { return result.value }
    if let reason = refused[number] {
      throw Diagnostic(
        "E-index", "the result of [\(number)] was not kept: \(reason)",
        suggestion: "x = ans, right after the entry, keeps a result of any size")
    }
    throw noEntry("Out", number, last: last)
  }

  func displays(width: Int) -> [Display] {
    let lines = all.map { number, value in
      let line = "[\(number)] \(value.representation(limit: width))"
      return line.count > width ? line.prefix(width - 1) + "…" : line
    }
    return [.text(lines.isEmpty ? "no results yet" : lines.joined(separator: "\n"))]
  }
}

private func entryNumber(_ subscripts: [Subscript], _ name: String, last: Int) throws -> Int {
  guard subscripts.count == 1, case .int(let number) = subscripts[0] else {
    throw Diagnostic(
      "E-index", "`\(name)` takes the number of an entry", suggestion: "\(name)[\(max(1, last))]")
  }
  return number
}

private func noEntry(_ name: String, _ number: Int, last: Int) -> Diagnostic {
  guard last > 0 else { return Diagnostic("E-index", "`\(name)` is empty so far") }
  return Diagnostic(
    "E-index", "`\(name)` has no value of entry [\(number)]",
    notes: ["entries without a value and failed or undone entries have none"],
    suggestion: "\(name)[\(last)]")
}

/// `bytes` for people, in powers of 1000.
func sizeText(_ bytes: Int) -> String {
  let units: [(Double, String)] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")]
  for (size, name) in units where Double(bytes) >= size {
    let tenths = Int((Double(bytes) / size * 10).rounded())
    return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(name)" : "\((tenths + 5) / 10) \(name)"
  }
  return bytes == 1 ? "1 byte" : "\(bytes) bytes"
}

extension EntrySession {
  /// The entries so far with their numbers.
  public var entries: [(number: Int, text: String)] { log.map { ($0.number, $0.text) } }

  /// The entries that left something, with their numbers: neither undone nor without an effect.
  public var keptEntries: [(number: Int, text: String)] {
    log.filter(\.isKept).map { ($0.number, $0.text) }
  }

  /// Whether entries that left something read relative paths from another folder than the first.
  public var hasMoved: Bool { log.contains { $0.isKept && $0.place != setup.workingFolder } }
}
