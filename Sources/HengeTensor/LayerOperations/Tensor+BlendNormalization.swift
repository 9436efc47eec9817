// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// Normalizes each sample by a blend of instance and layer normalization:
  /// `act((rho · n + (1 - rho) · l) · scale + shift)`.
  ///
  /// [Kim et al. 2020, U-GAT-IT] n is each channel normalized over its pixels, l the whole sample over
  /// its channels and pixels: `(x - mean) / √(variance + epsilon)` with the variance of a sample (divided
  /// by the count less 1), as the authors' program has it.
  ///
  /// Shape: `[N, C, H, W]` → the same; `rho` `[C]`; `scale` and `shift` `[C]`, or `[N, C]` for each sample
  /// its own. Throws `E-shape` for other shapes and for maps of one pixel, which have no variance, `E-type`
  /// for elements that are not floats of one type, `E-memory`.
  public func blendNormalized(
    rho: Tensor, epsilon: Double = 1e-5, scale: Tensor? = nil, shift: Tensor? = nil,
    activation: Activation = .none
  ) throws -> Tensor {
    guard rank == 4, type.isFloat else {
      throw Failure(
        "E-shape",
        "normalization takes a batch of feature maps NxCxHxW, not \(type.rawValue) \(shape)",
        parameter: "x")
    }
    guard rho.type == type, scale.map({ $0.type == type }) ?? true,
      shift.map({ $0.type == type }) ?? true
    else {
      throw Failure(
        "E-type", "\(type.rawValue) cannot be normalized with \(rho.type.rawValue)",
        parameter: "x")
    }
    let own = [shape[1]]
    let fitting = [own, [shape[0], shape[1]]]
    guard rho.shape.sizes == own,
      [scale, shift].compactMap(\.self).allSatisfy({ fitting.contains($0.shape.sizes) })
    else {
      throw Failure(
        "E-shape",
        "\(shape[1]) channels cannot be normalized with parameters for \(rho.shape.sizes.last ?? 0)",
        parameter: "x")
    }
    guard count == 0 || shape[2] * shape[3] > 1 else {
      throw Failure(
        "E-shape", "feature maps of 1x1 cannot be normalized: one number has no variance",
        notes: ["the input is \(shape)"], parameter: "x")
    }
    let groups = try self.groups(.sample)
    let result = try Tensor.channelsLast(shape.sizes, type, on: backend)
    let statistics = try Shape([shape[0], shape[1] + 1])
    let mean = try Tensor.empty(statistics, type, on: backend)
    let inverse = try Tensor.empty(statistics, type, on: backend)
    try backend.blendNormalize(
      groups.view, epsilon: epsilon, rho: rho.view, scale: scale?.view, shift: shift?.view,
      activation: activation, into: result.storage, mean: mean.storage, inverse: inverse.storage,
      statistics: .computed)
    let (x, share) = (groups.detached(), rho.detached())
    let (a, b) = (scale?.detached(), shift?.detached())
    let operands = [self, rho] + [scale, shift].compactMap(\.self)
    let sizes = shape.sizes
    return Tensor.record("blend normalization", from: operands, result) { gradient, _ in
      let dy = try gradient.groups(.sample)
      let dx = try Tensor.channelsLast(gradient.shape.sizes, gradient.type, on: gradient.backend)
      func parameter(_ tensor: Tensor) throws -> Tensor {
        try Tensor.empty(tensor.shape, tensor.type, on: tensor.backend)
      }
      let shares = try parameter(share)
      let (da, db) = (try a.map(parameter), try b.map(parameter))
      try dy.backend.blendNormalizeBackward(
        dy.view, x.view, rho: share.view, scale: a?.view, shift: b?.view, activation: activation,
        mean: mean.storage, inverse: inverse.storage, into: dx.storage, rho: shares.storage,
        scale: da?.storage, shift: db?.storage)
      return [dx, shares] + [da, db].compactMap(\.self)
    }.withRecipe {
      let again = try Tensor.channelsLast(sizes, x.type, on: x.backend)
      try x.backend.blendNormalize(
        x.view, epsilon: epsilon, rho: share.view, scale: a?.view, shift: b?.view,
        activation: activation, into: again.storage, mean: mean.storage, inverse: inverse.storage,
        statistics: .stored)
      return again
    }
  }
}

extension OpCheck {
  static let blendNormalization = OpCheck(
    "blend normalization",
    sizes: { stream in
      let x = maps(&stream, from: 2)
      return [x, [x[1]], [x[1]], x]
    },
    {
      try $0[0].blendNormalized(
        rho: $0[1], scale: $0[2], shift: $0[3].mean([2, 3]), activation: .tanh)
    },
    {
      // Scales of each sample, and shifts of all.
      try $0[0].blendNormalized(rho: $0[1], scale: $0[3].mean([2, 3]), shift: $0[2])
    },
    { try $0[0].blendNormalized(rho: $0[1], epsilon: 0.1) })
}
