// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import Synchronization

/// Workspaces that operations borrow one after another: fresh memory costs a page fault for every 4 kB,
/// more than the transforms that write to it.
final class Arena {
  /// The most floats kept while nobody borrows them: 64 MB.
  private static let bound = 1 << 24

  private let budget: MemoryBudget
  private let lock = Mutex(())
  private var idle: [Workspace] = []

  init(_ budget: MemoryBudget) { self.budget = budget }

  /// At least `count` floats, which hold anything; throws `E-memory`.
  func borrow(_ count: Int) throws -> Workspace {
    var found: Workspace?
    lock.withLock { _ in
      // The smallest that is large enough, unless most of it would lie waste.
      let fitting = idle.indices.filter { idle[$0].count >= count && idle[$0].count / 2 <= count }
      guard let best = fitting.min(by: { idle[$0].count < idle[$1].count }) else { return }
      found = idle.remove(at: best)
    }
    return try found ?? Workspace(count, of: budget, for: "the workspace of a convolution")
  }

  /// Takes a workspace back, for whoever borrows next.
  func giveBack(_ workspace: Workspace) {
    lock.withLock { _ in
      idle.append(workspace)
      while idle.reduce(0, { $0 + $1.count }) > Arena.bound { idle.removeFirst() }
    }
  }

  /// Frees what nobody borrows.
  func clear() { lock.withLock { _ in idle = [] } }
}
