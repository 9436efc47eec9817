// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeLanguage
internal import HengeModels
internal import HengeTensor

/// What a statement changed in a session, as a file keeps it: the names that it assigned, the handles
/// whose states it changed, the random streams, and its value.
struct StatementChange {
  /// The arrays and texts of a file; the texts are JSON.
  private(set) var file: Safetensors

  /// What a statement with this value changed from `before` to `after`.
  ///
  /// Throws ``NotKept`` where a file cannot contain it: a function, a dataset, a new trainer, or states of
  /// more than `limit` bytes.
  init(
    from before: Checkpoint, to after: Checkpoint, value: Value, limit: Int,
    _ interpreter: Interpreter, _ session: Session
  ) throws {
    guard before.isWhole, after.isWhole else { throw NotKept() }
    let known = before.handles.compactMap { kept in
      kept.path.map { (ObjectIdentifier(kept.handle), $0) }
    }
    var writer = ValueWriter(
      handles: Dictionary(known) { first, _ in first }, budget: session.budget)
    let old = Dictionary(
      interpreter.named(before.globals).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let new = interpreter.named(after.globals)
    guard new.count >= old.count else { throw NotKept() }
    let assigned = try new.compactMap { name, value -> JSON? in
      if let old = old[name], old.isIdentical(to: value) { return nil }
      return .array([.string(name), try writer.json(value)])
    }
    let result = try writer.json(value)
    file = Safetensors(
      arrays: writer.arrays.map { NamedArray("value.\($0.name)", $0.array) },
      metadata: [
        "assigned": JSON.array(assigned).text, "result": result.text,
        "streams": session.streams.json.text,
      ])
    try addHandles(from: before, to: after, limit: limit, budget: session.budget)
  }

  private mutating func addHandles(
    from before: Checkpoint, to after: Checkpoint, limit: Int, budget: MemoryBudget
  ) throws {
    var bytes = 0
    let states = Dictionary(
      after.handles.map { (ObjectIdentifier($0.handle), $0.state) }, uniquingKeysWith: { $1 })
    var changed: [JSON] = []
    for kept in before.handles {
      // A handle that nothing reaches any more needs no state.
      guard let now = states[ObjectIdentifier(kept.handle)] else { continue }
      guard let handle = kept.handle as? any KeptHandle else { throw NotKept() }
      if handle.isState(kept.state, sameAs: now) { continue }
      guard let path = kept.path else { throw NotKept() }
      // Before anything is copied.
      bytes += now.storages.reduce(0) { $0 + $1.bytes }
      guard bytes <= limit else { throw NotKept() }
      let state = try handle.kept(budget: budget)
      let texts = state.metadata.sorted { $0.key < $1.key }
        .map { JSON.array([.string($0.key), .string($0.value)]) }
      file.arrays += state.arrays.map {
        NamedArray("handle.\(changed.count).\($0.name)", $0.array)
      }
      changed.append(.array([.string(path), .array(texts)]))
    }
    file.metadata["handles"] = JSON.array(changed).text
  }

  /// What `file` contains.
  init(_ file: Safetensors) { self.file = file }

  /// Changes the session as the statement did and returns its value.
  ///
  /// Throws, with the session as it was, where the file does not fit the session.
  func apply(to interpreter: Interpreter, _ session: Session) throws -> Value {
    let before = Checkpoint(interpreter)
    let known = before.handles.compactMap { kept in kept.path.map { ($0, kept.handle) } }
    let handles = Dictionary(known) { first, _ in first }
    let reader = ValueReader(handles: handles) { number in
      guard let array = file["value.\(number)"] else { throw NotKept() }
      return try Tensor(array, on: session.backend)
    }
    do {
      let result = try reader.value(json("result"))
      let streams = try Streams(json("streams"))
      let assigned = try list("assigned").map { try $0.named(reader.value) }
      for (index, changed) in try list("handles").enumerated() {
        let (path, state) = try changed.named { try self.state(index, texts: $0) }
        guard let handle = handles[path] as? any KeptHandle else { throw NotKept() }
        try handle.takeBack(state, on: session.backend)
      }
      for (name, value) in assigned { try interpreter.define(name, value) }
      session.streams = streams
      return result
    } catch {
      try before.restore(in: interpreter)
      throw error
    }
  }

  /// The state of the handle with this number.
  private func state(_ index: Int, texts: JSON) throws -> Safetensors {
    guard case .array(let texts) = texts else { throw NotKept() }
    let prefix = "handle.\(index)."
    let pairs = try texts.map { text in
      try text.named { value -> String in
        guard case .string(let value) = value else { throw NotKept() }
        return value
      }
    }
    return Safetensors(
      arrays: file.arrays.filter { $0.name.hasPrefix(prefix) }
        .map { NamedArray(String($0.name.dropFirst(prefix.count)), $0.array) },
      metadata: Dictionary(pairs) { $1 })
  }

  private func json(_ name: String) throws -> JSON {
    guard let text = file.metadata[name], let json = try? JSON(parsing: text.utf8) else {
      throw NotKept()
    }
    return json
  }

  private func list(_ name: String) throws -> [JSON] {
    guard case .array(let elements) = try json(name) else { throw NotKept() }
    return elements
  }
}

extension Streams {
  /// The seed, and each stream with its position.
  fileprivate var json: JSON {
    let positions = named.map { JSON.array([.string($0.name), .string(String($0.position))]) }
    return .array([.string(String(seed)), .array(positions)])
  }

  /// What ``json`` says; throws ``NotKept``.
  fileprivate init(_ json: JSON) throws {
    let (seed, positions) = try json.named { json -> [(String, UInt64)] in
      guard case .array(let positions) = json else { throw NotKept() }
      return try positions.map {
        try $0.named { json in
          guard case .string(let text) = json, let position = UInt64(text) else { throw NotKept() }
          return position
        }
      }
    }
    guard let seed = UInt64(seed) else { throw NotKept() }
    self.init(seed: seed)
    for (name, position) in positions {
      move(to: RandomStream(seed: seed, name: name, position: position))
    }
  }
}
