// SPDX-License-Identifier: MIT

/// A loss that has grown far beyond what it began with: training has diverged, although every number is
/// still finite.
public struct Divergence: Equatable, Sendable {
  /// The first step at which it was so large.
  public let step: Int
  /// What the loss is called.
  public let name: String
  /// Its value then.
  public let value: Double
  /// Its value at the first step, or nil where it was not computed then.
  public let first: Double?

  /// A loss is beyond bounds at 1e8, or at a million times its first value where that is 1e4 at
  /// least: losses of networks that learn, of pixels of 0...255 too, stay far below both.
  ///
  /// None where all `losses` are within bounds.
  init?(_ step: Int, _ losses: [Double], _ first: [Double], _ names: [String]) {
    for (index, value) in losses.enumerated() where value.isFinite {
      let begun = first.indices.contains(index) && first[index].isFinite ? first[index] : nil
      // From 0, or from nothing, nothing can be a million times as large.
      let isComparable = begun.map { $0 != 0 } ?? false
      let bound = isComparable ? min(1e8, max(1e4, 1e6 * abs(begun ?? 0))) : 1e8
      guard abs(value) > bound else { continue }
      (self.step, self.name, self.value, self.first) = (step, names[index], value, begun)
      return
    }
    return nil
  }
}
