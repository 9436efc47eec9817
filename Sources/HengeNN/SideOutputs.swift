// SPDX-License-Identifier: MIT
public import HengeTensor

/// What the layers of one run compute besides their results, such as the logits of an attention layer
/// or its heat-map.
///
/// Whoever wants them makes a collector for a ``Pass`` and reads it after the run. Values are on the tape
/// where the run learns, so that losses can use them. They are for the batch as the network was given it:
/// padded, where its divisor asks for that.
public final class SideOutputs {
  /// The values by path, `attention.logits`, in the order in which they were computed; the layers
  /// state their shapes.
  public private(set) var values: [(name: String, value: Tensor)] = []

  /// Nothing yet.
  public init() {}

  /// The last value of that name, of the shape that the layer states; the name includes the layer's path: `attention.logits`; nil where no layer
  /// returned it.
  public subscript(name: String) -> Tensor? { values.last { $0.name == name }?.value }

  fileprivate func add(_ name: String, _ value: Tensor) { values.append((name, value)) }
}

extension Pass {
  /// Returns a side output of any shape of the layer that runs: `pass.give("logits", logits)`.
  ///
  /// It is computed only if side outputs are requested. Throws what computing it throws.
  public func give(_ name: String, _ value: @autoclosure () throws -> Tensor) rethrows {
    guard let sides else { return }
    sides.add(path(of: name), try value())
  }
}
