// SPDX-License-Identifier: MIT
internal import CHengeKernels

/// The vector instructions that the kernels of convolutions are compiled for.
public enum InstructionSet: String, CaseIterable, Sendable {
  /// Vectors of four, on every processor.
  case portable
  /// Vectors of eight, multiplied and added in one step.
  case avx2 = "AVX2"
  /// Vectors of sixteen.
  case avx512 = "AVX-512"

  /// Those that this processor has, the fastest last.
  public static var available: [InstructionSet] {
    allCases.filter { hk_convolution_kernels_of($0.level) != nil }
  }

  /// The fastest that this processor has.
  static var best: InstructionSet { available.last ?? .portable }

  /// The kernels' name of it.
  var level: hk_level {
    switch self {
    case .portable: HK_LEVEL_PORTABLE
    case .avx2: HK_LEVEL_AVX2
    case .avx512: HK_LEVEL_AVX512
    }
  }
}

/// The kernels of one instruction set.
struct ConvolutionKernels {
  let products: hk_convolution_kernels
  let normalization: hk_normalization_kernels
  let optimizer: hk_optimizer_kernels
  private let matrices: (f32: hk_product_kernels, f64: hk_product_kernels)
  private let three: Winograd
  private let four: Winograd

  /// The transforms for filters of one size.
  private struct Winograd {
    let plain: hk_winograd_kernels
    let strided: hk_winograd_pass
    let transposed: hk_winograd_pass

    init?(_ level: hk_level, taps: Int) {
      guard let plain = hk_winograd_kernels_of(level, taps),
        let strided = hk_winograd_strided_of(level, taps, 0),
        let transposed = hk_winograd_strided_of(level, taps, 1)
      else { return nil }
      self.plain = plain.pointee
      self.strided = strided.pointee
      self.transposed = transposed.pointee
    }
  }

  /// The kernels of `instructions`, or of the portable set where the processor lacks those.
  init(_ instructions: InstructionSet) {
    let level =
      hk_convolution_kernels_of(instructions.level) == nil
      ? HK_LEVEL_PORTABLE : instructions.level
    guard let products = hk_convolution_kernels_of(level),
      let normalization = hk_normalization_kernels_of(level),
      let optimizer = hk_optimizer_kernels_of(level),
      let single = hk_product_kernels_of(level, 4), let double = hk_product_kernels_of(level, 8),
      let three = Winograd(level, taps: 3), let four = Winograd(level, taps: 4)
    else { preconditionFailure("every processor has the portable kernels") }
    self.products = products.pointee
    self.normalization = normalization.pointee
    self.optimizer = optimizer.pointee
    matrices = (single.pointee, double.pointee)
    self.three = three
    self.four = four
  }

  /// Which set they are of.
  var level: hk_level { products.level }
  /// Columns of a packed panel.
  var panel: Int { products.panel }

  /// Products of matrices whose elements have `size` bytes: `f32` or `f64`.
  func matrices(size: Int) -> hk_product_kernels { size == 8 ? matrices.f64 : matrices.f32 }

  /// The transforms for filters of `taps` x `taps`, 3 or 4.
  func winograd(taps: Int) -> hk_winograd_kernels { (taps == 4 ? four : three).plain }
  /// The transforms for a stride of 2.
  func stridedWinograd(taps: Int, isTransposed: Bool) -> hk_winograd_pass {
    let kernels = taps == 4 ? four : three
    return isTransposed ? kernels.transposed : kernels.strided
  }
}
