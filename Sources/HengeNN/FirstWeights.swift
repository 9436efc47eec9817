// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeTensor

/// Where the first weights of layers come from: a device, a stream of random numbers, and a rule.
public final class FirstWeights {
  /// How weights are drawn.
  public enum Rule: String, Sendable, CaseIterable {
    /// Even over ±1/√fan_in, biases too: what PyTorch does where nothing is said.
    case uniform
    /// Normal with deviation `gain`; biases 0. CycleGAN's, with gain 0.02.
    case normal
    /// Normal with deviation gain·√(2 / (fan_in + fan_out)); biases 0. [Glorot and Bengio 2010]
    case xavier
    /// Even over ±gain·√(6 / (fan_in + fan_out)); biases 0: what Keras does where nothing is said.
    case glorot
    /// Normal with deviation √(2 / fan_in); biases 0. [He et al. 2015]
    case kaiming
    /// Orthonormal rows, times gain; biases 0. [Saxe et al. 2014]
    case orthogonal
    /// All 0, for layers whose weights are set afterwards.
    case zero
  }

  private let device: (any Backend)?
  private let draws: Draws
  private let rule: Rule
  private let gain: Double

  /// Draws from `draws` on `backend`.
  public init(_ rule: Rule = .uniform, gain: Double = 1, from draws: Draws, on backend: any Backend)
  {
    device = backend
    self.draws = draws
    self.rule = rule
    self.gain = gain
  }

  private init(device: (any Backend)?) {
    self.device = device
    draws = Draws(RandomStream(seed: 0, name: "none"))
    rule = .zero
    gain = 1
  }

  /// Zeros everywhere; without a device for layers that have no parameters.
  public static func zeros(on backend: (any Backend)?) -> FirstWeights {
    FirstWeights(device: backend)
  }

  /// The same source under another rule, unless it returns zeros.
  public func ruled(by rule: Rule, gain: Double = 1) -> FirstWeights {
    guard let device, self.rule != .zero else { return self }
    return FirstWeights(rule, gain: gain, from: draws, on: device)
  }

  /// The device that weights are on; throws `E-arg` where there is none.
  public func backend() throws -> any Backend {
    guard let device else { throw Failure("E-arg", "a layer with weights needs a device") }
    return device
  }

  /// A weight of the shape `sizes`, `[out, in, …]`, whose outputs each sum `fanIn` products.
  ///
  /// Throws `E-arg` without a device, `E-shape` for sizes that are no shape, `E-memory`.
  public func weight(_ sizes: [Int], fanIn: Int, fanOut: Int) throws -> ModelParameter {
    let shape = try Shape(sizes)
    let (i, o) = (Double(max(1, fanIn)), Double(max(1, fanOut)))
    let value: Tensor =
      switch rule {
      case .uniform: try even(shape, 1 / i.squareRoot())
      case .normal: try normal(shape, gain)
      case .xavier: try normal(shape, gain * (2 / (i + o)).squareRoot())
      case .glorot: try even(shape, gain * (6 / (i + o)).squareRoot())
      case .kaiming: try normal(shape, (2 / i).squareRoot())
      case .orthogonal: try orthogonal(shape)
      case .zero: try .zeros(shape, on: backend())
      }
    return ModelParameter(value)
  }

  /// A bias `[count]` for outputs that each sum `fanIn` products.
  ///
  /// Throws what ``weight(_:fanIn:fanOut:)`` throws.
  public func bias(_ count: Int, fanIn: Int) throws -> ModelParameter {
    let shape = try Shape([count])
    return ModelParameter(
      rule == .uniform
        ? try even(shape, 1 / Double(max(1, fanIn)).squareRoot()) : try .zeros(shape, on: backend())
    )
  }

  /// A parameter with every number the same, whatever the rule.
  func constant(_ count: Int, _ value: Double, isTrained: Bool = true) throws -> ModelParameter {
    ModelParameter(
      try .full(try Shape([count]), .num(value), on: backend()), isTrained: isTrained)
  }

  /// Parameters that are no matrix: with every number the same, of the shape `sizes`, and in `bounds`
  /// after each step.
  func constant(_ sizes: [Int], _ value: Double, bounds: ClosedRange<Double>? = nil) throws
    -> ModelParameter
  {
    ModelParameter(try .full(try Shape(sizes), .num(value), on: backend()), bounds: bounds)
  }

  /// A statistic `[count]` of length 1 in a random direction; zeros where all first weights are.
  func direction(_ count: Int) throws -> ModelParameter {
    let shape = try Shape([count])
    guard rule != .zero else {
      return ModelParameter(try .zeros(shape, on: backend()), isTrained: false)
    }
    let drawn = try normal(shape, 1)
    return ModelParameter(try drawn / (try drawn.norm() + .num(1e-12)), isTrained: false)
  }

  /// A scale around 1 for a normalization: 1, or normal around it under the rule `normal`.
  func scale(_ count: Int) throws -> ModelParameter {
    guard rule == .normal else { return try constant(count, 1) }
    return ModelParameter(try normal(try Shape([count]), gain) + .int(1))
  }

  private func even(_ shape: Shape, _ bound: Double) throws -> Tensor {
    let unit = try Tensor.rand(shape, from: &draws.stream, on: backend())
    return try (unit * .num(2 * bound)) - .num(bound)
  }

  private func normal(_ shape: Shape, _ deviation: Double) throws -> Tensor {
    try Tensor.randn(shape, from: &draws.stream, on: backend()) * .num(deviation)
  }

  /// Rows made orthonormal one after another, in double precision, where there are no more of them
  /// than columns; otherwise columns.
  private func orthogonal(_ shape: Shape) throws -> Tensor {
    let (rows, columns) = (shape[0], shape.count / max(1, shape[0]))
    let isWide = rows <= columns
    let (count, length) = isWide ? (rows, columns) : (columns, rows)
    let drawn = try normal(try Shape([count, length]), 1).cast(to: .f64).doubles()
    var basis: [[Double]] = []
    for index in 0..<count {
      var row = Array(drawn[index * length..<(index + 1) * length])
      for other in basis {
        let product = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
        for place in row.indices { row[place] -= product * other[place] }
      }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      basis.append(row.map { gain * $0 / max(norm, 1e-30) })
    }
    let flat = try Tensor(basis.flatMap { $0 }, try Shape([count, length]), on: backend())
    let matrix = isWide ? flat : try flat.transposed()
    return try matrix.cast(to: .f32).reshaped(shape.sizes)
  }
}
