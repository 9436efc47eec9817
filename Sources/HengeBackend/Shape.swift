// SPDX-License-Identifier: MIT

/// The sizes of a tensor's axes, outermost first: `[N, C, H, W]` for a batch of images.
///
/// Every shape is valid: no size is negative, and the product of the sizes other than 0 fits an
/// `Int`, so that no product of some of them overflows.
public struct Shape: Hashable, Sendable {
  /// The size of each axis; none for a scalar.
  public let sizes: [Int]
  /// The number of elements: the product of the sizes, 1 for a scalar.
  public let count: Int

  /// Checks and keeps `sizes`; throws `E-shape` for a negative size or an overflowing product.
  public init(_ sizes: [Int]) throws {
    var count = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(1, size))
      guard size >= 0 else {
        throw Failure("E-shape", "a size cannot be negative: \(sizes)")
      }
      guard !overflow else {
        throw Failure("E-shape", "\(sizes) has more elements than can be counted")
      }
      count = product
    }
    self.sizes = sizes
    self.count = sizes.contains(0) ? 0 : count
  }

  private init(sizes: [Int], count: Int) {
    self.sizes = sizes
    self.count = count
  }

  /// The shape of a scalar: no axes, one element.
  public static let scalar = Shape(sizes: [], count: 1)

  /// The number of axes.
  public var rank: Int { sizes.count }

  /// The size of axis `axis`, which must exist.
  public subscript(axis: Int) -> Int { sizes[axis] }
}

extension Shape: CustomStringConvertible {
  /// `3x64x64`, or `shape()`, `shape(64)`, `shape(0, 3)` where that would read as something else.
  public var description: String {
    if sizes.count < 2 || sizes.first == 0 {
      return "shape(\(sizes.map(String.init).joined(separator: ", ")))"
    }
    return sizes.map(String.init).joined(separator: "x")
  }
}
