// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Adds the bias and applies the activation, in place.
  func finish(_ out: Buffer, bias: View?, channels: Int, _ activation: Activation) throws {
    guard bias != nil || activation != .none else { return }
    let bias = try bias.map(contiguous)
    let act = activation.kernelCode
    try eachRows(out.count / channels, of: channels) { first, count in
      if out.type == .f32 {
        let rows = elements(out, Float.self) + first * channels
        kernels.normalization.activate(
          rows, count, channels, bias.map { start($0, Float.self) }, act, rows)
      } else {
        hk_finish_f64(
          elements(out) + first * channels, bias.map { start($0, Double.self) }, count, channels,
          act)
      }
    }
  }

  /// Calls `body` for stretches of rows of `length` elements, cut by shape alone.
  func eachRows(
    _ rows: Int, of length: Int, _ body: (_ first: Int, _ count: Int) throws -> Void
  ) throws {
    let perBlock = max(1, Walk.smallest / max(1, length))
    try pool.run(blocks: (rows + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      try body(block * perBlock, min(perBlock, rows - block * perBlock))
    }
  }

  /// The first element that a view names.
  func start<T>(_ view: View, _: T.Type = T.self) -> UnsafeMutablePointer<T> {
    elements(view.buffer, T.self) + view.offset
  }

  /// `[N, C, H, W]` as `[N, H, W, C]` without gaps; copied only if the memory order differs.
  func channelsLast(_ view: View) throws -> View { try contiguous(view.inOrder([0, 2, 3, 1])) }
}

extension Activation {
  /// The kernels' name of the function.
  var kernelCode: hk_activation {
    switch self {
    case .none: hk_activation(kind: HK_NO_ACTIVATION, slope: 0)
    case .relu: hk_activation(kind: HK_RELU_ACTIVATION, slope: 0)
    case .leakyReLU(let slope): hk_activation(kind: HK_LEAKY_RELU, slope: slope)
    case .tanh: hk_activation(kind: HK_TANH_ACTIVATION, slope: 0)
    case .sigmoid: hk_activation(kind: HK_SIGMOID_ACTIVATION, slope: 0)
    }
  }
}
