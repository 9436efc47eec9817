// SPDX-License-Identifier: MIT

/// The geometry of a two-dimensional convolution.
///
/// The input is `[N, C, H, W]`, the weight `[K, C, R, S]`, the output `[N, K, P, Q]` with `P = (H +
/// top + bottom - dilation·(R - 1) - 1) / stride + 1`, rounded down, and Q likewise.
public struct Convolution: Hashable, Sendable {
  /// The padding mode: the values outside the input.
  public enum Border: String, Sendable {
    /// Zeros.
    case zero
    /// The input mirrored at its edge, the edge itself not repeated; less than its size is needed.
    case reflection
  }

  /// The stride of the kernel, vertically and horizontally.
  public var stride: Pair
  /// Rows above and below the input.
  public var vertical: Edges
  /// Columns left and right of the input.
  public var horizontal: Edges
  /// The values of the padding.
  public var border: Border
  /// The dilation: distance of the kernel's elements, vertically and horizontally.
  public var dilation: Pair
  /// Whether the weight stays as it is from run to run, so that preparing it for the device pays even
  /// where there are few pixels: in networks that do not learn.
  public var keepsWeight = false

  /// Two numbers: of the vertical and the horizontal axis.
  public struct Pair: Hashable, Sendable {
    /// Along the axis H.
    public var vertical: Int
    /// Along the axis W.
    public var horizontal: Int
    /// A pair of numbers.
    public init(_ vertical: Int, _ horizontal: Int) {
      self.vertical = vertical
      self.horizontal = horizontal
    }
    /// The same number twice.
    public init(_ both: Int) { self.init(both, both) }
  }

  /// The padding at the two ends of an axis.
  public struct Edges: Hashable, Sendable {
    /// At index 0.
    public var before: Int
    /// After the last index.
    public var after: Int
    /// The padding before the first and after the last index.
    public init(_ before: Int, _ after: Int) {
      self.before = before
      self.after = after
    }
    /// The same number at both ends.
    public init(_ both: Int) { self.init(both, both) }
  }

  /// A convolution; by default with equal padding on all sides.
  public init(
    stride: Pair = Pair(1), vertical: Edges = Edges(0), horizontal: Edges = Edges(0),
    border: Border = .zero, dilation: Pair = Pair(1)
  ) {
    self.stride = stride
    self.vertical = vertical
    self.horizontal = horizontal
    self.border = border
    self.dilation = dilation
  }

  /// The output's height and width; 0 or less where the kernel is larger than the padded input.
  public func outputSize(
    height: Int, width: Int, kernelHeight: Int, kernelWidth: Int
  ) -> (height: Int, width: Int) {
    func size(_ input: Int, _ edges: Edges, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      let room = input + edges.before + edges.after - dilation * (kernel - 1) - 1
      return room < 0 ? 0 : room / stride + 1
    }
    return (
      size(height, vertical, kernelHeight, stride.vertical, dilation.vertical),
      size(width, horizontal, kernelWidth, stride.horizontal, dilation.horizontal)
    )
  }

  /// For each output row and kernel row, `[P·R]`, the input row that they meet, or -1 for a zero.
  public func inputRows(height: Int, outputs: Int, kernel: Int) -> [Int] {
    meetings(height, vertical, outputs, kernel, stride.vertical, dilation.vertical)
  }

  /// As ``inputRows(height:outputs:kernel:)``, for columns: `[Q·S]`.
  public func inputColumns(width: Int, outputs: Int, kernel: Int) -> [Int] {
    meetings(width, horizontal, outputs, kernel, stride.horizontal, dilation.horizontal)
  }

  private func meetings(
    _ size: Int, _ edges: Edges, _ outputs: Int, _ kernel: Int, _ stride: Int, _ dilation: Int
  ) -> [Int] {
    (0..<outputs).flatMap { output in
      (0..<kernel).map { tap in
        let place = output * stride + tap * dilation - edges.before
        if place >= 0, place < size { return place }
        guard border == .reflection else { return -1 }
        return place < 0 ? -place : 2 * (size - 1) - place
      }
    }
  }
}

/// Where the means and deviations of a normalization come from.
public enum NormalizationStatistics: Sendable {
  /// From the elements; they are stored.
  case computed
  /// From an earlier call, which stored them.
  case stored
}

/// A function of one element that a convolution or a normalization applies to its result.
public enum Activation: Hashable, Sendable {
  /// No activation (identity).
  case none
  /// `max(x, 0)`.
  case relu
  /// `x` where it is positive, `slope · x` elsewhere.
  case leakyReLU(slope: Float)
  /// The hyperbolic tangent.
  case tanh
  /// `1 / (1 + e^-x)`.
  case sigmoid
}

/// The parameters of a step of Adam; `Docs/Reference.md` contains the formula.
public struct AdamStep: Hashable, Sendable {
  /// The variant of the formula, which differs in the position of epsilon.
  public enum Form: String, Sendable {
    /// `p -= lr · m̂ / (√v̂ + ε)`, with m̂ and v̂ the unbiased moments.
    case pytorch
    /// `p -= lr · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)`.
    case keras
  }

  /// The variant of the formula.
  public var form: Form
  /// lr: the learning rate.
  public var learningRate: Double
  /// β₁: how slowly the mean of the gradients moves.
  public var beta1: Double
  /// β₂: how slowly the mean of their squares moves.
  public var beta2: Double
  /// ε: what keeps the quotient finite.
  public var epsilon: Double
  /// Weight decay (L2 penalty): this fraction of each parameter is added to its gradient.
  public var decay: Double
  /// t: the step's number, 1 for the first.
  public var number: Int
  /// The range that the parameter is clipped to after the step; nil for none.
  public var bounds: ClosedRange<Double>?

  /// The parameters of a step.
  public init(
    form: Form = .pytorch, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double,
    decay: Double = 0, number: Int, bounds: ClosedRange<Double>? = nil
  ) {
    self.form = form
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
    self.number = number
    self.bounds = bounds
  }
}
