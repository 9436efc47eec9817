// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// A convolution of f32 as products over the padded input itself: no copy of what each output meets.
///
/// Pictures are padded once and filters packed once, into a workspace; the gradient at the input is
/// a convolution for each remainder by the stride. It takes any kernel, stride and padding, and no
/// dilation. C makes the plan and cuts the blocks, by shape alone.
struct DirectConvolution {
  private let backend: CPUBackend
  private let geometry: hk_geometry
  private let level: hk_level

  /// Nil where another method must serve.
  init?(
    _ backend: CPUBackend, _ convolution: Convolution, type: ElementType, input: [Int],
    kernel: [Int]
  ) {
    guard type == .f32, convolution.dilation == Convolution.Pair(1) else { return nil }
    let (vertical, horizontal) = (convolution.vertical, convolution.horizontal)
    let output = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: kernel[2], kernelWidth: kernel[3])
    guard (input + kernel + [output.height, output.width]).allSatisfy({ $0 > 0 }) else {
      return nil
    }
    let reflects = convolution.border == .reflection
    if reflects {
      guard max(vertical.before, vertical.after) < input[2],
        max(horizontal.before, horizontal.after) < input[3]
      else { return nil }
    }
    self.backend = backend
    level = backend.level.code
    geometry = hk_geometry(
      images: input[0], channels: input[1], height: input[2], width: input[3], filters: kernel[0],
      filter_height: kernel[2], filter_width: kernel[3], out_height: output.height,
      out_width: output.width, stride_y: convolution.stride.vertical,
      stride_x: convolution.stride.horizontal, top: vertical.before, bottom: vertical.after,
      left: horizontal.before, right: horizontal.after, reflect: reflects ? 1 : 0)
  }

  /// `[N, K, P, Q]` of `x` into `out`, channels-last; false where a limit of the kernels forbids it.
  func forward(
    _ x: View, _ weight: View, bias: View?, _ activation: Activation, into out: Buffer
  ) throws -> Bool {
    try convolve(x, weight, bias, activation, backward: false, into: out)
  }

  /// `[N, C, H, W]` of `dy` into `dx`, channels-last; false where a limit of the kernels forbids it.
  func backwardData(
    _ dy: View, _ weight: View, bias: View?, _ activation: Activation, into dx: Buffer
  ) throws -> Bool {
    try convolve(dy, weight, bias, activation, backward: true, into: dx)
  }

  private func convolve(
    _ x: View, _ weight: View, _ bias: View?, _ activation: Activation, backward: Bool,
    into out: Buffer
  ) throws -> Bool {
    var plan = hk_direct()
    guard hk_direct_plan(&plan, [geometry], level, backward ? 1 : 0, activation.kernelCode) != 0
    else { return false }
    let (x, weight) = (try backend.channelsLast(x), try backend.contiguous(weight))
    let bias = try bias.map(backend.contiguous)
    try backend.workspace.lend(
      [plan.packed_count, plan.padded_count, plan.unfolded_count], for: "a convolution"
    ) { memory in
      var operands = hk_direct_operands(
        x: backend.start(x), w: backend.start(weight), bias: bias.map { backend.start($0) },
        out: backend.elements(out), packed: memory[0], padded: memory[1], unfolded: memory[2])
      try withUnsafePointer(to: &plan) { plan in
        try withUnsafePointer(to: &operands) { operands in
          try run(plan.pointee.prepare_blocks) { hk_direct_prepare(plan, operands, $0) }
          try run(plan.pointee.run_blocks) { hk_direct_run(plan, operands, $0) }
          try run(plan.pointee.finish_blocks) { hk_direct_finish(plan, operands, $0) }
        }
      }
    }
    return true
  }

  /// `[K, C, R, S]` into `dw`; false where a limit of the kernels forbids it.
  func backwardWeights(_ x: View, _ dy: View, into dw: Buffer) throws -> Bool {
    var plan = hk_direct_weights()
    guard hk_direct_weights_plan(&plan, [geometry], level) != 0 else { return false }
    let (x, dy) = (try backend.channelsLast(x), try backend.channelsLast(dy))
    try backend.workspace.lend(
      [plan.padded_count, plan.packed_count, plan.sums_count], for: "a convolution's gradient"
    ) { memory in
      var operands = hk_direct_weights_operands(
        x: backend.start(x), dy: backend.start(dy), dw: backend.elements(dw), padded: memory[0],
        packed: memory[1], sums: memory[2])
      try withUnsafePointer(to: &plan) { plan in
        try withUnsafePointer(to: &operands) { operands in
          try run(plan.pointee.prepare_blocks) { hk_direct_weights_prepare(plan, operands, $0) }
          try run(plan.pointee.run_blocks) { hk_direct_weights_run(plan, operands, $0) }
          try run(plan.pointee.finish_blocks) { hk_direct_weights_finish(plan, operands, $0) }
        }
      }
    }
    return true
  }

  private func run(_ blocks: Int, _ body: (Int) -> Void) throws {
    try backend.pool.run(blocks: blocks, interrupt: backend.interrupt) { body($0) }
  }
}
