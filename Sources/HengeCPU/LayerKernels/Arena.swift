// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import Synchronization

/// Workspaces that operations borrow one after another: fresh memory costs a page fault for every 4 kB,
/// more than the transforms that write to it.
final class Arena {
  /// The most floats kept in addition to those in use, unless more are in use: 224 MB, or 96 MB where
  /// networks take much memory.
  ///
  /// Cached filters count as in use. They are all released when a network's weights change, and
  /// allocated again in the next step; in between they must fit in the idle memory.
  private var bound: Int { isScarce ? 24 << 20 : 56 << 20 }

  /// Whether more than 1 GB is live: caches are smaller then.
  var isScarce: Bool { budget.live > 1_000_000_000 }

  private let budget: MemoryBudget
  private let lock = Mutex(())
  private var idle: [Workspace] = []
  /// Floats of what is lent and of what is idle.
  private var total = 0

  init(_ budget: MemoryBudget) { self.budget = budget }

  /// At least `count` uninitialized floats; throws `E-memory`.
  func borrow(_ count: Int) throws -> Workspace {
    var found: Workspace?
    lock.withLock { _ in
      // The smallest that is large enough, unless most of it would be wasted.
      let fitting = idle.indices.filter { idle[$0].count >= count && idle[$0].count / 2 <= count }
      guard let best = fitting.min(by: { idle[$0].count < idle[$1].count }) else { return }
      found = idle.remove(at: best)
    }
    if let found { return found }
    let fresh = try Workspace(count, of: budget, for: "the workspace of a convolution")
    lock.withLock { _ in total += fresh.count }
    return fresh
  }

  /// Takes a workspace back, for whoever borrows next.
  func giveBack(_ workspace: Workspace) {
    lock.withLock { _ in
      idle.append(workspace)
      while total > bound, !idle.isEmpty { total -= idle.removeFirst().count }
    }
  }

  /// Frees all idle workspaces.
  func clear() {
    lock.withLock { _ in
      total -= idle.reduce(0) { $0 + $1.count }
      idle = []
    }
  }
}
