// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The result of `body`, of which the tape keeps the operands alone: the backward pass runs `body` again and
  /// propagates through what that records.
  ///
  /// [Chen et al. 2016] `leaves` are all other tensors with a gradient that `body` depends on, made by
  /// ``onTape()``. `body` is given the operands, and whether it runs again; then it must compute the same
  /// bits. Gradients at operands and leaves are those of `body` itself; parts that are added up in another
  /// order can differ by rounding. Throws what `body` throws, also in the backward pass.
  public static func recomputed(
    from operands: [Tensor], leaves: [Tensor],
    _ body: @escaping (_ operands: [Tensor], _ isAgain: Bool) throws -> Tensor
  ) throws -> Tensor {
    precondition(leaves.allSatisfy(\.isOnTape), "a leaf is at the beginning of a tape")
    let result = try body(operands.map { $0.detached() }, false).detached()
    let kept = operands.map(Kept.init)
    return Tensor.recordParts("recomputation", from: operands + leaves, result) {
      gradient, wanted in
      let inner = try zip(kept, wanted).map { operand, isWanted in
        let elements = try operand.elements()
        return isWanted ? elements.onTape() : elements
      }
      let again = try body(inner, true)
      let all = inner + leaves
      var sums: [GradientSum?] = all.map { _ in nil }
      if let node = again.node {
        let seed = gradient
        // Released, so that the pass may overwrite it.
        gradient = again.detached()
        let learned = all.filter(\.isOnTape)
        var found: [GradientSum?] = learned.map { _ in nil }
        try again.addGradients(at: learned, to: &found, from: seed, node)
        var next = found.makeIterator()
        sums = all.map { $0.isOnTape ? next.next() ?? nil : nil }
      }
      return sums.map { sum in
        switch sum {
        case .tensor(let tensor): .tensor(tensor)
        case .products(let products): .products(products)
        case nil: nil
        }
      }
    }
  }
}

extension OpCheck {
  static let recomputation = OpCheck(
    "recomputation", sizes: { stream in [maps(&stream), [1]] },
    { operands in
      try Tensor.recomputed(from: operands, leaves: []) { operands, _ in
        try (operands[0] * operands[1]).map(.tanh) + operands[0]
      }
    },
    { operands in
      // A leaf next to the operands, used twice.
      let leaves = operands.dropFirst().filter(\.isOnTape)
      return try Tensor.recomputed(from: [operands[0]], leaves: leaves) { inner, _ in
        try (inner[0] * operands[1]).map(.tanh) * operands[1]
      }
    })
}
