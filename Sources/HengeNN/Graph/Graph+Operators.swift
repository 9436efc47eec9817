// SPDX-License-Identifier: MIT
internal import HengeBackend

// Groups of operators that several layers export.

extension Graph {
  /// The activation of each element.
  func activated(_ x: Value, _ activation: Activation) -> Value {
    switch activation {
    case .none: x
    case .relu: add("Relu", [x])
    case .leakyReLU(let slope): add("LeakyRelu", [x], ["alpha": .float(Double(slope))])
    case .tanh: add("Tanh", [x])
    case .sigmoid: add("Sigmoid", [x])
    }
  }

  /// The indices `range` of an axis; up to its end where the range is open.
  public func sliced(_ x: Value, axis: Int, from start: Int, to end: Int? = nil) -> Value {
    add(
      "Slice",
      [
        x, ints([start], "starts"), ints([end ?? Int(Int32.max)], "ends"), ints([axis], "axes"),
      ])
  }

  /// Values `[N, C]` of each channel as `[N, C, 1, 1]`, for maps.
  func overMaps(_ x: Value) -> Value { add("Unsqueeze", [x, ints([2, 3], "axes")]) }

  /// The means of maps over their pixels, `[N, C]`.
  public func pixelMeans(_ x: Value) -> Value {
    add("ReduceMean", [x], ["axes": .ints([2, 3]), "keepdims": .int(0)])
  }

  /// The values of several, joined along an axis.
  public func joined(_ values: [Value], axis: Int) -> Value {
    add("Concat", values, ["axis": .int(axis)])
  }

  /// Rows and columns around maps, mirrored or zeros.
  func padded(
    _ x: Value, rank: Int = 4, vertical: Convolution.Edges, horizontal: Convolution.Edges,
    isMirrored: Bool
  ) -> Value {
    let none = Array(repeating: 0, count: max(0, rank - 2))
    let widths =
      none + [vertical.before, horizontal.before] + none + [vertical.after, horizontal.after]
    return add(
      "Pad", [x, ints(widths, "pads")], ["mode": .text(isMirrored ? "reflect" : "constant")])
  }

  /// Instance normalization of `channels` channels: the operator needs a scale and a shift.
  func instanceNormalized(
    _ x: Value, channels: Int, epsilon: Double, scale: Value? = nil, shift: Value? = nil
  ) throws -> Value {
    func all(_ number: Double, _ name: String) throws -> Value {
      try constant(Array(repeating: number, count: channels), [channels], name)
    }
    return add(
      "InstanceNormalization",
      [x, try scale ?? all(1, "ones"), try shift ?? all(0, "zeros")],
      ["epsilon": .float(epsilon)])
  }

  /// The input's channels without the last `count`, and the means of those, `[N, count]`.
  public func splittingCondition(_ x: Value, _ count: Int) throws -> (maps: Value, condition: Value)
  {
    let channels = try inputShape()[1] - count
    return (
      sliced(x, axis: 1, from: 0, to: channels), pixelMeans(sliced(x, axis: 1, from: channels))
    )
  }

  /// A blend of instance and layer normalization, as `Tensor.blendNormalized`: the shares are `rho` and
  /// 1 - `rho`, `[1, C, 1, 1]`; `scale` and `shift` have a shape that spreads over maps.
  func blendNormalized(
    _ x: Value, rho: Value, channels: Int, epsilon: Double, scale: Value?, shift: Value?
  ) throws -> Value {
    let own = try normalized(x, over: [2, 3], channels: 1, epsilon)
    let all = try normalized(x, over: [1, 2, 3], channels: channels, epsilon)
    let rest = add("Sub", [try constant(1, "one"), rho])
    var y = add("Add", [add("Mul", [own, rho]), add("Mul", [all, rest])])
    if let scale { y = add("Mul", [y, scale]) }
    if let shift { y = add("Add", [y, shift]) }
    return y
  }

  /// `(x - mean) / √(variance + epsilon)` over axes, the variance divided by the count less 1, where the
  /// count is that of the pixels of `channels` channels.
  private func normalized(
    _ x: Value, over axes: [Int], channels: Int, _ epsilon: Double
  ) throws -> Value {
    let over: KeyValuePairs<String, Attribute> = ["axes": .ints(axes), "keepdims": .int(1)]
    let difference = add("Sub", [x, add("ReduceMean", [x], over)])
    let squares = add("ReduceMean", [add("Mul", [difference, difference])], over)
    let variance = add("Mul", [squares, try sampleFactor(x, channels)])
    let deviation = add("Sqrt", [add("Add", [variance, try constant(epsilon, "eps")])])
    return add("Div", [difference, deviation])
  }

  /// n / (n - 1) for the n pixels of `channels` channels: a constant where the size is fixed.
  private func sampleFactor(_ x: Value, _ channels: Int) throws -> Value {
    guard isSizeOpen else {
      let shape = try inputShape()
      let count = Double(shape[2] * shape[3] * channels)
      return try constant(count / (count - 1), "factor")
    }
    let sides = add("Cast", [add("Shape", [x], ["start": .int(2)])], ["to": .int(1)])
    var count = add(
      "Mul", [sliced(sides, axis: 0, from: 0, to: 1), sliced(sides, axis: 0, from: 1, to: 2)])
    if channels > 1 { count = add("Mul", [count, try constant(Double(channels), "channels")]) }
    return add("Div", [count, add("Sub", [count, try constant(1, "one")])])
  }
}
