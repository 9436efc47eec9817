// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor

/// Where the channels of images in an array are.
public enum ArrayLayout: String, Sendable, CaseIterable {
  /// `[N, C, H, W]`, as henge and PyTorch have it.
  case nchw
  /// `[N, H, W, C]`, as numpy, Pillow and TensorFlow have it.
  case nhwc

  /// Images `[N, C, H, W]` of an array laid out like this; throws `E-shape` for another rank.
  public func images(_ array: Tensor) throws -> Tensor {
    guard array.rank == 4 else { throw Failure.notABatch(array.shape) }
    return self == .nchw ? array : try array.permuted([0, 3, 1, 2])
  }

  /// One image `[C, H, W]` of an array; one of two axes is gray.
  func image(_ array: Tensor) throws -> Tensor {
    if array.rank == 2 { return try array.expanded(at: 0) }
    return self == .nchw ? array : try array.permuted([2, 0, 1])
  }

  /// `[C, H, W]` of an image in an array of `shape`, of two axes or three.
  func imageShape(_ shape: Shape) throws -> Shape {
    if shape.rank == 2 { return try Shape([1] + shape.sizes) }
    return self == .nchw ? shape : try Shape([shape[2], shape[0], shape[1]])
  }

  /// Whether the last of three axes looks like channels and the first does not.
  public static func looksLast(_ sizes: some Collection<Int>) -> Bool {
    let sizes = Array(sizes.suffix(3))
    let counts = [1, 3, 4]
    return sizes.count == 3 && counts.contains(sizes[2]) && !counts.contains(sizes[0])
      && sizes[1] > 4
  }
}
