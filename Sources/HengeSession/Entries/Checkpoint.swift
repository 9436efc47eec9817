// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// All state of a session between two statements: names, handles, random streams.
///
/// Values are shared with the session, so it costs memory only where the session goes on to change
/// them.
struct Checkpoint {
  /// A handle with its state.
  struct Kept {
    let handle: any Handle
    /// How programs name it; none where no text can.
    let path: String?
    let state: Object
  }

  let globals: Interpreter.Globals
  let handles: [Kept]
  private let world: Object?
  /// The blocks of memory that all this holds.
  let storages: [ObjectIdentifier: Int]

  /// The names that the session gives values to, those that handles rather go by first.
  static let ownNames = ["ans", "Out", "In"]

  /// The session as it is.
  init(_ interpreter: Interpreter) {
    self.globals = interpreter.snapshot()
    var reach = Reach()
    // A handle goes by a name of the user's where it has one.
    let globals = interpreter.globals
    for (name, value) in globals where !Checkpoint.ownNames.contains(name) {
      reach.add(value, path: name)
    }
    for name in Checkpoint.ownNames {
      if let value = interpreter[name] { reach.add(value, path: name) }
    }
    let found = reach.handles
    handles = found.compactMap { found in
      guard let state = try? found.handle.snapshot() else { return nil }
      return Kept(handle: found.handle, path: found.path, state: state)
    }
    for kept in handles { reach.add(.object(kept.state)) }
    storages = reach.storages
    world = interpreter.machine.host.state
  }

  /// Makes the session what it was.
  func restore(in interpreter: Interpreter) throws {
    interpreter.restore(globals)
    for kept in handles { try kept.handle.restore(kept.state) }
    if let world { interpreter.machine.host.restore(world) }
  }

  /// The bytes that nobody needs but for this, when the session is as in `later`.
  func bytes(beyond later: Checkpoint) -> Int {
    storages.reduce(0) { later.storages[$1.key] == nil ? $0 + $1.value : $0 }
  }

  /// Everything it holds, as values.
  func values(in interpreter: Interpreter) -> [Value] {
    interpreter.named(globals).map(\.value) + handles.map { .object($0.state) }
  }
}
