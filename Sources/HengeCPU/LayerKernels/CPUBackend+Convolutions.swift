// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend

extension CPUBackend {
  /// Convolves `x [N, C, H, W]` with `weight [K, C, R, S]`.
  public func convolve(
    _ x: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, into out: Buffer
  ) throws {
    if out.count == 0 { return }
    if let pass = strided(
      convolution, input: x.sizes, kernel: weight.sizes, type: x.type, precise: precise,
      isTransposed: false)
    {
      return try run(pass, x, weight, bias: bias, activation, into: out)
    }
    let method = method(
      convolution, input: x.sizes, kernel: weight.sizes, type: x.type, precise: precise)
    switch method {
    case .winograd(let method):
      if let (kind, slope) = activation.epilogue {
        return try method.forward(x, weight, bias: bias, kind, slope: slope, into: out)
      }
      try method.forward(x, weight, bias: nil, HK_EPILOGUE_NONE, slope: 0, into: out)
    case .direct(let method):
      return try method.forward(x, weight, bias: bias, activation, into: out)
    case .unfolded(let method):
      if x.type == .f32 {
        try method.forward(x, weight, into: out, Float.self)
      } else {
        try method.forward(x, weight, into: out, Double.self)
      }
    }
    try finish(out, bias: bias, channels: weight.sizes[0], activation)
  }

  /// The gradient at the input of a convolution.
  public func convolveBackwardData(
    _ dy: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, height: Int, width: Int, into dx: Buffer
  ) throws {
    if dx.count == 0 { return }
    let input = [dy.sizes[0], weight.sizes[1], height, width]
    if let pass = strided(
      convolution, input: input, kernel: weight.sizes, type: dy.type, precise: precise,
      isTransposed: true)
    {
      return try run(pass, dy, weight, bias: bias, activation, into: dx)
    }
    let method = method(
      convolution, input: input, kernel: weight.sizes, type: dy.type, precise: precise)
    switch method {
    case .winograd(let method):
      try method.backwardData(dy, weight, into: dx)
    case .direct(let method):
      return try method.backwardData(dy, weight, bias: bias, activation, into: dx)
    case .unfolded(let method):
      if dy.type == .f32 {
        try method.backwardData(dy, weight, into: dx, Float.self)
      } else {
        try method.backwardData(dy, weight, into: dx, Double.self)
      }
    }
    try finish(dx, bias: bias, channels: weight.sizes[1], activation)
  }

  /// The gradient at the weight of a convolution.
  public func convolveBackwardWeights(
    _ x: View, _ dy: View, _ convolution: Convolution, precise: Bool, kernelHeight: Int,
    kernelWidth: Int, adding: Bool, into dw: Buffer
  ) throws {
    if dw.count == 0 { return }
    let kernel = [dy.sizes[1], x.sizes[1], kernelHeight, kernelWidth]
    let method = method(
      convolution, input: x.sizes, kernel: kernel, type: x.type, precise: precise)
    if case .unfolded(let method) = method, method.order == .weight {
      if adding { filters.forget(dw) } else { try fill(View(dw), with: .int(0)) }
      return x.type == .f32
        ? try method.addBackwardWeights(x, dy, to: dw, Float.self)
        : try method.addBackwardWeights(x, dy, to: dw, Double.self)
    }
    if adding {
      let part = try allocate(dw.count, dw.type)
      try convolveBackwardWeights(
        x, dy, convolution, precise: precise, kernelHeight: kernelHeight, kernelWidth: kernelWidth,
        adding: false, into: part)
      return try add(View(part), to: dw)
    }
    switch method {
    case .winograd(let method):
      try method.backwardWeights(x, dy, into: dw)
    case .direct(let method):
      try method.backwardWeights(x, dy, into: dw)
    case .unfolded(let method):
      if x.type == .f32 {
        try method.backwardWeights(x, dy, into: dw, Float.self)
      } else {
        try method.backwardWeights(x, dy, into: dw, Double.self)
      }
    }
  }

  /// What each output pixel meets.
  public func unfold(
    _ x: View, _ convolution: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer
  ) throws {
    if out.count == 0 { return }
    let unfolded = UnfoldedConvolution(
      self, convolution, input: x.sizes, kernel: [1, x.sizes[1], kernelHeight, kernelWidth],
      by: .weight)
    if x.type == .f32 {
      try unfolded.unfold(x, into: out, Float.self)
    } else {
      try unfolded.unfold(x, into: out, Double.self)
    }
  }

  private func run(
    _ pass: WinogradPass, _ x: View, _ weight: View, bias: View?, _ activation: Activation,
    into out: Buffer
  ) throws {
    if let (kind, slope) = activation.epilogue {
      return try pass.run(x, weight, bias: bias, kind, slope: slope, into: out)
    }
    try pass.run(x, weight, bias: nil, HK_EPILOGUE_NONE, slope: 0, into: out)
    try finish(out, bias: bias, channels: pass.output.channels, activation)
  }
}
