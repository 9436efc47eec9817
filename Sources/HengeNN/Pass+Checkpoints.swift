// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

extension Pass {
  /// What `body` computes from `x` in this pass; where the pass has checkpoints, what it computes on the way is
  /// not kept for the backward pass but computed again there.
  ///
  /// `layer` owns the parameters that `body` uses. Who looks on, and statistics that passes move, notice the
  /// first run alone; the second draws the same random numbers.
  func checkpointed(
    _ layer: Layer, _ x: Tensor, _ body: @escaping (_ x: Tensor, _ pass: Pass) throws -> Tensor
  ) throws -> Tensor {
    guard hasCheckpoints, let learning, !isWatchedAnywhere else { return try body(x, self) }
    let leaves = layer.allParameters.compactMap { learning.value(of: $0.parameter) }
      .filter(\.isOnTape)
    // Tensors that lead out of the pass: gradients go through them to what computed them.
    let outer = [condition, style?.scale, style?.shift]
    let before = repetition()
    return try Tensor.recomputed(from: [x] + outer.compactMap(\.self), leaves: leaves) {
      [self] operands, isAgain in
      var rest = operands.dropFirst().makeIterator()
      let given = outer.map { $0 == nil ? nil : rest.next() }
      var pass = isAgain ? before.repetition() : self
      pass.hasCheckpoints = false
      if let condition = given[0] { pass = pass.conditioned(by: condition) }
      if let scale = given[1], let shift = given[2] {
        pass = pass.styled(scale: scale, shift: shift)
      }
      return try body(operands[0], pass)
    }
  }
}
