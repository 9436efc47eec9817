// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend
internal import HengeThreads

/// The method of convolutions where there is a choice.
public enum ConvolutionPreference: Sendable {
  /// By whatever is expected to be fastest for the shape.
  case fastest
  /// By Winograd's method wherever it is possible, however small.
  case winograd
  /// Products over padded images wherever possible.
  case direct
  /// By unfolding and matrix products: what the other methods are compared with.
  case unfolded
  /// As `unfolded`, in the order of the weight, however many pixels there are.
  case unfoldedByWeight
}

/// A method chosen for one convolution, from its geometry alone.
enum ConvolutionMethod {
  case winograd(WinogradConvolution)
  case direct(DirectConvolution)
  case unfolded(UnfoldedConvolution)
}

extension CPUBackend {
  /// The method for an input `[N, C, H, W]` and a kernel `[K, C, R, S]`.
  func method(
    _ convolution: Convolution, input: [Int], kernel: [Int], type: ElementType, precise: Bool
  ) -> ConvolutionMethod {
    let unfolded = UnfoldedConvolution(
      self, convolution, input: input, kernel: kernel,
      by: preference == .unfoldedByWeight ? .weight : preference == .unfolded ? .pixels : nil)
    if preference == .fastest, unfolded.order == .weight {
      // A packed weight is as large as the weight, and read in the order in which it is needed.
      if convolution.keepsWeight, type == .f32,
        let direct = DirectConvolution(self, convolution, input: input, kernel: kernel)
      {
        return .direct(direct)
      }
      return .unfolded(unfolded)
    }
    if type == .f32, preference != .unfolded, preference != .unfoldedByWeight {
      if !precise, preference != .direct, WinogradConvolution.takes(convolution, kernel: kernel) {
        let winograd = WinogradConvolution(self, convolution, input: input, kernel: kernel)
        if preference == .winograd || winograd.isWorthwhile { return .winograd(winograd) }
      }
      if let direct = DirectConvolution(self, convolution, input: input, kernel: kernel) {
        return .direct(direct)
      }
    }
    return .unfolded(unfolded)
  }

  /// Winograd's method for a stride of 2, or `nil` if `method` selects another one, as it always
  /// does for the gradient with respect to the weight.
  func strided(
    _ convolution: Convolution, input: [Int], kernel: [Int], type: ElementType, precise: Bool,
    isTransposed: Bool
  ) -> WinogradPass? {
    guard type == .f32, !precise, preference == .fastest || preference == .winograd,
      let pass =
        isTransposed
        ? WinogradPass.transposed(self, convolution, input: input, kernel: kernel)
        : WinogradPass.strided(self, convolution, input: input, kernel: kernel),
      preference == .winograd
        || pass.isWorthwhile
          && UnfoldedConvolution(self, convolution, input: input, kernel: kernel).order == .pixels
    else { return nil }
    return pass
  }

  /// A workspace of at least `count` floats; if memory is short, cached memory is released first.
  func borrow(_ count: Int) throws -> Workspace {
    do {
      return try arena.borrow(count)
    } catch {
      giveUpKept()
      return try arena.borrow(count)
    }
  }

  /// Frees memory that is kept to save time.
  public func giveUpKept() {
    filters.clear()
    arena.clear()
  }

  /// Calls `body` for stretches of `0..<count` of at least `length` each, except for the last.
  func eachStretch(
    of count: Int, atLeast length: Int, _ body: (_ first: Int, _ count: Int) throws -> Void
  ) throws {
    try pool.run(blocks: (count + length - 1) / length, interrupt: interrupt) { block in
      try body(block * length, min(length, count - block * length))
    }
  }
}

extension Activation {
  /// What the kernels do as they store a result, or nil where it is done afterwards.
  var epilogue: (kind: hk_epilogue, slope: Float)? {
    switch self {
    case .none: (HK_EPILOGUE_NONE, 0)
    case .relu: (HK_EPILOGUE_RELU, 0)
    case .leakyReLU(let slope): (HK_EPILOGUE_LEAKY_RELU, slope)
    case .tanh, .sigmoid: nil
    }
  }
}
