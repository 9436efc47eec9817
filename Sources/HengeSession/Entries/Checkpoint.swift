// SPDX-License-Identifier: MIT
internal import HengeLanguage

/// The whole state of a session between two statements: names, handles, random streams.
///
/// Values are shared with the session, so a checkpoint uses memory only for what the session
/// changes later.
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
  /// Whether all handles are kept: a trainer in the middle of a step has no state that can be.
  let isWhole: Bool
  private let world: Object?
  /// The blocks of memory that the state refers to.
  let storages: [ObjectIdentifier: Int]

  /// The names that the session itself assigns; handles are preferably called by other names.
  static let ownNames = ["ans", "Out", "In"]

  /// The current state of the session.
  init(_ interpreter: Interpreter) {
    self.globals = interpreter.snapshot()
    var reach = Reach()
    // A handle is called by a name that the user chose, if it has one.
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
    isWhole = handles.count == found.count
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

  /// The bytes that only this checkpoint keeps alive, if the session is in the state `later`.
  func bytes(beyond later: Checkpoint) -> Int {
    storages.reduce(0) { later.storages[$1.key] == nil ? $0 + $1.value : $0 }
  }

  /// Everything in it, as values.
  func values(in interpreter: Interpreter) -> [Value] {
    interpreter.named(globals).map(\.value) + handles.map { .object($0.state) }
  }
}
