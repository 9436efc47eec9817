// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// A convolution of f32 as products over the padded input itself: no copy of what each output meets.
///
/// Images are padded into a workspace and filters packed, once each; the gradient at the input is
/// a convolution for each remainder by the stride. It takes any stride up to 4 and any padding, and
/// no dilation. C makes the plan and cuts the blocks, by shape alone.
struct DirectConvolution {
  private let backend: CPUBackend
  private let geometry: hk_geometry

  /// Nil where another method must serve.
  init?(_ backend: CPUBackend, _ convolution: Convolution, input: [Int], kernel: [Int]) {
    let (vertical, horizontal) = (convolution.vertical, convolution.horizontal)
    let (stride, reflects) = (convolution.stride, convolution.border == .reflection)
    let output = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: kernel[2], kernelWidth: kernel[3])
    guard convolution.dilation == Convolution.Pair(1),
      stride.vertical * stride.horizontal <= HK_PHASES,
      kernel[2] * kernel[3] <= HK_TAPS,
      (input + kernel + [output.height, output.width]).allSatisfy({ $0 > 0 }),
      !reflects || max(vertical.before, vertical.after) < input[2],
      !reflects || max(horizontal.before, horizontal.after) < input[3]
    else { return nil }
    self.backend = backend
    geometry = hk_geometry(
      images: input[0], channels: input[1], height: input[2], width: input[3], filters: kernel[0],
      filter_height: kernel[2], filter_width: kernel[3], out_height: output.height,
      out_width: output.width, stride_y: stride.vertical, stride_x: stride.horizontal,
      top: vertical.before, bottom: vertical.after, left: horizontal.before,
      right: horizontal.after, reflect: reflects ? 1 : 0)
  }

  /// `[N, K, P, Q]` of `x` into `out`, channels-last.
  func forward(
    _ x: View, _ weight: View, bias: View?, _ activation: Activation, into out: Buffer
  ) throws {
    try convolve(x, weight, bias, activation, isTransposed: false, into: out)
  }

  /// `[N, C, H, W]` of `dy` into `dx`, channels-last.
  func backwardData(
    _ dy: View, _ weight: View, bias: View?, _ activation: Activation, into dx: Buffer
  ) throws {
    try convolve(dy, weight, bias, activation, isTransposed: true, into: dx)
  }

  private func convolve(
    _ x: View, _ weight: View, _ bias: View?, _ activation: Activation, isTransposed: Bool,
    into out: Buffer
  ) throws {
    var plan = hk_direct()
    let level = backend.kernels.level
    guard hk_direct_plan(&plan, [geometry], level, isTransposed ? 1 : 0, activation.kernelCode) != 0
    else { preconditionFailure("the geometry was found to be within the kernels' limits") }
    let (x, weight) = (try backend.channelsLast(x), try backend.contiguous(weight))
    let bias = try bias.map(backend.contiguous)
    let padded = (plan.padded_count + 15) & ~15
    let space = try backend.borrow(padded + plan.unfolded_count)
    defer { backend.arena.giveBack(space) }
    try withFilter(weight, plan, isTransposed) { packed, isPacked in
      try withExtendedLifetime((x.buffer, weight.buffer, bias?.buffer)) {
        var operands = hk_direct_operands(
          x: backend.start(x), w: backend.start(weight), bias: bias.map { backend.start($0) },
          out: backend.elements(out), packed: packed, padded: space.floats,
          unfolded: space.floats + padded)
        try withUnsafePointer(to: &plan) { plan in
          try withUnsafePointer(to: &operands) { operands in
            // Filters come first.
            try run(isPacked ? plan.pointee.pack_blocks : 0, plan.pointee.prepare_blocks) {
              hk_direct_prepare(plan, operands, $0)
            }
            try run(0, plan.pointee.run_blocks) { hk_direct_run(plan, operands, $0) }
            try run(0, plan.pointee.finish_blocks) { hk_direct_finish(plan, operands, $0) }
          }
        }
      }
    }
  }

  /// Lends room for the packed `weight`, and whether it is there from an earlier call.
  private func withFilter(
    _ weight: View, _ plan: hk_direct, _ isTransposed: Bool,
    _ body: (_ packed: UnsafeMutablePointer<Float>, _ isPacked: Bool) throws -> Void
  ) throws {
    let g = geometry
    let key = FilterCache.Key(
      buffer: ObjectIdentifier(weight.buffer), offset: weight.offset, outputs: g.filters,
      channels: g.channels,
      // The taps of a gradient's phases depend on the stride and on the positions of the first
      // outputs.
      form: .packed(
        [g.filter_height, g.filter_width]
          + (isTransposed
            ? [
              g.stride_y, g.stride_x, g.top % g.stride_y, g.left % g.stride_x, Int(g.reflect),
              min(plan.out_height, g.stride_y), min(plan.out_width, g.stride_x),
            ] : []),
        isTransposed: isTransposed))
    if let kept = backend.filters.filter(key) { return try body(kept.floats, true) }
    let space = try backend.borrow(plan.packed_count)
    do {
      try body(space.floats, false)
    } catch {
      backend.arena.giveBack(space)
      throw error
    }
    backend.filters.keep(space, key, of: weight.buffer)
  }

  /// `[K, C, R, S]` into `dw`.
  func backwardWeights(_ x: View, _ dy: View, into dw: Buffer) throws {
    var plan = hk_direct_weights()
    guard hk_direct_weights_plan(&plan, [geometry], backend.kernels.level) != 0 else {
      preconditionFailure("the geometry was found to be within the kernels' limits")
    }
    let (x, dy) = (try backend.channelsLast(x), try backend.channelsLast(dy))
    let padded = (plan.padded_count + 15) & ~15
    let packed = (plan.packed_count + 15) & ~15
    let space = try backend.borrow(padded + packed + plan.sums_count)
    defer { backend.arena.giveBack(space) }
    try withExtendedLifetime((x.buffer, dy.buffer)) {
      var operands = hk_direct_weights_operands(
        x: backend.start(x), dy: backend.start(dy), dw: backend.elements(dw),
        padded: space.floats, packed: space.floats + padded, sums: space.floats + padded + packed)
      try withUnsafePointer(to: &plan) { plan in
        try withUnsafePointer(to: &operands) { operands in
          try run(0, plan.pointee.prepare_blocks) { hk_direct_weights_prepare(plan, operands, $0) }
          try run(0, plan.pointee.run_blocks) { hk_direct_weights_run(plan, operands, $0) }
          try run(0, plan.pointee.finish_blocks) { hk_direct_weights_finish(plan, operands, $0) }
        }
      }
    }
  }

  private func run(_ first: Int, _ end: Int, _ body: (Int) -> Void) throws {
    try backend.pool.run(blocks: end - first, interrupt: backend.interrupt) { body(first + $0) }
  }
}
