// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Normalizes each channel of each group.
  public func normalize(
    _ x: View, epsilon: Double, scale: View?, shift: View?, activation: Activation,
    residual: View?, into out: Buffer, mean: Buffer, inverse: Buffer,
    statistics: NormalizationStatistics
  ) throws {
    if out.count == 0 { return }
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    let (x, residual) = (try contiguous(x), try residual.map(contiguous))
    let act = activation.kernelCode
    if x.type == .f32 {
      let work = try Normalization(
        self, sizes: x.sizes, scale: scale, shift: shift, mean: mean, inverse: inverse)
      let from = start(x, Float.self)
      if statistics == .computed {
        try work.sumMoments(of: from)
        for g in 0..<groups {
          let totals = work.joinedSums(of: g)
          hk_moments_finish(
            totals, channels, Double(length), epsilon, work.mean + g * channels,
            work.inverse + g * channels)
        }
      }
      let (added, to) = (residual.map { start($0, Float.self) }, elements(out, Float.self))
      try work.eachPart { kernels, _, g, first, rows in
        kernels.normalize(
          from + first, rows, channels, work.normal(g), act, added.map { $0 + first }, to + first)
      }
      return
    }
    // In double precision they are computed again: they are the same.
    let (scale, shift) = (try scale.map(contiguous), try shift.map(contiguous))
    try pool.run(blocks: groups, interrupt: interrupt) { g in
      let from = g * length * channels
      let sums = try allocate(2 * channels, .f64)
      hk_normalize_f64(
        start(x) + from, length, channels, epsilon, scale.map { start($0, of: g) },
        shift.map { start($0, of: g) }, act, residual.map { start($0) + from },
        elements(out) + from,
        elements(mean) + g * channels, elements(inverse) + g * channels, elements(sums))
    }
  }

  /// The gradients of the normalization; groups add to `scale` and `shift` in their order.
  public func normalizeBackward(
    _ dy: View, _ x: View, scale: View?, shift: View?, activation: Activation, mean: Buffer,
    inverse: Buffer, into dx: Buffer, scale dscale: Buffer?, shift dshift: Buffer?
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    let (x, dy) = (try contiguous(x), try contiguous(dy))
    let act = activation.kernelCode
    // For each group, the contributions of its sums to the gradients with respect to shift and
    // scale.
    let totals = View(try allocate(2 * groups * channels, .f64), sizes: [groups, 2, channels])
    try fill(totals, with: .int(0))
    let sums = elements(totals.buffer, Double.self)
    if x.type == .f32, dx.count > 0 {
      let work = try Normalization(
        self, sizes: x.sizes, scale: scale, shift: shift, mean: mean, inverse: inverse)
      let (from, slopes) = (start(x, Float.self), start(dy, Float.self))
      try work.sumGradients(slopes, of: from, act)
      let means = try allocate(2 * groups * channels, .f32)
      let mean = elements(means, Float.self)
      for g in 0..<groups {
        let (joined, normal) = (work.joinedSums(of: g), work.normal(g))
        for i in 0..<2 * channels {
          let rate = Double(normal.inverse[i % channels]) * Double(normal.scale[i % channels])
          sums[g * 2 * channels + i] = joined[i]
          mean[g * 2 * channels + i] = Float(rate * joined[i] / Double(length))
        }
      }
      let to = elements(dx, Float.self)
      try work.eachPart { kernels, _, g, first, rows in
        let own = mean + g * 2 * channels
        kernels.backward(
          slopes + first, from + first, rows, channels, work.normal(g), act, own, own + channels,
          to + first)
      }
    } else if dx.count > 0 {
      let (scale, shift) = (try scale.map(contiguous), try shift.map(contiguous))
      try pool.run(blocks: groups, interrupt: interrupt) { g in
        let from = g * length * channels
        let room = try allocate(2 * channels, .f64)
        let own = sums + g * 2 * channels
        hk_normalize_backward_f64(
          start(dy) + from, start(x) + from, length, channels, scale.map { start($0, of: g) },
          shift.map { start($0, of: g) }, act, elements(mean) + g * channels,
          elements(inverse) + g * channels, elements(dx) + from, own + channels, own,
          elements(room))
      }
    }
    for (index, (target, given)) in [(dshift, shift), (dscale, scale)].enumerated() {
      guard let target else { continue }
      try store(totals, row: index, isOfEach: given?.sizes.count == 2, in: target)
    }
  }

  /// Stores row `row` of totals `[G, R, C]` in a parameter's gradient: that of each group, or their
  /// sum in the groups' order.
  func store(_ totals: View, row: Int, isOfEach: Bool, in target: Buffer) throws {
    let (groups, rows, channels) = (totals.sizes[0], totals.sizes[1], totals.sizes[2])
    if isOfEach {
      let each = View(
        totals.buffer, offset: row * channels, sizes: [groups, channels],
        strides: [rows * channels, 1])
      try convert(each, to: View(target, sizes: each.sizes), rounding: .nearest)
      return
    }
    let one = View(
      totals.buffer, offset: row * channels, sizes: [channels, groups],
      strides: [1, rows * channels])
    let sum = try allocate(channels, .f64)
    _ = try reduce(.sum, one, kept: 1, into: sum)
    try convert(View(sum), to: View(target), rounding: .nearest)
  }

  /// The first scale or shift of group `g`, in double precision.
  private func start(_ parameters: View, of g: Int) -> UnsafeMutablePointer<Double> {
    start(parameters) + (parameters.sizes.count == 2 ? g * parameters.sizes[1] : 0)
  }

  /// The gradient before an activation.
  public func activationBackward(
    _ activation: Activation, _ dy: View, result y: View, into dx: Buffer
  ) throws {
    let (dy, y) = (try contiguous(dy), try contiguous(y))
    let act = activation.kernelCode
    try eachRows(dx.count, of: 1) { first, count in
      if dy.type == .f32 {
        kernels.normalization.activate_backward(
          start(dy) + first, start(y) + first, count, act, elements(dx) + first)
      } else {
        hk_activation_backward_f64(
          start(dy) + first, start(y) + first, elements(dx) + first, count, act)
      }
    }
  }
}
