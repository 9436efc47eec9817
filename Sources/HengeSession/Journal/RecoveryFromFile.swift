// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// A recovery that resumes a trainer from its file instead of training again.
///
/// The entries up to the save run without the steps of that trainer, and its creation is replaced
/// by resuming from the file. That leads to the same state only if the file is still the one in the
/// journal, and if nothing else used the trainer in between: any other statement with its name, or
/// a function that watched it and used names of the session, requires training again.
struct RecoveryFromFile {
  /// The save to resume from, in the last entry that runs differently.
  let save: SavedTrainer
  /// The statement that loads the trainer; it must not change the random streams.
  let loading: String
  /// The texts of the entries up to that one.
  let texts: [String]
  /// What the entry that ran did by then, where it is the one that saved.
  let running: JournalReader.Kept?

  /// A recovery from the latest usable save of `journal`; `hash` returns the hash of a file.
  init?(_ journal: JournalReader, _ library: Library, hash: (String) -> String?) {
    for save in journal.saves.reversed() {
      if let found = RecoveryFromFile(journal, save, library), hash(save.file) == save.hash {
        self = found
        return
      }
    }
    return nil
  }

  private init?(_ journal: JournalReader, _ save: SavedTrainer, _ library: Library) {
    var entries = journal.entries.filter { $0.number <= save.number }
    var rest = ""
    if var running = journal.running, running.number == save.number {
      running.text = save.did
      entries.append(running)
      self.running = running
    } else {
      // Statements of the entry after the save run unchanged.
      guard let last = entries.last, last.number == save.number, last.text.hasPrefix(save.did)
      else {
        return nil
      }
      rest = String(last.text.dropFirst(save.did.count))
      entries[entries.count - 1].text = save.did
      running = nil
    }
    var trainer = TrainerInText(name: save.name, file: save.file, library: library)
    var texts: [String] = []
    for entry in entries.reversed() {
      guard let text = trainer.take(entry) else { return nil }
      texts.append(text)
    }
    guard trainer.isMade, trainer.isFreeOfAssigned(in: entries) else { return nil }
    texts.reverse()
    texts[texts.count - 1] += rest
    (self.save, self.texts, loading) = (save, texts, trainer.loading)
  }
}

/// A trainer in the text of entries, from the last one back to where it was made.
private struct TrainerInText {
  let name: String
  let file: String
  let library: Library
  /// Whether the statement that makes it was found: what is before has nothing to do with it.
  private(set) var isMade = false
  /// The statement `t = resume(…)`.
  private(set) var loading = ""
  /// The names that functions which watched it read.
  private var watching: Set<String> = []

  init(name: String, file: String, library: Library) {
    (self.name, self.file, self.library) = (name, file, library)
  }

  /// The text of an entry without the steps, and with `resume` where the trainer is made; none where it
  /// is looked at in other ways.
  mutating func take(_ entry: JournalReader.Kept) -> String? {
    guard !isMade else { return entry.text }
    let source = Source(name: entry.name, text: Array(entry.text.utf8), folder: entry.folder)
    guard let statements = try? Parser.parse(source).block.statements else { return nil }
    var kept: [String] = []
    for statement in statements.reversed() {
      let text = source.text(statement.span)
      if isMade || !statement.mentions(name) {
        kept.append(text + (statement.isMuted ? ";" : ""))
      } else if let call = resumption(of: statement, source) {
        isMade = true
        loading = call
        // The trainer is made as it was, as its first weights may have drawn random numbers.
        kept.append("\(text); \(call)")
      } else if isLeftOut(statement) {
        continue
      } else {
        return nil
      }
    }
    return kept.reversed().joined(separator: "\n")
  }

  /// Whether a statement only trains the trainer, saves it, or sets one of its numbers.
  private mutating func isLeftOut(_ statement: Statement) -> Bool {
    if case .assign(let places, let values) = statement.kind, places.count == 1, values.count == 1,
      places[0].name.text == name, places[0].steps.count == 1,
      case .member = places[0].steps[0]
    {
      return values[0].isConstant
    }
    guard statement.trainerName == name, case .expression(let expression, _) = statement.kind,
      case .call(_, let arguments, _) = expression.node
    else { return false }
    for argument in arguments {
      switch argument.kind {
      case .positional(let value), .named(_, let value):
        if case .name(name) = value.node { continue }
        guard value.isConstant || value.isFunction else { return false }
      default: return false
      }
    }
    watching.formUnion(statement.readNames.subtracting([name]))
    return watching.allSatisfy { !library.builtins(named: $0).isEmpty }
  }

  /// Whether no entry assigns another value than the library's to a name of a function that
  /// watched.
  func isFreeOfAssigned(in entries: [JournalReader.Kept]) -> Bool {
    for entry in entries {
      let source = Source(name: entry.name, text: Array(entry.text.utf8))
      for statement in (try? Parser.parse(source).block.statements) ?? [] {
        if !watching.isDisjoint(with: statement.assignedNames) { return false }
      }
    }
    return true
  }

  /// `t = resume(…)` for the statement `t = cyclegan(A, B, …)`: a call of a built-in that makes a
  /// trainer of named datasets, whose other arguments use nothing of the session.
  private func resumption(of statement: Statement, _ source: Source) -> String? {
    guard case .assign(let places, let values) = statement.kind, places.count == 1,
      places[0].steps.isEmpty, places[0].name.text == name, values.count == 1,
      case .call(let callee, let arguments, piped: false) = values[0].node,
      case .name(let maker) = callee.node,
      let builtin = library.builtins(named: maker).first, builtin.makesTrainer
    else { return nil }
    var given = [Value(file).representation]
    for (index, argument) in arguments.enumerated() {
      switch argument.kind {
      case .positional(let value):
        guard index < builtin.parameters.count, builtin.parameters[index].isDataset,
          case .name = value.node
        else { return nil }
        given.append(source.text(value.span))
      case .named(let option, let value):
        if option.text == "val" {
          given.append(source.text(argument.span))
        } else if !value.isConstant {
          return nil
        }
      default: return nil
      }
    }
    return given.count > 1 ? "\(name) = resume(\(given.joined(separator: ", ")))" : nil
  }
}

extension Builtin {
  /// Whether it returns a trainer.
  fileprivate var makesTrainer: Bool { result == "trainer" || result == name }
}

extension Parameter {
  /// Whether it takes pictures to train on.
  fileprivate var isDataset: Bool { kind.contains("dataset") || kind.contains("pairs") }
}

extension Statement {
  fileprivate var isMuted: Bool {
    if case .expression(_, isMuted: true) = kind { true } else { false }
  }
}

extension Expression {
  /// Whether it is a literal.
  fileprivate var isConstant: Bool {
    switch node {
    case .none, .bool, .int, .num, .str, .shape: true
    case .unary(_, let operand): operand.isConstant
    case .list(let elements): elements.allSatisfy(\.isConstant)
    default: false
    }
  }

  fileprivate var isFunction: Bool { if case .function = node { true } else { false } }
}
