// SPDX-License-Identifier: MIT

/// Resampling of an axis: each output is a weighted sum of a few inputs along it.
///
/// Pooling by averages, blurs, and resizing are of this kind along each of their axes, and so is
/// the gradient of each: the transposed sums.
public struct Resampling: Hashable, Sendable {
  /// The length of the axis that is read.
  public let inputs: Int
  /// The index of the first term of each output in the other lists; one more than there are
  /// outputs.
  public private(set) var starts: [Int64] = [0]
  /// The input of each term.
  public private(set) var positions: [Int64] = []
  /// The weight of each term.
  public private(set) var weights: [Double] = []

  /// The length of the axis that is made.
  public var outputs: Int { starts.count - 1 }

  /// Sums of nothing, over an axis of `inputs`; rows are appended.
  public init(inputs: Int) { self.inputs = inputs }

  /// Adds an output: `Σ weight · input[position]`.
  public mutating func append(_ terms: [(position: Int, weight: Double)]) {
    for term in terms where term.weight != 0 {
      precondition((0..<inputs).contains(term.position), "a sum reads inside its axis")
      positions.append(Int64(term.position))
      weights.append(term.weight)
    }
    starts.append(Int64(positions.count))
  }

  /// The adjoint: for each input, the weighted sum over the outputs it contributed to.
  public func transposed() -> Resampling {
    var rows = [[(position: Int, weight: Double)]](repeating: [], count: inputs)
    for output in 0..<outputs {
      for term in Int(starts[output])..<Int(starts[output + 1]) {
        rows[Int(positions[term])].append((output, weights[term]))
      }
    }
    var result = Resampling(inputs: outputs)
    for row in rows { result.append(row) }
    return result
  }
}
