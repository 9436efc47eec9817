// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// The products of each row with `weight [out, in]`: `y = x · weightᵀ`.
  ///
  /// Shape: `[..., in]` → `[..., out]`. Throws `E-shape` where the sizes differ.
  public func linear(_ weight: Tensor) throws -> Tensor {
    try linear(weight) { OuterProducts.areWorthwhile($0, rank: $1) }
  }

  /// The same, with the gradient at the weight as outer products where they are worthwhile.
  fileprivate func linear(_ weight: Tensor, _ areWorthwhile: (_ weight: Shape, _ rank: Int) -> Bool)
    throws -> Tensor
  {
    guard let width = shape.sizes.last, weight.rank == 2, weight.shape[1] == width else {
      throw Failure(
        "E-shape", "a weight \(weight.shape) does not take rows of \(shape)", parameter: "x")
    }
    guard weight.type == type, count > 0, areWorthwhile(weight.shape, count / width) else {
      return try multiplied(by: weight.transposed())
    }
    let (x, w) = (detached(), weight.detached())
    let y = try x.multiplied(by: w.transposed())
    return Tensor.recordParts("linear", from: [self, weight], y) { gradient, wanted in
      let rows = x.count / width
      let slopes = try gradient.reshaped([rows, w.shape[0]])
      return [
        wanted[0] ? .tensor(try gradient.multiplied(by: w)) : nil,
        wanted[1]
          ? .products(
            OuterProducts(
              try slopes.transposed().contiguous(), try x.reshaped([rows, width]).contiguous(),
              w.shape)) : nil,
      ]
    }
  }
}

extension OpCheck {
  static let linear = OpCheck(
    "linear",
    sizes: { stream in
      let (rows, width) = (anySizes(&stream, axes: 0...2), 1 + stream.next(below: 5))
      return [rows + [width], [1 + stream.next(below: 4), width]]
    },
    { try $0[0].linear($0[1]) },
    { operands in
      try operands[0].linear(operands[1]) { _, _ in true }
    })
}
