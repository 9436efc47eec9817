// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Blends instance and layer normalization: one pass for the sums, one for the result.
  public func blendNormalize(
    _ x: View, epsilon: Double, rho: View, scale: View?, shift: View?, activation: Activation,
    into out: Buffer, mean: Buffer, inverse: Buffer, statistics: NormalizationStatistics
  ) throws {
    if out.count == 0 { return }
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    let x = try contiguous(x)
    let act = activation.kernelCode
    let blend = try Blend(self, sizes: x.sizes, rho: rho, scale: scale, shift: shift)
    // In double precision statistics are computed again: they are the same.
    guard x.type == .f32 else {
      let squares = try allocate(groups * channels, .f64)
      try pool.run(blocks: groups, interrupt: interrupt) { g in
        let (from, own) = (g * length * channels, blend.center(of: g))
        let square: UnsafeMutablePointer<Double> = elements(squares) + g * channels
        hk_moments_f64(start(x) + from, length, channels, own, square)
        blend.setStatistics(of: g, squares: square, epsilon: epsilon)
        blend.store(g, elements(mean, Double.self), elements(inverse, Double.self))
        blend.setAffine(of: g)
        hk_affine_f64(
          start(x) + from, length, channels, own, blend.factor(of: g), blend.offset(of: g), act,
          elements(out) + from)
      }
      return
    }
    let from = start(x, Float.self)
    if statistics == .computed {
      let sums = try Normalization(
        self, sizes: x.sizes, scale: nil, shift: nil, mean: mean, inverse: inverse)
      try sums.sumMoments(of: from)
      for g in 0..<groups {
        let totals = sums.joinedSums(of: g)
        let own = blend.center(of: g)
        for c in 0..<channels {
          own[c] = totals[c] / Double(length)
          // Rounding can leave less than nothing; NaN compares false and stays.
          let square = totals[channels + c] - Double(length) * own[c] * own[c]
          totals[channels + c] = square < 0 ? 0 : square
        }
        blend.setStatistics(of: g, squares: totals + channels, epsilon: epsilon)
        blend.store(g, elements(mean, Float.self), elements(inverse, Float.self))
      }
    }
    let work = try blend.work(mean, inverse)
    let to = elements(out, Float.self)
    try work.eachPart { kernels, _, g, first, rows in
      kernels.normalize(from + first, rows, channels, work.normal(g), act, nil, to + first)
    }
  }

  /// The gradients of the blend; groups add to those of parameters that they share in their order.
  public func blendNormalizeBackward(
    _ dy: View, _ x: View, rho: View, scale: View?, shift: View?, activation: Activation,
    mean: Buffer, inverse: Buffer, into dx: Buffer, rho drho: Buffer, scale dscale: Buffer?,
    shift dshift: Buffer?
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    let (x, dy) = (try contiguous(x), try contiguous(dy))
    let act = activation.kernelCode
    // For each group, the gradients at shift, scale and rho.
    let totals = View(try allocate(3 * groups * channels, .f64), sizes: [groups, 3, channels])
    try fill(totals, with: .int(0))
    let parameters = elements(totals.buffer, Double.self)
    let blend = try Blend(self, sizes: x.sizes, rho: rho, scale: scale, shift: shift)
    if x.type == .f32, dx.count > 0 {
      let work = try blend.work(mean, inverse)
      let (from, slopes) = (start(x, Float.self), start(dy, Float.self))
      try work.sumGradients(slopes, of: from, act)
      let terms = try allocate(2 * groups * channels, .f32)
      let term = elements(terms, Float.self)
      for g in 0..<groups {
        let joined = work.joinedSums(of: g)
        blend.addGradients(of: g, joined, to: parameters + 3 * g * channels)
        for i in 0..<2 * channels { term[g * 2 * channels + i] = Float(joined[i]) }
      }
      let to = elements(dx, Float.self)
      try work.eachPart { kernels, _, g, first, rows in
        let own = term + g * 2 * channels
        kernels.backward(
          slopes + first, from + first, rows, channels, work.normal(g), act, own, own + channels,
          to + first)
      }
    } else if dx.count > 0 {
      blend.restore(elements(mean, Double.self), elements(inverse, Double.self))
      let sums = try allocate(2 * groups * channels, .f64)
      try pool.run(blocks: groups, interrupt: interrupt) { g in
        let from = g * length * channels
        let own: UnsafeMutablePointer<Double> = elements(sums) + g * 2 * channels
        let to: UnsafeMutablePointer<Double> = elements(dx) + from
        let (center, factor) = (blend.center(of: g), blend.factor(of: g))
        hk_affine_sums_f64(
          start(dy) + from, start(x) + from, length, channels, center, factor,
          blend.offset(of: g), act, to, own, own + channels)
        blend.addGradients(of: g, own, to: parameters + 3 * g * channels)
        hk_affine_backward_f64(
          to, start(x) + from, length, channels, center, factor, own, own + channels, to)
      }
    }
    for (row, (target, given)) in [(dshift, shift), (dscale, scale), (drho, rho)].enumerated() {
      guard let target else { continue }
      try store(totals, row: row, isOfEach: given?.sizes.count == 2, in: target)
    }
  }
}
