// SPDX-License-Identifier: MIT

// Reverse-mode differentiation. An operation on tensors that are on the tape adds a `Node` to its
// result: the nodes of its operands, and a closure that computes the gradients at the operands from
// the gradient at the result. `Tensor.gradients(at:)` propagates gradients back to the leaves.

/// A node of the tape: what a result needs to propagate its gradient to its operands.
///
/// Nodes form an acyclic graph, from a result to its operands. Only results refer to it, so a
/// result that is released also releases its part of the graph.
final class Node {
  /// The operation, for errors.
  let name: String
  /// One more than the deepest operand's: every path back goes to smaller depths.
  let depth: Int
  /// Computes the gradient at each operand from the gradient at the result; removed after use, so
  /// that captured tensors are freed during the backward pass.
  private(set) var backward: BackwardInParts?
  /// The operands' nodes, `nil` for those that are not on the tape.
  private(set) var parents: [Node?]
  /// Computes the result again from what ``backward`` keeps anyway; nil where that is not possible, or not
  /// worthwhile.
  var recipe: Recipe?

  /// Computes a result again, bit by bit, off the tape.
  typealias Recipe = () throws -> Tensor

  /// From the gradient at the result, which it may overwrite, and which operands want theirs: a
  /// gradient for each that does.
  typealias Backward = (_ gradient: inout Tensor, _ wanted: [Bool]) throws -> [Tensor?]

  /// The same in parts of gradients.
  typealias BackwardInParts = (_ gradient: inout Tensor, _ wanted: [Bool]) throws -> [Part?]

  /// A part of the gradient at an operand.
  enum Part {
    /// The part itself.
    case tensor(Tensor)
    /// The part as a sum of outer products.
    case products(OuterProducts)
    /// What adds it to the sum of the parts so far, nil the first, for parts as large as a network's weights.
    case addition((_ sum: inout Tensor?) throws -> Void)
  }

  init(_ name: String, parents: [Node?], backward: BackwardInParts?) {
    self.name = name
    self.parents = parents
    self.backward = backward
    depth = 1 + (parents.compactMap { $0?.depth }.max() ?? 0)
  }

  /// Takes what the backward pass needs of this node, which keeps nothing of it.
  func spend() -> (backward: BackwardInParts?, parents: [Node?]) {
    defer {
      backward = nil
      parents = []
      recipe = nil
    }
    return (backward, parents)
  }

  deinit {
    // A long chain would otherwise be freed by deep recursion. The list is moved out of the node:
    // while both refer to it, no parent is unique.
    var orphans = spend().parents
    while var node = orphans.popLast() {
      guard node != nil, isKnownUniquelyReferenced(&node) else { continue }
      orphans += node?.spend().parents ?? []
    }
  }
}
