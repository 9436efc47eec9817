// SPDX-License-Identifier: MIT
public import HengeBackend

// Convolutions and normalization. Their results are channels-last in memory under a shape of
// [N, C, H, W]; operations on elements keep that order.

extension Tensor {
  /// Convolves `[N, C, H, W]` with `weight [K, C, R, S]`: `y[n, k, p, q] = act(bias[k] + Σ x·w)`.
  ///
  /// Shape: `[N, C, H, W]`, `[K, C, R, S]` → `[N, K, P, Q]`; see ``Convolution``. `precise` uses
  /// plain sums (no Winograd). `dropping` applies dropout to the result, like ``dropout(_:from:)``
  /// after it, but keeps one tensor instead of two, because a rectifier's derivative can be read
  /// from what dropout leaves. Throws `E-shape` if channels or sizes do not match.
  public func convolved(
    with weight: Tensor, bias: Tensor? = nil, _ convolution: Convolution,
    activation: Activation = .none, dropping: Dropping? = nil, precise: Bool = false
  ) throws -> Tensor {
    try checkConvolution(weight, bias, convolution, channels: 1, outputs: 0)
    let (height, width) = convolution.outputSize(
      height: shape[2], width: shape[3], kernelHeight: weight.shape[2], kernelWidth: weight.shape[3]
    )
    guard height > 0, width > 0 else {
      throw Failure.kernelTooLarge(weight.shape, over: shape)
    }
    var result = try Tensor.channelsLast(
      [shape[0], weight.shape[0], height, width], type, on: backend)
    try backend.convolve(
      view, weight.view, bias: bias?.view, convolution, activation: activation, precise: precise,
      into: result.storage)
    if let dropping { try result.drop(dropping) }
    let (x, w) = (Kept(self), weight.detached())
    // The result is kept only for what reads it.
    let y = activation == .none && dropping == nil ? nil : result
    return Tensor.recordParts(
      "convolution", from: [self, weight] + (bias.map { [$0] } ?? []), result
    ) { gradient, wanted in
      if let y {
        if let dropping { try gradient.drop(dropping, inOrderOf: y) }
        try gradient.turnBeforeActivation(activation, result: y)
      }
      let slope = gradient
      let atInput =
        wanted[0] ? try slope.convolutionInput(w, convolution, x.shape, precise: precise) : nil
      let atBias = wanted.count > 2 && wanted[2] ? try slope.sum([0, 2, 3]) : nil
      return [
        atInput.map(Node.Part.tensor),
        wanted[1]
          ? try x.elements().convolutionWeight(slope, convolution, w.shape, precise: precise) : nil,
      ] + (wanted.count > 2 ? [atBias.map(Node.Part.tensor)] : [])
    }
  }

  /// The transposed convolution of `[N, K, P, Q]` with `weight [K, C, R, S]`, as PyTorch lays it out:
  /// the gradient of ``convolved(with:bias:_:activation:precise:)`` at its input.
  ///
  /// Shape: → `[N, C, H, W]` with `H = (P - 1)·stride - top - bottom + dilation·(R - 1) + 1 + extra`;
  /// `extra` is PyTorch's output padding. Throws `E-shape` where channels or sizes do not fit.
  public func convolvedTransposed(
    with weight: Tensor, bias: Tensor? = nil, _ convolution: Convolution,
    extra: Convolution.Pair = .init(0), activation: Activation = .none, precise: Bool = false
  ) throws -> Tensor {
    try checkConvolution(weight, bias, convolution, channels: 0, outputs: 1)
    func size(
      _ input: Int, _ stride: Int, _ edges: Convolution.Edges, _ dilation: Int, _ kernel: Int,
      _ extra: Int
    ) -> Int {
      (input - 1) * stride - edges.before - edges.after + dilation * (kernel - 1) + 1 + extra
    }
    let height = size(
      shape[2], convolution.stride.vertical, convolution.vertical, convolution.dilation.vertical,
      weight.shape[2], extra.vertical)
    let width = size(
      shape[3], convolution.stride.horizontal, convolution.horizontal,
      convolution.dilation.horizontal, weight.shape[3], extra.horizontal)
    guard height > 0, width > 0, shape[2] > 0, shape[3] > 0 else {
      throw Failure(
        "E-shape", "a transposed convolution of \(shape) with \(weight.shape) leaves nothing")
    }
    let sizes = [shape[0], weight.shape[1], height, width]
    let result = try Tensor.channelsLast(sizes, type, on: backend)
    try backend.convolveBackwardData(
      view, weight.view, bias: bias?.view, convolution, activation: activation, precise: precise,
      height: height, width: width, into: result.storage)
    let (x, w) = (Kept(self), weight.detached())
    let y = activation == .none ? nil : result
    return Tensor.recordParts(
      "transposed convolution", from: [self, weight] + (bias.map { [$0] } ?? []), result
    ) { gradient, wanted in
      if let y { try gradient.turnBeforeActivation(activation, result: y) }
      let slope = gradient
      let atInput = wanted[0] ? try slope.convolved(with: w, convolution, precise: precise) : nil
      let atBias = wanted.count > 2 && wanted[2] ? try slope.sum([0, 2, 3]) : nil
      return [
        atInput.map(Node.Part.tensor),
        wanted[1]
          ? try slope.convolutionWeight(x.elements(), convolution, w.shape, precise: precise) : nil,
      ] + (wanted.count > 2 ? [atBias.map(Node.Part.tensor)] : [])
    }
  }

  /// Normalizes every channel of every sample over its pixels (instance norm), or of the whole
  /// batch (batch norm): `act((x - mean) / √(variance + epsilon) · scale + shift) + residual`.
  ///
  /// Shape: `[N, C, H, W]` → the same; `scale` and `shift` `[C]`, or over each sample also `[N, C]`;
  /// `residual` as the input. The variance is the population variance. [Ulyanov et al. 2016; Ioffe and Szegedy 2015]
  public func normalized(
    over group: NormalizationGroup, epsilon: Double = 1e-5, scale: Tensor? = nil,
    shift: Tensor? = nil, activation: Activation = .none, residual: Tensor? = nil
  ) throws -> Tensor {
    try normalizedWithStatistics(
      over: group, epsilon: epsilon, scale: scale, shift: shift, activation: activation,
      residual: residual
    ).result
  }

  /// As ``normalized(over:epsilon:scale:shift:activation:residual:)``, with the means and
  /// 1 / √(variance + epsilon), `[G, C]`, that it used.
  public func normalizedWithStatistics(
    over group: NormalizationGroup, epsilon: Double = 1e-5, scale: Tensor? = nil,
    shift: Tensor? = nil, activation: Activation = .none, residual: Tensor? = nil
  ) throws -> (result: Tensor, mean: Tensor, inverse: Tensor) {
    guard rank == 4, type.isFloat else {
      throw Failure(
        "E-shape",
        "normalization takes a batch of feature maps NxCxHxW, not \(type.rawValue) \(shape)")
    }
    let fitting = [[shape[1]]] + (group == .sample ? [[shape[0], shape[1]]] : [])
    for parameter in [scale, shift].compactMap(\.self)
    where !fitting.contains(parameter.shape.sizes) {
      throw Failure(
        "E-shape", "\(shape[1]) channels cannot be scaled by \(parameter.shape)", parameter: "x")
    }
    if let residual, residual.shape != shape {
      throw Failure.cannotCombine("add", residual.shape, shape)
    }
    let groups = try self.groups(group)
    let sizes = groups.shape.sizes
    let result = try Tensor.channelsLast(shape.sizes, type, on: backend)
    let statistics = try Shape([sizes[0], sizes[2]])
    let mean = try Tensor.empty(statistics, type, on: backend)
    let inverse = try Tensor.empty(statistics, type, on: backend)
    try backend.normalize(
      groups.view, epsilon: epsilon, scale: scale?.view, shift: shift?.view, activation: activation,
      residual: try residual?.groups(group).view, into: result.storage, mean: mean.storage,
      inverse: inverse.storage, statistics: .computed)
    let (x, a, b) = (groups.detached(), scale?.detached(), shift?.detached())
    let operands = [self] + [residual, scale, shift].compactMap(\.self)
    let addsResidual = residual != nil
    let recorded = Tensor.record("normalization", from: operands, result) { gradient, wanted in
      let dy = try gradient.groups(group)
      let dx = try Tensor.channelsLast(gradient.shape.sizes, gradient.type, on: gradient.backend)
      func parameter(_ tensor: Tensor?) throws -> Tensor? {
        try tensor.map { try Tensor.empty($0.shape, $0.type, on: $0.backend) }
      }
      let (da, db) = (try parameter(a), try parameter(b))
      try dy.backend.normalizeBackward(
        dy.view, x.view, scale: a?.view, shift: b?.view, activation: activation,
        mean: mean.storage, inverse: inverse.storage, into: dx.storage, scale: da?.storage,
        shift: db?.storage)
      return [dx] + (addsResidual ? [gradient] : []) + [da, db].compactMap(\.self)
    }
    // With a residual the recipe would keep that.
    guard residual == nil else { return (recorded, mean, inverse) }
    let sizesOfResult = shape.sizes
    let cheaper = recorded.withRecipe {
      let again = try Tensor.channelsLast(sizesOfResult, x.type, on: x.backend)
      try x.backend.normalize(
        x.view, epsilon: epsilon, scale: a?.view, shift: b?.view, activation: activation,
        residual: nil, into: again.storage, mean: mean.storage, inverse: inverse.storage,
        statistics: .stored)
      return again
    }
    return (cheaper, mean, inverse)
  }

  /// `[N, C, H, W]` as `[G, L, C]`.
  func groups(_ group: NormalizationGroup) throws -> Tensor {
    let last = try detached().permuted([0, 2, 3, 1])
    return switch group {
    case .sample: try last.reshaped([shape[0], shape[2] * shape[3], shape[1]])
    case .batch: try last.reshaped([1, shape[0] * shape[2] * shape[3], shape[1]])
    }
  }

  /// A tensor `[N, C, H, W]` of uninitialized elements in channels-last memory order.
  static func channelsLast(_ sizes: [Int], _ type: ElementType, on backend: any Backend) throws
    -> Tensor
  {
    try empty(try Shape([sizes[0], sizes[2], sizes[3], sizes[1]]), type, on: backend)
      .permuted([0, 3, 1, 2])
  }

  /// The gradient before an activation, from the activation's result.
  func beforeActivation(_ activation: Activation, result y: Tensor) throws -> Tensor {
    guard activation != .none else { return self }
    let order = y.memoryOrder
    let result = try Tensor.empty(shape, type, inOrder: order, on: backend)
    try backend.activationBackward(
      activation, view.inOrder(order), result: y.view.inOrder(order), into: result.storage)
    return result
  }

  /// As ``beforeActivation(_:result:)``, in place if this gradient's memory is not shared.
  mutating func turnBeforeActivation(_ activation: Activation, result y: Tensor) throws {
    guard activation != .none else { return }
    guard ownsAll(), memoryOrder == y.memoryOrder else {
      self = try beforeActivation(activation, result: y)
      return
    }
    let order = memoryOrder
    let own = view.inOrder(order)
    try backend.activationBackward(
      activation, own, result: y.view.inOrder(order), into: storage)
  }

  private func convolutionInput(
    _ weight: Tensor, _ convolution: Convolution, _ input: Shape, precise: Bool
  ) throws -> Tensor {
    let result = try Tensor.channelsLast(input.sizes, type, on: backend)
    try backend.convolveBackwardData(
      view, weight.view, bias: nil, convolution, activation: .none, precise: precise,
      height: input[2], width: input[3], into: result.storage)
    return result
  }

  /// The part of the gradient at a weight: an outer product for each pixel, where they are few, or else added
  /// in place where others were there before.
  private func convolutionWeight(
    _ slope: Tensor, _ convolution: Convolution, _ weight: Shape, precise: Bool
  ) throws -> Node.Part {
    let pixels = slope.shape[0] * slope.shape[2] * slope.shape[3]
    if pixels > 0, OuterProducts.areWorthwhile(weight, rank: pixels) {
      let rows = try Tensor.empty(
        try Shape([pixels, weight.count / weight[0]]), type, on: backend)
      try backend.unfold(
        view, convolution, kernelHeight: weight[2], kernelWidth: weight[3], into: rows.storage)
      let columns = try slope.permuted([1, 0, 2, 3]).reshaped([weight[0], pixels])
      return .products(OuterProducts(columns.detached(), rows, weight))
    }
    return .addition { sum in
      func run(into buffer: Buffer, adding: Bool) throws {
        try backend.convolveBackwardWeights(
          view, slope.view, convolution, precise: precise, kernelHeight: weight[2],
          kernelWidth: weight[3], adding: adding, into: buffer)
      }
      if let isOwn = sum?.isOwn(), isOwn, let buffer = sum?.storage {
        return try run(into: buffer, adding: true)
      }
      let result = try Tensor.empty(weight, type, on: backend)
      try run(into: result.storage, adding: false)
      if sum == nil { sum = result } else { try sum?.add(result) }
    }
  }

  private func checkConvolution(
    _ weight: Tensor, _ bias: Tensor?, _ convolution: Convolution, channels: Int, outputs: Int
  ) throws {
    guard rank == 4, weight.rank == 4, type.isFloat else {
      throw Failure(
        "E-shape",
        "a convolution takes a batch of feature maps NxCxHxW, not \(type.rawValue) \(shape)",
        parameter: "x")
    }
    guard type == weight.type, bias.map({ $0.type == type }) ?? true else {
      throw Failure(
        "E-type", "cannot convolve \(type.rawValue) with \(weight.type.rawValue)",
        suggestion: "\(weight.type.rawValue)(§)", parameter: "x")
    }
    guard shape[1] == weight.shape[channels] else {
      throw Failure(
        "E-shape",
        "the input \(shape) has \(shape[1]) channel\(shape[1] == 1 ? "" : "s"), but the weight \(weight.shape) takes \(weight.shape[channels])",
        parameter: "x")
    }
    if let bias, bias.shape.sizes != [weight.shape[outputs]] {
      throw Failure(
        "E-shape", "a bias of \(bias.shape) does not fit \(weight.shape[outputs]) channels")
    }
    let (v, h) = (convolution.vertical, convolution.horizontal)
    guard min(v.before, v.after, h.before, h.after) >= 0,
      min(convolution.stride.vertical, convolution.stride.horizontal) >= 1,
      min(convolution.dilation.vertical, convolution.dilation.horizontal) >= 1
    else {
      throw Failure("E-range", "strides and dilations are 1 or more, padding 0 or more")
    }
    if convolution.border == .reflection, channels == 1,
      max(v.before, v.after) >= shape[2] || max(h.before, h.after) >= shape[3]
    {
      throw Failure(
        "E-shape",
        "padding by reflection of \(max(v.before, v.after, h.before, h.after)) needs a larger image, not \(shape)",
        parameter: "x")
    }
  }
}

/// What shares a mean and a variance in a normalization.
public enum NormalizationGroup: String, Sendable {
  /// The pixels of a channel of one sample: instance normalization.
  case sample
  /// The pixels of a channel of all samples: batch normalization.
  case batch
}

extension Failure {
  static func kernelTooLarge(_ weight: Shape, over input: Shape) -> Failure {
    Failure(
      "E-shape",
      "the kernel \(weight[2])x\(weight[3]) is larger than the input, \(input[2])x\(input[3]) with its padding",
      parameter: "x")
  }
}

extension OpCheck {
  static let convolution = OpCheck(
    "convolution",
    sizes: { stream in
      let x = maps(&stream, from: 5)
      let outputs = 1 + stream.next(below: 4)
      return [x, [outputs, x[1], 1 + stream.next(below: 3), 1 + stream.next(below: 3)], [outputs]]
    },
    { try $0[0].convolved(with: $0[1], bias: $0[2], Convolution()) },
    {
      let places = Convolution(
        stride: .init(2, 1), vertical: .init(1, 0), horizontal: .init(2), border: .reflection)
      return try $0[0].convolved(with: $0[1], bias: $0[2], places, activation: .tanh)
    },
    {
      let places = Convolution(vertical: .init(1), horizontal: .init(0, 1), dilation: .init(1, 2))
      return try $0[0].convolved(
        with: $0[1], bias: $0[2], places, activation: .sigmoid, precise: true)
    })
  static let transposedConvolution = OpCheck(
    "transposed convolution",
    sizes: { stream in
      let x = maps(&stream, from: 2)
      let outputs = 1 + stream.next(below: 4)
      return [x, [x[1], outputs, 2 + stream.next(below: 2), 2 + stream.next(below: 2)], [outputs]]
    },
    { try $0[0].convolvedTransposed(with: $0[1], bias: $0[2], Convolution()) },
    {
      let places = Convolution(stride: .init(2), vertical: .init(1, 0), horizontal: .init(0, 1))
      return try $0[0].convolvedTransposed(
        with: $0[1], bias: $0[2], places, extra: .init(1), activation: .tanh)
    })
  static let normalization = OpCheck(
    "normalization",
    sizes: { stream in
      let x = maps(&stream, from: 2)
      return [x, x, [x[1]], [x[1]]]
    },
    {
      try $0[0].normalized(
        over: .sample, scale: $0[2], shift: $0[3], activation: .tanh, residual: $0[1])
    },
    { try $0[0].normalized(over: .batch, scale: $0[2], shift: $0[3]) },
    {
      // Scales of each sample, and shifts of all.
      try $0[0].normalized(
        over: .sample, scale: $0[1].mean([2, 3]), shift: $0[3], activation: .tanh)
    },
    {
      try $0[0].normalized(
        over: .sample, scale: $0[2], shift: $0[1].sum([2, 3]), residual: $0[1])
    })
}
