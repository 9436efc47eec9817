// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeTensor

/// The state of a handle, as `snapshot` returns it; `restore` accepts it for the same handle only.
final class Snapshot<Owner: AnyObject, State>: Object, Displayed {
  /// Whose state it is.
  let owner: Owner
  let state: State
  /// How it is shown: `snapshot of a cyclegan after 10 steps`.
  let text: String
  private let tensors: [Tensor]

  /// The `state` of `owner`, which contains `tensors`.
  init(of owner: Owner, _ state: State, _ tensors: [Tensor], text: String) {
    self.owner = owner
    self.state = state
    self.tensors = tensors
    self.text = "snapshot of " + text
  }

  override class var kind: String { "snapshot" }
  override var storages: [Storage] { tensors.map { Storage($0) } }

  /// The state in `snapshot`, for a handle `kind` that scripts call `name`.
  ///
  /// Throws `E-type` for anything but a snapshot of `owner`.
  static func state(
    in snapshot: Object, of owner: Owner, kind: String, named name: String
  ) throws -> State {
    guard let snapshot = snapshot as? Snapshot, snapshot.owner === owner else {
      throw Failure(
        "E-type", "the snapshot is not of this \(kind)",
        suggestion: "s = snapshot(\(name)); …; restore(\(name), s)", parameter: "snapshot")
    }
    return snapshot.state
  }
}
