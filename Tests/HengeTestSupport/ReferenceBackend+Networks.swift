// SPDX-License-Identifier: MIT
internal import Glibc
public import HengeBackend

extension ReferenceBackend {
  /// Convolves, element by element of the output.
  public func convolve(
    _ x: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, into out: Buffer
  ) throws {
    var sums = [Double](repeating: 0, count: out.count)
    meet(x.sizes, weight.sizes, convolution) { input, kernel, output in
      sums[output] += number(x, input) * number(weight, kernel)
    }
    let channels = weight.sizes[0]
    for index in sums.indices {
      let b = bias.map { number($0, [index % channels]) } ?? 0
      set(out, index, .num(activation.value(sums[index] + b)))
    }
  }

  /// The adjoint of the convolution in its input.
  public func convolveBackwardData(
    _ dy: View, _ weight: View, bias: View?, _ convolution: Convolution, activation: Activation,
    precise: Bool, height: Int, width: Int, into dx: Buffer
  ) throws {
    let (channels, outputs) = (weight.sizes[1], dy.sizes)
    var sums = [Double](repeating: 0, count: dx.count)
    meet([outputs[0], channels, height, width], weight.sizes, convolution) {
      input, kernel, output in
      let place = [
        output / (outputs[1] * outputs[3] * outputs[2]), output % outputs[1],
        output / (outputs[1] * outputs[3]) % outputs[2], output / outputs[1] % outputs[3],
      ]
      let at = ((input[0] * height + input[2]) * width + input[3]) * channels + input[1]
      sums[at] += number(dy, place) * number(weight, kernel)
    }
    for index in sums.indices {
      let b = bias.map { number($0, [index % channels]) } ?? 0
      set(dx, index, .num(activation.value(sums[index] + b)))
    }
  }

  /// The adjoint of the convolution in its weight.
  public func convolveBackwardWeights(
    _ x: View, _ dy: View, _ convolution: Convolution, precise: Bool, kernelHeight: Int,
    kernelWidth: Int, adding: Bool, into dw: Buffer
  ) throws {
    let outputs = dy.sizes
    let sizes = [outputs[1], x.sizes[1], kernelHeight, kernelWidth]
    var sums =
      adding ? values(View(dw)).map(\.double) : [Double](repeating: 0, count: dw.count)
    meet(x.sizes, sizes, convolution) { input, kernel, output in
      let place = [
        output / (outputs[1] * outputs[3] * outputs[2]), output % outputs[1],
        output / (outputs[1] * outputs[3]) % outputs[2], output / outputs[1] % outputs[3],
      ]
      let at = ((kernel[0] * sizes[1] + kernel[1]) * sizes[2] + kernel[2]) * sizes[3] + kernel[3]
      sums[at] += number(x, input) * number(dy, place)
    }
    store(sums.map { .num($0) }, in: dw)
  }

  /// Calls `body` for each product of a convolution: where in the input `[n, c, h, w]`, where in the
  /// weight `[k, c, r, s]`, and which channels-last element of the output.
  private func meet(
    _ input: [Int], _ kernel: [Int], _ convolution: Convolution,
    _ body: (_ input: [Int], _ kernel: [Int], _ output: Int) -> Void
  ) {
    let (height, width) = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: kernel[2], kernelWidth: kernel[3])
    let rows = convolution.inputRows(height: input[2], outputs: height, kernel: kernel[2])
    let columns = convolution.inputColumns(width: input[3], outputs: width, kernel: kernel[3])
    for n in 0..<input[0] {
      for p in 0..<height {
        for q in 0..<width {
          for k in 0..<kernel[0] {
            let output = ((n * height + p) * width + q) * kernel[0] + k
            for c in 0..<kernel[1] {
              for r in 0..<kernel[2] {
                for s in 0..<kernel[3] {
                  let (row, column) = (rows[p * kernel[2] + r], columns[q * kernel[3] + s])
                  if row >= 0, column >= 0 { body([n, c, row, column], [k, c, r, s], output) }
                }
              }
            }
          }
        }
      }
    }
  }

  func number(_ view: View, _ place: [Int]) -> Double {
    let at = zip(place, view.strides).reduce(view.offset) { $0 + $1.0 * $1.1 }
    return element(view.buffer, at).double
  }

  /// Normalises each channel of each group.
  public func normalize(
    _ x: View, epsilon: Double, scale: View?, shift: View?, activation: Activation,
    residual: View?, into out: Buffer, mean: Buffer, inverse: Buffer,
    statistics: NormalizationStatistics
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    for g in 0..<groups {
      for c in 0..<channels {
        let column = (0..<length).map { number(x, [g, $0, c]) }
        let average = column.reduce(0, +) / Double(length)
        let variance = column.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(length)
        let rate = 1 / (variance + epsilon).squareRoot()
        set(mean, g * channels + c, .num(average))
        set(inverse, g * channels + c, .num(rate))
        let (a, b) = (parameter(scale, g, c) ?? 1, parameter(shift, g, c) ?? 0)
        for (l, value) in column.enumerated() {
          let added = residual.map { number($0, [g, l, c]) } ?? 0
          let result = activation.value((value - average) * rate * a + b) + added
          set(out, (g * length + l) * channels + c, .num(result))
        }
      }
    }
  }

  /// The scale or shift of a channel: of all groups, or of each.
  private func parameter(_ view: View?, _ g: Int, _ c: Int) -> Double? {
    view.map { number($0, $0.sizes.count == 2 ? [g, c] : [c]) }
  }

  /// The gradients of the normalisation.
  public func normalizeBackward(
    _ dy: View, _ x: View, scale: View?, shift: View?, activation: Activation, mean: Buffer,
    inverse: Buffer, into dx: Buffer, scale dscale: Buffer?, shift dshift: Buffer?
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    // Of each group, or of all.
    var (scales, shifts) = (
      [Double](repeating: 0, count: dscale?.count ?? channels),
      [Double](repeating: 0, count: dshift?.count ?? channels)
    )
    for g in 0..<groups {
      for c in 0..<channels {
        let average = element(mean, g * channels + c).double
        let rate = element(inverse, g * channels + c).double
        let (a, b) = (parameter(scale, g, c) ?? 1, parameter(shift, g, c) ?? 0)
        let normal = (0..<length).map { (number(x, [g, $0, c]) - average) * rate }
        let slopes = (0..<length).map { l -> Double in
          let result = activation.value(normal[l] * a + b)
          return number(dy, [g, l, c]) * activation.slope(result: result)
        }
        let sum = slopes.reduce(0, +)
        let product = zip(slopes, normal).reduce(0) { $0 + $1.0 * $1.1 }
        scales[(g * channels + c) % scales.count] += product
        shifts[(g * channels + c) % shifts.count] += sum
        for l in 0..<length {
          let gradient =
            a * rate * (slopes[l] - sum / Double(length) - normal[l] * product / Double(length))
          set(dx, (g * length + l) * channels + c, .num(gradient))
        }
      }
    }
    if let dscale { store(scales.map { .num($0) }, in: dscale) }
    if let dshift { store(shifts.map { .num($0) }, in: dshift) }
  }

  /// A blend of instance and layer normalization, by its definition.
  public func blendNormalize(
    _ x: View, epsilon: Double, rho: View, scale: View?, shift: View?, activation: Activation,
    into out: Buffer, mean: Buffer, inverse: Buffer, statistics: NormalizationStatistics
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    func statistics(_ numbers: [Double]) -> (mean: Double, rate: Double) {
      let average = numbers.reduce(0, +) / Double(numbers.count)
      let squares = numbers.reduce(0) { $0 + ($1 - average) * ($1 - average) }
      return (average, 1 / (squares / Double(numbers.count - 1) + epsilon).squareRoot())
    }
    for g in 0..<groups {
      let columns = (0..<channels).map { c in (0..<length).map { number(x, [g, $0, c]) } }
      let whole = statistics(columns.flatMap(\.self))
      set(mean, g * (channels + 1) + channels, .num(whole.mean))
      set(inverse, g * (channels + 1) + channels, .num(whole.rate))
      for (c, column) in columns.enumerated() {
        let own = statistics(column)
        set(mean, g * (channels + 1) + c, .num(own.mean))
        set(inverse, g * (channels + 1) + c, .num(own.rate))
        let (a, b) = (parameter(scale, g, c) ?? 1, parameter(shift, g, c) ?? 0)
        let share = number(rho, [c])
        for (l, value) in column.enumerated() {
          let instance = (value - own.mean) * own.rate
          let layer = (value - whole.mean) * whole.rate
          let blend = share * instance + (1 - share) * layer
          set(
            out, (g * length + l) * channels + c, .num(activation.value(blend * a + b)))
        }
      }
    }
  }

  /// The gradients of the blend, by the chain rule through both normalizations.
  public func blendNormalizeBackward(
    _ dy: View, _ x: View, rho: View, scale: View?, shift: View?, activation: Activation,
    mean: Buffer, inverse: Buffer, into dx: Buffer, rho drho: Buffer, scale dscale: Buffer?,
    shift dshift: Buffer?
  ) throws {
    let (groups, length, channels) = (x.sizes[0], x.sizes[1], x.sizes[2])
    var shares = [Double](repeating: 0, count: channels)
    var scales = [Double](repeating: 0, count: dscale?.count ?? channels)
    var shifts = [Double](repeating: 0, count: dshift?.count ?? channels)
    /// The gradient at the numbers that were normalized to `normal` at `rate`.
    func before(_ gradient: [Double], _ normal: [Double], _ rate: Double) -> [Double] {
      let count = Double(normal.count)
      let level = gradient.reduce(0, +) / count
      let slope = zip(gradient, normal).reduce(0) { $0 + $1.0 * $1.1 } / (count - 1)
      return zip(gradient, normal).map { rate * ($0 - level - $1 * slope) }
    }
    for g in 0..<groups {
      let start = g * (channels + 1)
      func normal(_ c: Int, _ place: Int) -> [Double] {
        let (average, rate) = (
          element(mean, start + place).double, element(inverse, start + place).double
        )
        return (0..<length).map { (number(x, [g, $0, c]) - average) * rate }
      }
      var instances: [[Double]] = []
      var (layer, slopes): ([Double], [Double]) = ([], [])
      for c in 0..<channels {
        let (share, a, b) = (
          number(rho, [c]), parameter(scale, g, c) ?? 1, parameter(shift, g, c) ?? 0
        )
        let (own, whole) = (normal(c, c), normal(c, channels))
        let gradient = (0..<length).map { l -> Double in
          let blend = share * own[l] + (1 - share) * whole[l]
          let slope =
            number(dy, [g, l, c]) * activation.slope(result: activation.value(blend * a + b))
          scales[(g * channels + c) % scales.count] += slope * blend
          shifts[(g * channels + c) % shifts.count] += slope
          shares[c] += slope * a * (own[l] - whole[l])
          return slope * a
        }
        instances.append(
          before(gradient.map { $0 * share }, own, element(inverse, start + c).double))
        layer += whole
        slopes += gradient.map { $0 * (1 - share) }
      }
      let whole = before(slopes, layer, element(inverse, start + channels).double)
      for c in 0..<channels {
        for l in 0..<length {
          set(
            dx, (g * length + l) * channels + c,
            .num(instances[c][l] + whole[c * length + l]))
        }
      }
    }
    store(shares.map { .num($0) }, in: drho)
    if let dscale { store(scales.map { .num($0) }, in: dscale) }
    if let dshift { store(shifts.map { .num($0) }, in: dshift) }
  }

  /// The gradient before an activation.
  public func activationBackward(
    _ activation: Activation, _ dy: View, result y: View, into dx: Buffer
  ) throws {
    store(
      zip(values(dy), values(y)).map { .num($0.double * activation.slope(result: $1.double)) },
      in: dx)
  }

  /// Zeros where draws are below `rate`.
  public func dropout(
    _ x: View, rate: Double, from stream: RandomStream, into out: Buffer
  ) throws {
    store(
      values(x).enumerated().map { index, value in
        let draw = Float(stream.draw(at: stream.position &+ UInt64(index)) >> 40) * 0x1p-24
        return .num(draw < Float(rate) ? 0 : value.double / (1 - rate))
      }, in: out)
  }

  /// What a step of Adam would leave: that of copies.
  public func adamResult(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer,
    into out: Buffer
  ) throws {
    let copies = try [parameter, mean, square].map { buffer in
      let copy = try allocate(buffer.count, buffer.type)
      store(values(View(buffer)), in: copy)
      return copy
    }
    adam(step, gradient: gradient, parameter: copies[0], mean: copies[1], square: copies[2])
    store(values(View(copies[0])), in: out)
  }

  /// The elements of a gradient.
  private func values(of gradient: GradientOperand) -> [Scalar] {
    switch gradient {
    case .elements(let buffer): return values(View(buffer))
    case .product(let left, let right, let rank):
      let (a, b) = (values(View(left)).map(\.double), values(View(right)).map(\.double))
      let width = right.count / rank
      return (0..<left.count / rank * width).map { index in
        let (row, column) = index.quotientAndRemainder(dividingBy: width)
        return .num(
          (0..<rank).reduce(0) { $0 + a[row * rank + $1] * b[$1 * width + column] })
      }
    }
  }

  /// What each output pixel meets.
  public func unfold(
    _ x: View, _ convolution: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer
  ) {
    let kernel = [1, x.sizes[1], kernelHeight, kernelWidth]
    let depth = kernel.reduce(1, *)
    var rows = [Double](repeating: 0, count: out.count)
    meet(x.sizes, kernel, convolution) { input, place, output in
      let at = (place[1] * kernelHeight + place[2]) * kernelWidth + place[3]
      rows[output * depth + at] = number(x, input)
    }
    store(rows.map { .num($0) }, in: out)
  }

  /// Adds to a sum.
  public func add(_ source: View, to sum: Buffer) {
    let (a, b) = (values(View(sum)), values(source))
    store(zip(a, b).map { .num($0.double + $1.double) }, in: sum)
  }

  /// Adds an outer product to a matrix.
  public func addOuterProduct(_ column: View, _ row: View, to matrix: Buffer) {
    let (a, b, sums) = (values(column), values(row), values(View(matrix)))
    store(
      sums.indices.map { .num(sums[$0].double + a[$0 / b.count].double * b[$0 % b.count].double) },
      in: matrix)
  }

  /// One step of Adam.
  public func adam(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer
  ) {
    let (p, g) = (values(View(parameter)), values(of: gradient))
    let (m, v) = (values(View(mean)), values(View(square)))
    var (correction1, correction2) = (1.0, 1.0)
    for _ in 0..<step.number {
      correction1 *= step.beta1
      correction2 *= step.beta2
    }
    for index in p.indices {
      let slope = g[index].double + step.decay * p[index].double
      let first = step.beta1 * m[index].double + (1 - step.beta1) * slope
      let second = step.beta2 * v[index].double + (1 - step.beta2) * slope * slope
      let change =
        switch step.form {
        case .pytorch:
          step.learningRate * (first / (1 - correction1))
            / ((second / (1 - correction2)).squareRoot() + step.epsilon)
        case .keras:
          step.learningRate * (1 - correction2).squareRoot() / (1 - correction1) * first
            / (second.squareRoot() + step.epsilon)
        }
      let next = p[index].double - change
      set(
        parameter, index,
        .num(step.bounds.map { max($0.lowerBound, min($0.upperBound, next)) } ?? next))
      set(mean, index, .num(first))
      set(square, index, .num(second))
    }
  }

  /// One step of a running mean.
  public func average(_ value: Buffer, into mean: Buffer, decay: Double) {
    let (x, m) = (values(View(value)), values(View(mean)))
    for index in m.indices {
      let change = (1 - decay) * (x[index].double - m[index].double)
      set(mean, index, .num(m[index].double + change))
    }
  }

  /// The first of `views` with a float outside its `-bound...bound`.
  public func firstOutside(_ bounds: [Double], _ views: [View]) throws -> Int? {
    zip(bounds, views).enumerated().first { _, pair in
      !values(pair.1).allSatisfy { abs($0.double) <= pair.0 }
    }?.offset
  }
}

extension Activation {
  /// The function's value.
  func value(_ x: Double) -> Double {
    switch self {
    case .none: x
    case .relu: x.isNaN ? x : max(x, 0)
    case .leakyReLU(let slope): x > 0 ? x : Double(slope) * x
    case .tanh: Glibc.tanh(x)
    case .sigmoid: 1 / (1 + Glibc.exp(-x))
    }
  }

  /// The function's derivative where it gave `y`.
  func slope(result y: Double) -> Double {
    switch self {
    case .none: 1
    case .relu: y > 0 ? 1 : 0
    case .leakyReLU(let slope): y > 0 ? 1 : Double(slope)
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    }
  }
}
