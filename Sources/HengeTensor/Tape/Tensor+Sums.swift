// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// `Σ x²` over all elements, as a tensor without axes.
  public func squareSum() throws -> Tensor {
    let x = detached()
    return Tensor.record("square sum", from: [self], try x.map(.square).sum()) { gradient, _ in
      [try (try x * 2) * gradient]
    }
  }
}

extension OpCheck {
  static let squareSum = OpCheck("square sum", { try $0[0].squareSum() })
}
