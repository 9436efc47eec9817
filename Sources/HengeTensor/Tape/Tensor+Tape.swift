// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Whether operations on this tensor are recorded, because a gradient may be asked at it or at
  /// something that it was computed from.
  public var isOnTape: Bool { node != nil }

  /// The same elements at the beginning of a tape: a gradient can be asked at it.
  public func onTape() -> Tensor {
    var leaf = self
    leaf.node = Node("leaf", parents: [], backward: nil)
    return leaf
  }

  /// The same elements off the tape.
  public func detached() -> Tensor {
    var tensor = self
    tensor.node = nil
    return tensor
  }

  /// `result` as what an operation made of `operands`, on the tape if one of them is and the result
  /// is of floats.
  ///
  /// `backward` must capture detached tensors only, and no more of them than it needs: they live until
  /// the backward pass reaches them. It may leave a gradient out (`nil`) where it is zero, and need not
  /// compute those that are not wanted.
  ///
  /// An operand that is a number, not a tensor, is nil.
  static func record(
    _ name: String, from operands: [Tensor?], _ result: Tensor,
    backward: @escaping Node.Backward
  ) -> Tensor {
    recordParts(name, from: operands, result) { gradient, wanted in
      try backward(&gradient, wanted).map { $0.map(Node.Part.tensor) }
    }
  }

  /// As ``record(_:from:_:backward:)``, where some parts are added in place.
  static func recordParts(
    _ name: String, from operands: [Tensor?], _ result: Tensor,
    backward: @escaping Node.BackwardInParts
  ) -> Tensor {
    guard result.type.isFloat, operands.contains(where: { $0?.isOnTape ?? false }) else {
      return result
    }
    var recorded = result
    recorded.node = Node(name, parents: operands.map { $0?.node }, backward: backward)
    return recorded
  }

  /// Refuses a tensor on the tape for an operation that has no gradient, with `E-tape`.
  package func refuseTape(_ operation: String, suggestion: String? = nil) throws {
    guard isOnTape else { return }
    throw Failure(
      "E-tape", "\(operation) has no gradient, and one may be asked through it here",
      notes: ["\(type.rawValue) \(shape) was computed from what is learned"],
      suggestion: suggestion)
  }

  /// The gradients of this number at `leaves`, tensors made by ``onTape()``; zeros where it does not
  /// depend on one.
  ///
  /// The tape is used up by it. Throws `E-shape` unless this tensor is one floating-point number, and
  /// `E-tape` where it does not depend on any leaf.
  public func gradients(at leaves: [Tensor]) throws -> [Tensor] {
    var sums: [GradientSum?] = leaves.map { _ in nil }
    try addGradients(at: leaves, to: &sums)
    return try Tensor.zerosInGaps(of: sums, like: leaves)
  }

  /// Adds the gradients of this number at `leaves` to `sums`, one for each leaf; nil is nothing yet, and
  /// stays where the number does not depend on the leaf.
  ///
  /// One after the other is added as it comes, so that two sets of them are never there at once; where
  /// it throws, as ``gradients(at:)`` does, the sums are gone.
  ///
  /// `completed` is given each sum with the number of its leaf, once, as soon as nothing is added to it any
  /// more, while others are still computed; it is then nil in `sums`.
  public func addGradients(
    at leaves: [Tensor], to sums: inout [GradientSum?], completed: LeafGradient? = nil
  ) throws {
    guard count == 1, type.isFloat else {
      throw Failure(
        "E-shape", "the loss must be one number, not \(type.rawValue) \(shape)",
        suggestion: "its mean() or sum()")
    }
    guard let node else {
      throw Failure(
        "E-tape", "the loss does not depend on the weights or the tensor to differentiate by",
        notes: ["it was computed from detached tensors, or by models that are not trained here"])
    }
    try addGradients(
      at: leaves, to: &sums, from: try Tensor.ones(shape, type, on: backend), node,
      completed: completed)
  }

  /// Takes the sum at a leaf.
  public typealias LeafGradient = (_ leaf: Int, _ sum: GradientSum?) throws -> Void

  /// `sums` as tensors, with zeros of the leaf's shape where there is nothing.
  public static func zerosInGaps(of sums: [GradientSum?], like leaves: [Tensor]) throws -> [Tensor]
  {
    try zip(sums, leaves).map { sum, leaf in
      try sum?.tensor() ?? Tensor.zeros(leaf.shape, leaf.type, on: leaf.backend)
    }
  }

  /// The gradients at `leaves` of `Σ self · seed`, a tensor of this shape.
  package func gradients(at leaves: [Tensor], from seed: Tensor) throws -> [Tensor] {
    precondition(seed.shape == shape, "a gradient has the shape of its tensor")
    var sums: [GradientSum?] = leaves.map { _ in nil }
    if let node { try addGradients(at: leaves, to: &sums, from: seed, node) }
    return try Tensor.zerosInGaps(of: sums, like: leaves)
  }

  /// Adds the gradients of `Σ self · seed` at `leaves` to `sums`; `node` is this tensor's.
  func addGradients(
    at leaves: [Tensor], to sums: inout [GradientSum?], from seed: Tensor, _ node: Node,
    completed: LeafGradient? = nil
  ) throws {
    var pass = BackwardPass()
    for case (let leaf?, let sum?) in zip(leaves.map(\.node), sums) { pass.begin(leaf, with: sum) }
    sums = leaves.map { _ in nil }
    pass.add(.tensor(seed), to: node)
    let watch = completed.map { LeafWatch(leaves.map(\.node), below: node, $0) }
    try pass.run(keeping: leaves.compactMap(\.node), watch)
    sums = leaves.map { leaf in leaf.node.flatMap { pass.gradient(at: $0) } }
  }
}

/// Gradients on their way back: the deepest node first, so that each is complete when it is sent on.
private struct BackwardPass {
  private var gradients: [ObjectIdentifier: GradientSum] = [:]
  /// Nodes with a gradient that has not been sent on, by depth.
  private var waiting: [Int: [Node]] = [:]
  private var depths = Heap()

  mutating func add(_ gradient: GradientSum, to node: Node) {
    gradients[ObjectIdentifier(node)] = gradient
    if waiting[node.depth] == nil { depths.insert(node.depth) }
    waiting[node.depth, default: []].append(node)
  }

  /// Initializes the gradient of a leaf.
  mutating func begin(_ leaf: Node, with sum: GradientSum) {
    gradients[ObjectIdentifier(leaf)] = sum
  }

  func gradient(at node: Node) -> GradientSum? { gradients[ObjectIdentifier(node)] }

  /// Sends every gradient on until only those at `leaves` are left.
  ///
  /// `watch` takes the gradient at each leaf once it is complete.
  mutating func run(keeping leaves: [Node], _ watch: LeafWatch? = nil) throws {
    let kept = Set(leaves.map { ObjectIdentifier($0) })
    try watch?.begin { gradients.removeValue(forKey: $0) }
    while let depth = depths.removeLargest() {
      for node in waiting.removeValue(forKey: depth) ?? [] {
        let key = ObjectIdentifier(node)
        let (backward, parents) = node.spend()
        guard let backward else {
          guard parents.isEmpty, node.name == "leaf" else {
            throw Failure("E-tape", "the gradient through `\(node.name)` was taken before")
          }
          if !kept.contains(key) { gradients[key] = nil }
          continue
        }
        var sum = kept.contains(key) ? gradients[key] : gradients.removeValue(forKey: key)
        if var gradient = try sum.take()?.tensor() {
          let parts = try backward(&gradient, parents.map { $0 != nil })
          for case (let parent?, let part?) in zip(parents, parts) {
            try accumulate(part, at: parent)
          }
        }
        try watch?.spent(parents) { gradients.removeValue(forKey: $0) }
      }
    }
    try watch?.end { gradients.removeValue(forKey: $0) }
  }

  private mutating func accumulate(_ part: Node.Part, at node: Node) throws {
    let key = ObjectIdentifier(node)
    // Taken out while it changes: memory with two owners cannot be added to in place.
    let before = gradients.removeValue(forKey: key)
    let isFirst = before == nil
    guard let sum = try Self.sum(before, part) else { return }
    if isFirst { add(sum, to: node) } else { gradients[key] = sum }
  }

  private static func sum(_ before: consuming GradientSum?, _ part: Node.Part) throws
    -> GradientSum?
  {
    if case .products(let own) = part {
      guard let before else { return .products(own) }
      if case .products(let others) = before, let both = others.adding(own) {
        return .products(both)
      }
      var tensor = try before.tensor()
      _ = consume before
      try own.add(to: &tensor)
      return .tensor(tensor)
    }
    var tensor = try before?.tensor()
    _ = consume before
    switch part {
    case .tensor(let part): if tensor == nil { tensor = part } else { try tensor?.add(part) }
    case .addition(let add): try add(&tensor)
    case .products: break
    }
    precondition(
      !(tensor?.isOnTape ?? false), "a backward closure captured a tensor that is on the tape")
    return tensor.map(GradientSum.tensor)
  }
}

/// Numbers of which the largest is taken first.
private struct Heap {
  private var numbers: [Int] = []

  mutating func insert(_ number: Int) {
    numbers.append(number)
    var index = numbers.count - 1
    while index > 0, numbers[(index - 1) / 2] < numbers[index] {
      numbers.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func removeLargest() -> Int? {
    guard let largest = numbers.first, let last = numbers.popLast() else { return nil }
    guard !numbers.isEmpty else { return largest }
    numbers[0] = last
    var index = 0
    while 2 * index + 1 < numbers.count {
      var child = 2 * index + 1
      if child + 1 < numbers.count, numbers[child + 1] > numbers[child] { child += 1 }
      guard numbers[child] > numbers[index] else { break }
      numbers.swapAt(index, child)
      index = child
    }
    return largest
  }
}
