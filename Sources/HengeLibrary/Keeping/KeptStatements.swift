// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeFiles
public import HengeLanguage

/// Keeps what the long statements of a document did in files of a folder, and does it again from there.
///
/// A statement is known by all statements that ran before it, the circumstances of the run, the contents
/// of all files that were read so far, and all values that programs can see when it begins. Statements
/// that write files, and those that assign what a file cannot contain, are not kept: they run again.
public final class KeptStatements: StatementMemory {
  /// What a statement may take without being kept.
  public static let short = Duration.milliseconds(250)

  /// Whether statements are taken from the folder.
  public var recalls = false
  /// Whether statements are kept in the folder.
  public var keeps = true
  /// Collects what statements produce.
  public weak var output: (any StatementOutput)?
  /// How many statements were taken from the folder.
  public private(set) var recalled = 0

  private let session: Session
  private let interpreter: Interpreter
  private let folder: CacheFolder
  private let inputs: () throws -> [(input: Paths.Input, hash: String)]
  private let short: Duration
  /// The hash of the circumstances and all statements so far.
  private var key: String
  private var current: Current?

  /// A statement that runs.
  private struct Current {
    let before: Checkpoint
    let streams: Streams
    let writes: Int
    let start = ContinuousClock.now
  }

  /// Keeps statements of runs in the circumstances that `circumstances` describes.
  ///
  /// `inputs` are the files that were read so far, with the hashes of what is in them now. Throws `E-system` where no hash can be computed.
  public init(
    of interpreter: Interpreter, _ session: Session, in folder: CacheFolder,
    circumstances: String, short: Duration = KeptStatements.short,
    inputs: @escaping () throws -> [(input: Paths.Input, hash: String)]
  ) throws {
    (self.interpreter, self.session, self.folder) = (interpreter, session, folder)
    (self.short, self.inputs) = (short, inputs)
    key = try SHA256.hex(of: circumstances.utf8)
  }

  /// Does what `statement` did before and returns its value; nil where that is not known.
  ///
  /// Throws `E-memory`, and what the output throws.
  public func recall(_ statement: Statement, of source: Source) throws -> Value? {
    current = nil
    key = try SHA256.hex(of: (key + "\n" + source.text(statement.span)).utf8)
    guard keeps || recalls else { return nil }
    let before = Checkpoint(interpreter)
    if recalls, let value = try recalledValue(before) { return value }
    output?.beginStatement()
    current = Current(before: before, streams: session.streams, writes: session.paths.writes)
    return nil
  }

  /// Keeps the statement that was asked for last, if it took long and can be kept.
  ///
  /// Throws `E-memory` for what the output collected; a file that cannot be written is only noted.
  public func keep(_ value: Value) throws {
    guard let current else { return }
    self.current = nil
    let produced = try output?.endStatement() ?? ""
    guard keeps, ContinuousClock.now - current.start >= short,
      session.paths.writes == current.writes
    else { return }
    do {
      var file = try StatementChange(
        from: current.before, to: Checkpoint(interpreter), value: value, limit: folder.limit,
        interpreter, session
      ).file
      file.metadata["henge"] = "statement"
      file.metadata["begins"] = try fingerprint(current.before, current.streams)
      file.metadata["output"] = produced
      file.metadata["inputs"] =
        JSON.array(try inputs().map { $0.input.json(with: $0.hash) }).text
      file.metadata["sum"] = try file.sum()
      try folder.write(file, named: key, budget: session.budget)
    } catch is NotKept {
      return
    } catch let failure as Failure where failure.code != "E-closed" {
      session.note("what a statement did is not kept: \(failure.message)")
    }
  }

  private func recalledValue(_ before: Checkpoint) throws -> Value? {
    guard let file = try? folder.read(key, budget: session.budget),
      file.metadata["sum"] == (try file.sum()),
      file.metadata["begins"] == (try fingerprint(before, session.streams)),
      let text = file.metadata["inputs"], let json = try? JSON(parsing: text.utf8),
      case .array(let known) = json
    else { return nil }
    let paths = session.paths
    for then in known { session.paths.read(try Paths.Input(then)) }
    let now = try inputs().map { $0.input.json(with: $0.hash) }
    do {
      guard now == known else { throw NotKept() }
      let value = try StatementChange(file).apply(to: interpreter, session)
      try output?.replay(file.metadata["output"] ?? "")
      recalled += 1
      return value
    } catch is NotKept {
      session.paths = paths
      return nil
    } catch let failure as Failure where failure.code == "E-file" || failure.code == "E-data" {
      session.paths = paths
      return nil
    }
  }

  /// The hash of all that a program can see of a state.
  private func fingerprint(_ state: Checkpoint, _ streams: Streams) throws -> String {
    let hash = try SHA256()
    for (name, value) in interpreter.named(state.globals) {
      try hash.add("\n\(name) ")
      try hash.add(value)
    }
    for kept in state.handles {
      let marks = (kept.handle as? any KeptHandle)?.marks(of: kept.state) ?? ""
      try hash.add("\n\(kept.path ?? "") \(marks)")
    }
    try hash.add("\n\(streams.seed)")
    for stream in streams.named {
      try hash.add("\n\(stream.seed) \(stream.name) \(stream.position)")
    }
    return try hash.hexDigest()
  }
}

extension Paths.Input {
  /// The input and the hash of what is in it, as a kept statement has them.
  fileprivate func json(with hash: String) -> JSON {
    .array([.string(file), .bool(isNamedRelatively), .string(hash)])
  }

  /// The input of a kept statement; throws where it is none.
  fileprivate init(_ json: JSON) throws {
    guard case .array(let parts) = json, parts.count == 3, case .string(let file) = parts[0],
      case .bool(let isNamedRelatively) = parts[1]
    else { throw NotKept() }
    self.init(file: file, isNamedRelatively: isNamedRelatively)
  }
}

extension SHA256 {
  fileprivate func add(_ text: String) throws { try update(Array(text.utf8)[...]) }

  /// Adds all of a value, but of handles, whose states are not values, only what they are.
  ///
  /// Lists within lists are followed as far as they are kept.
  fileprivate func add(_ value: Value, depth: Int = 0) throws {
    switch value {
    case .list(let list) where depth < ValueWriter.deepest:
      try add("list \(list.count) ")
      for element in list.elements { try add(element, depth: depth + 1) }
    case .record(let record) where depth < ValueWriter.deepest:
      try add("record \(record.names) ")
      for value in record.values { try add(value, depth: depth + 1) }
    case .object(let object) where object is any Handle: try add("\(value.kind) ")
    default: try value.addContent { try update($0) }
    }
  }
}

extension Safetensors {
  /// The hash of all arrays and texts but `sum`.
  fileprivate func sum() throws -> String {
    let hash = try SHA256()
    for named in arrays.sorted(by: { $0.name < $1.name }) {
      let array = named.array
      try hash.add("\n\(named.name) \(array.elementType) \(array.shape) ")
      try hash.update(array.bytes)
    }
    for (name, text) in metadata.sorted(by: { $0.key < $1.key }) where name != "sum" {
      try hash.add("\n\(name) \(text)")
    }
    return try hash.hexDigest()
  }
}
