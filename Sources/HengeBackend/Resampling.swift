// SPDX-License-Identifier: MIT

/// An axis made anew: each output a weighted sum of a few inputs along it.
///
/// Averages, blurs, enlarged and reduced pictures are of this kind along each of their axes, and so
/// is the gradient of one: the transposed sums.
public struct Resampling: Hashable, Sendable {
  /// The length of the axis that is read.
  public let inputs: Int
  /// Where the terms of each output begin in the other lists; one more than there are outputs.
  public private(set) var starts: [Int64] = [0]
  /// Which input each term reads.
  public private(set) var positions: [Int64] = []
  /// What each term multiplies it by.
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

  /// The sums of the adjoint: what each input gave to the outputs.
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
