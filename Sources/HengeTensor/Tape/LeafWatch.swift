// SPDX-License-Identifier: MIT

/// Finds out when the gradient at a leaf is complete: when every node that adds to it has been spent.
final class LeafWatch {
  private let completed: Tensor.LeafGradient
  /// The numbers of the leaves, by node.
  private var numbers: [ObjectIdentifier: [Int]] = [:]
  private let order: [ObjectIdentifier?]
  /// How often nodes that were not spent yet have each leaf as a parent.
  private var left: [ObjectIdentifier: Int] = [:]

  /// Watches the `leaves` of a pass that begins at `root`.
  init(_ leaves: [Node?], below root: Node, _ completed: @escaping Tensor.LeafGradient) {
    self.completed = completed
    order = leaves.map { $0.map { ObjectIdentifier($0) } }
    for (number, key) in order.enumerated() {
      if let key { numbers[key, default: []].append(number) }
    }
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var next = [root]
    while let node = next.popLast() {
      for case let parent? in node.parents {
        let key = ObjectIdentifier(parent)
        if numbers[key] != nil { left[key, default: 0] += 1 }
        if seen.insert(key).inserted { next.append(parent) }
      }
    }
  }

  /// Passes on the sums of leaves that nothing of this pass adds to.
  func begin(_ take: (ObjectIdentifier) -> GradientSum?) throws {
    for case let key? in order where left[key] == nil { try give(key, take) }
  }

  /// Takes note that a node with these parents was spent.
  func spent(_ parents: [Node?], _ take: (ObjectIdentifier) -> GradientSum?) throws {
    for case let parent? in parents {
      let key = ObjectIdentifier(parent)
      guard let count = left[key] else { continue }
      left[key] = count - 1
      if count == 1 { try give(key, take) }
    }
  }

  /// Passes on those that are left, such as of nodes that no gradient reached.
  func end(_ take: (ObjectIdentifier) -> GradientSum?) throws {
    for case let key? in order { try give(key, take) }
    for (number, key) in order.enumerated() where key == nil { try completed(number, nil) }
  }

  private func give(_ key: ObjectIdentifier, _ take: (ObjectIdentifier) -> GradientSum?) throws {
    guard let own = numbers.removeValue(forKey: key) else { return }
    let sum = take(key)
    // Several leaves are one tensor.
    for number in own { try completed(number, number == own[0] ? sum : nil) }
  }
}
