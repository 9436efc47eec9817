// SPDX-License-Identifier: MIT

// What lives here: reverse-mode differentiation. An operation on tensors that are on the tape leaves a
// `Node` on its result: which nodes its operands have, and a closure that turns the gradient at the
// result into gradients at the operands. `Tensor.gradients(at:)` walks nodes back to the leaves.

/// A place on the tape: what a result needs to send its gradient back to its operands.
///
/// Nodes form a graph without circles, from a result to its operands. Nothing else holds it, so a
/// result that is let go takes its part of the graph along.
final class Node {
  /// The operation, for errors.
  let name: String
  /// One more than the deepest operand's: every path back goes to smaller depths.
  let depth: Int
  /// Gives the gradient at each operand from the gradient at the result; spent once used, so that
  /// what it captured is freed as the backward pass goes.
  private(set) var backward: Backward?
  /// The operands' nodes, `nil` for those that are not on the tape.
  private(set) var parents: [Node?]

  /// From the gradient at the result, which it may overwrite, and which operands want theirs: a
  /// gradient for each that does.
  typealias Backward = (_ gradient: inout Tensor, _ wanted: [Bool]) throws -> [Tensor?]

  init(_ name: String, parents: [Node?], backward: Backward?) {
    self.name = name
    self.parents = parents
    self.backward = backward
    depth = 1 + (parents.compactMap { $0?.depth }.max() ?? 0)
  }

  /// Takes what the backward pass needs of this node, which keeps nothing of it.
  func spend() -> (backward: Backward?, parents: [Node?]) {
    defer {
      backward = nil
      parents = []
    }
    return (backward, parents)
  }

  deinit {
    // A long chain would otherwise be freed by as deep a recursion. The list is taken out of the node:
    // as long as both hold it, no parent is unique.
    var orphans = spend().parents
    while var node = orphans.popLast() {
      guard node != nil, isKnownUniquelyReferenced(&node) else { continue }
      orphans += node?.spend().parents ?? []
    }
  }
}
