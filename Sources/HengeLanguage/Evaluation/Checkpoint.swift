// SPDX-License-Identifier: MIT

/// The whole state of a session between two statements: names, handles, random streams.
///
/// Values are shared with the session, so a checkpoint uses memory only for what the session
/// changes later.
public struct Checkpoint {
  /// A handle with its state.
  public struct Kept {
    /// The handle.
    public let handle: any Handle
    /// How programs name it; none where no text can.
    public let path: String?
    /// Its state, as its `snapshot` returned it.
    public let state: Object

    /// Whether only the session's own names lead to it.
    fileprivate var isAnswer: Bool {
      guard let path else { return false }
      return Checkpoint.ownNames.contains(String(path.prefix { $0 != "." && $0 != "[" }))
    }
  }

  /// The names with their values.
  public let globals: Interpreter.Globals
  /// The handles that any of them reach.
  public let handles: [Kept]
  /// Whether all handles are kept: a trainer in the middle of a step has no state that can be.
  public let isWhole: Bool
  private let world: Object?
  /// The blocks of memory that the state refers to.
  public let storages: [ObjectIdentifier: Int]

  /// The names that the session itself assigns; handles are preferably called by other names.
  public static let ownNames = ["ans", "Out", "In"]

  /// The current state of the session.
  public init(_ interpreter: Interpreter) {
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

  /// Makes the session what it was; throws where a handle refuses its state.
  public func restore(in interpreter: Interpreter) throws {
    interpreter.restore(globals)
    for kept in handles { try kept.handle.restore(kept.state) }
    if let world { interpreter.machine.host.restore(world) }
  }

  /// Whether the session is in this state, apart from its own names; false where that is not known.
  public func isState(of interpreter: Interpreter) -> Bool {
    let now = Checkpoint(interpreter)
    guard isWhole, now.isWhole else { return false }
    // An answer, such as a network of a trainer, may come or go.
    let before = Dictionary(
      handles.map { (ObjectIdentifier($0.handle), $0) }, uniquingKeysWith: { first, _ in first })
    let after = Set(now.handles.map { ObjectIdentifier($0.handle) })
    guard
      handles.allSatisfy({ after.contains(ObjectIdentifier($0.handle)) || $0.isAnswer }),
      now.handles.allSatisfy({ kept in
        guard let known = before[ObjectIdentifier(kept.handle)] else { return kept.isAnswer }
        return kept.handle.isState(known.state, sameAs: kept.state)
      })
    else { return false }
    if let world, let other = now.world {
      guard interpreter.machine.host.isState(world, sameAs: other) else { return false }
    }
    func others(_ names: [(name: String, value: Value)]) -> [(name: String, value: Value)] {
      names.filter { !Checkpoint.ownNames.contains($0.name) }
    }
    let (old, new) = (
      others(interpreter.named(globals)), others(interpreter.named(now.globals))
    )
    return old.count == new.count
      && zip(old, new).allSatisfy { $0.name == $1.name && $0.value.isIdentical(to: $1.value) }
  }

  /// The bytes that only this checkpoint keeps alive, if the session is in the state `later`.
  public func bytes(beyond later: Checkpoint) -> Int {
    storages.reduce(0) { later.storages[$1.key] == nil ? $0 + $1.value : $0 }
  }

  /// Everything in it, as values.
  public func values(in interpreter: Interpreter) -> [Value] {
    interpreter.named(globals).map(\.value) + handles.map { .object($0.state) }
  }
}
