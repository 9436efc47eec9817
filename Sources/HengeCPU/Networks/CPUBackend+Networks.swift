// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import Glibc
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Adds the bias and applies the activation, in place.
  func finish(_ out: Buffer, bias: View?, channels: Int, _ activation: Activation) throws {
    guard bias != nil || activation != .none else { return }
    let bias = try bias.map(contiguous)
    let act = activation.kernelCode
    try eachRows(out.count / channels, of: channels) { first, count in
      if out.type == .f32 {
        hk_finish_f32(
          elements(out) + first * channels, bias.map { start($0, Float.self) }, count, channels, act
        )
      } else {
        hk_finish_f64(
          elements(out) + first * channels, bias.map { start($0, Double.self) }, count, channels,
          act)
      }
    }
  }

  /// Normalises each channel of each group.
  public func normalize(
    _ x: View, epsilon: Double, scale: View?, shift: View?, activation: Activation,
    residual: View?, into out: Buffer, mean: Buffer, inverse: Buffer
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    let (x, residual) = (try contiguous(x), try residual.map(contiguous))
    let (scale, shift) = (try scale.map(contiguous), try shift.map(contiguous))
    let act = activation.kernelCode
    try pool.run(blocks: groups, interrupt: interrupt) { g in
      let from = g * length * channels
      let sums = try allocate(2 * channels, .f64)
      if x.type == .f32 {
        hk_normalize_f32(
          start(x) + from, length, channels, epsilon, scale.map { start($0) },
          shift.map { start($0) }, act, residual.map { start($0) + from }, elements(out) + from,
          elements(mean) + g * channels, elements(inverse) + g * channels, elements(sums))
      } else {
        hk_normalize_f64(
          start(x) + from, length, channels, epsilon, scale.map { start($0) },
          shift.map { start($0) }, act, residual.map { start($0) + from }, elements(out) + from,
          elements(mean) + g * channels, elements(inverse) + g * channels, elements(sums))
      }
    }
  }

  /// The gradients of the normalisation; groups add to `scale` and `shift` in their order.
  public func normalizeBackward(
    _ dy: View, _ x: View, scale: View?, shift: View?, activation: Activation, mean: Buffer,
    inverse: Buffer, into dx: Buffer, scale dscale: Buffer?, shift dshift: Buffer?
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    let (x, dy) = (try contiguous(x), try contiguous(dy))
    let (scale, shift) = (try scale.map(contiguous), try shift.map(contiguous))
    let act = activation.kernelCode
    let totals = View(try allocate(2 * groups * channels, .f64), sizes: [2, groups, channels])
    try fill(totals, with: .int(0))
    try pool.run(blocks: groups, interrupt: interrupt) { g in
      let from = g * length * channels
      let sums = try allocate(2 * channels, .f64)
      let own = elements(totals.buffer, Double.self) + g * channels
      if x.type == .f32 {
        hk_normalize_backward_f32(
          start(dy) + from, start(x) + from, length, channels, scale.map { start($0) },
          shift.map { start($0) }, act, elements(mean) + g * channels,
          elements(inverse) + g * channels, elements(dx) + from, own, own + groups * channels,
          elements(sums))
      } else {
        hk_normalize_backward_f64(
          start(dy) + from, start(x) + from, length, channels, scale.map { start($0) },
          shift.map { start($0) }, act, elements(mean) + g * channels,
          elements(inverse) + g * channels, elements(dx) + from, own, own + groups * channels,
          elements(sums))
      }
    }
    for (index, target) in [dscale, dshift].enumerated() {
      guard let target else { continue }
      let one = View(
        totals.buffer, offset: index * groups * channels, sizes: [channels, groups],
        strides: [1, channels])
      let sums = try allocate(channels, .f64)
      _ = try reduce(.sum, one, kept: 1, into: sums)
      try convert(View(sums), to: View(target), rounding: .nearest)
    }
  }

  /// The gradient before an activation.
  public func activationBackward(
    _ activation: Activation, _ dy: View, result y: View, into dx: Buffer
  ) throws {
    let (dy, y) = (try contiguous(dy), try contiguous(y))
    let act = activation.kernelCode
    try eachRows(dx.count, of: 1) { first, count in
      if dy.type == .f32 {
        hk_activation_backward_f32(
          start(dy) + first, start(y) + first, elements(dx) + first, count, act)
      } else {
        hk_activation_backward_f64(
          start(dy) + first, start(y) + first, elements(dx) + first, count, act)
      }
    }
  }

  /// One step of Adam.
  public func adam(
    _ step: AdamStep, parameter: View, gradient: View, mean: View, square: View,
    into parameters: Buffer, mean means: Buffer, square squares: Buffer
  ) throws {
    let (p, g) = (try contiguous(parameter), try contiguous(gradient))
    let (m, v) = (try contiguous(mean), try contiguous(square))
    let settings = hk_adam_step(step)
    try eachRows(parameters.count, of: 1) { i, count in
      if p.type == .f32 {
        hk_adam_f32(
          settings, start(p) + i, start(g) + i, start(m) + i, start(v) + i,
          elements(parameters) + i, elements(means) + i, elements(squares) + i, count)
      } else {
        hk_adam_f64(
          settings, start(p) + i, start(g) + i, start(m) + i, start(v) + i,
          elements(parameters) + i, elements(means) + i, elements(squares) + i, count)
      }
    }
  }

  /// Calls `body` for stretches of rows of `length` elements, cut by shape alone.
  private func eachRows(
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

  /// `[N, C, H, W]` as `[N, H, W, C]` without gaps; copies only if it lies otherwise.
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

extension hk_adam_step {
  /// Both forms as one formula: p -= rate · m / (root · √v + ε).
  fileprivate init(_ step: AdamStep) {
    let first = 1 - pow(step.beta1, Double(step.number))
    let second = 1 - pow(step.beta2, Double(step.number))
    let (rate, root) =
      switch step.form {
      case .pytorch: (step.learningRate / first, 1 / second.squareRoot())
      case .keras: (step.learningRate * second.squareRoot() / first, 1)
      }
    self.init(
      rate: rate, root: root, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
      decay: step.decay)
  }
}
