// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// `leftᵀ W right`, one number, with W this tensor as a matrix `[m, n]`.
  ///
  /// Its rows are the axis `axis`, the others are flattened. `product` is `W right` `[m]`, where it is known
  /// already. left `[m]` and right `[n]` are constants for the gradient, which at W is their outer product.
  package func bilinearForm(_ left: Tensor, _ right: Tensor, axis: Int, product: Tensor? = nil)
    throws
    -> Tensor
  {
    let (u, v) = (left.detached(), right.detached())
    let matrix = try detached().matrix(rows: axis)
    let result = try ((product?.detached() ?? matrix.multiplied(by: v)) * u).sum()
    return Tensor.recordParts("bilinear form", from: [self], result) { gradient, _ in
      let column = try (u * gradient).contiguous()
      let row = try v.contiguous()
      if axis == 0, OuterProducts.areWorthwhile(shape, rank: 1) {
        return [
          .products(OuterProducts(try column.expanded(at: 1), try row.expanded(at: 0), shape))
        ]
      }
      return [
        .addition { sum in
          if let isOwn = sum?.isOwn(), isOwn, axis == 0, let buffer = sum?.storage {
            return try buffer.backend.addOuterProduct(column.view, row.view, to: buffer)
          }
          let part = try column.outerProduct(with: row).fromMatrix(rows: axis, shape)
          if sum == nil { sum = part } else { try sum?.add(part) }
        }
      ]
    }
  }

  /// This tensor as a matrix whose rows are its axis `axis`.
  package func matrix(rows axis: Int) throws -> Tensor {
    let rows = axis == 0 ? self : try transposed(0, axis)
    return try rows.reshaped([shape[axis], count / max(1, shape[axis])])
  }

  /// The tensor of `shape` whose matrix this is.
  private func fromMatrix(rows axis: Int, _ shape: Shape) throws -> Tensor {
    var sizes = shape.sizes
    sizes.swapAt(0, axis)
    let tensor = try reshaped(sizes)
    return axis == 0 ? tensor : try tensor.transposed(0, axis)
  }
}

extension OpCheck {
  static let bilinearForm = OpCheck(
    "bilinear form",
    sizes: { stream in [[size(&stream), size(&stream), size(&stream)]] },
    { try form($0[0], axis: 0) }, { try form($0[0], axis: 1) })

  /// The form of a weight with the vectors 1, 2, 3, ….
  private static func form(_ weight: Tensor, axis: Int) throws -> Tensor {
    let rows = weight.shape[axis]
    let vectors = try [rows, weight.count / max(1, rows)].map {
      try Tensor.ones(try Shape([$0]), weight.type, on: weight.backend).cumulativeSum(axis: 0)
    }
    return try weight.bilinearForm(vectors[0], vectors[1], axis: axis)
  }
}
