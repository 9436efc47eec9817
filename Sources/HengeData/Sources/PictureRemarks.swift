// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import Synchronization

/// What was remarked on the images of a folder while they were read: one note for each kind.
final class PictureRemarks: Sendable {
  private let folder: String
  private let state = Mutex(State())

  private struct State {
    /// Files of each kind of remark since the last notes, and the first of them by name.
    var fresh: [PictureRemark.Kind: (count: Int, name: String, words: String)] = [:]
    var said: Set<PictureRemark.Kind> = []
  }

  init(_ folder: String) { self.folder = folder }

  /// Counts `remark` on the file called `name`; on any thread.
  func add(_ remark: PictureRemark, to name: String) {
    state.withLock { state in
      guard !state.said.contains(remark.kind) else { return }
      var entry = state.fresh[remark.kind] ?? (0, name, remark.words)
      entry.count += 1
      if name.utf8.lexicographicallyPrecedes(entry.name.utf8) {
        entry.name = name
        entry.words = remark.words
      }
      state.fresh[remark.kind] = entry
    }
  }

  /// Notes on what was remarked since the last call, each kind once in all.
  func newNotes() -> [String] {
    let fresh = state.withLock { state in
      let fresh = state.fresh
      state.said.formUnion(fresh.keys)
      state.fresh = [:]
      return fresh
    }
    return PictureRemark.Kind.allCases.compactMap { kind in
      fresh[kind].map { note(kind, $0.count, $0.name, $0.words) }
    }
  }

  private func note(
    _ kind: PictureRemark.Kind, _ count: Int, _ name: String, _ words: String
  ) -> String {
    let those = "\(quotedPath(folder)): \(count) of the images read so far"
    let (have, are) = count == 1 ? ("has", "is") : ("have", "are")
    let first = "the first: \(quotedPath(name)) \(words)"
    switch kind {
    case .flaw: return "\(those) \(are) damaged but can be read; \(first)"
    case .orientation:
      return
        "\(those) \(are) stored rotated and \(are) not rotated upright "
        + "(upright=true rotates them); \(first)"
    case .several: return "\(those) \(have) more than one image in the file; \(first)"
    case .bands:
      return "\(those) \(have) extra bands besides the colors, which are left out; \(first)"
    }
  }
}
