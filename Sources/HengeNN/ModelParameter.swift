// SPDX-License-Identifier: MIT
public import HengeTensor

/// A tensor that a layer keeps: a weight, or a statistic such as a running mean.
///
/// Its value changes only as a whole, at the end of a step.
public final class ModelParameter {
  /// What it is now, off the tape.
  public private(set) var value: Tensor
  /// Whether training changes it; a statistic is kept and saved, but has no gradient.
  public let isTrained: Bool
  /// Whether it is a weight, not a statistic; those of another program's network do not learn.
  public let isWeight: Bool
  /// Whether an optimizer skips it.
  public var isFrozen = false
  /// The range that every step of an optimizer clips it to; nil for none.
  public let bounds: ClosedRange<Double>?

  /// A parameter with a first value, which determines its shape and type.
  public init(
    _ value: Tensor, isTrained: Bool = true, isWeight: Bool? = nil,
    bounds: ClosedRange<Double>? = nil
  ) {
    self.value = value.detached()
    self.isTrained = isTrained
    self.isWeight = isWeight ?? isTrained
    self.bounds = bounds
  }

  /// Replaces the value by one of the same shape and type.
  public func set(_ value: Tensor) {
    precondition(
      value.shape == self.value.shape && value.type == self.value.type,
      "a parameter keeps its shape and type")
    self.value = value.detached()
  }

  /// Makes the value a buffer that nothing else sees, so that ``change(_:)`` needs no other.
  func makeOwn() throws { try value.makeOwn() }

  /// Changes the value in place.
  func change(_ body: (inout Tensor) -> Void) { body(&value) }
}
