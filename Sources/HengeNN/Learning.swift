// SPDX-License-Identifier: MIT
public import HengeTensor

/// Which parameters learn in a pass, and what the pass found out for them.
///
/// Nothing changes until ``publish(_:)``: a step that is interrupted or fails leaves nothing behind.
public final class Learning {
  /// The parameters with a gradient, each once, in the order of their layers.
  public let parameters: [Parameter]
  private let leaves: [ObjectIdentifier: Tensor]
  private let members: Set<ObjectIdentifier>
  private var statistics: [(Parameter, Tensor)] = []

  /// Lets what is trained and not frozen in `layers` learn.
  public init(_ layers: [Layer]) {
    var seen: Set<ObjectIdentifier> = []
    let all = layers.flatMap { $0.allParameters.map(\.parameter) }
      .filter { seen.insert(ObjectIdentifier($0)).inserted }
    parameters = all.filter { $0.isTrained && !$0.isFrozen }
    leaves = Dictionary(
      parameters.map { (ObjectIdentifier($0), $0.value.onTape()) }, uniquingKeysWith: { a, _ in a })
    members = seen
  }

  /// The parameter's value at the beginning of the tape, or nil where it does not learn here.
  func leaf(of parameter: Parameter) -> Tensor? { leaves[ObjectIdentifier(parameter)] }

  /// Keeps a new value of a statistic until the step is published; the last one counts.
  func note(_ statistic: Parameter, _ value: Tensor) {
    guard members.contains(ObjectIdentifier(statistic)) else { return }
    statistics.append((statistic, value))
  }

  /// The statistic as this pass has left it so far.
  func noted(_ statistic: Parameter) -> Tensor {
    statistics.last { $0.0 === statistic }?.1 ?? statistic.value
  }

  /// The gradient of `loss` at each of ``parameters``.
  public func gradients(of loss: Tensor) throws -> [Tensor] {
    try loss.gradients(at: parameters.compactMap { leaves[ObjectIdentifier($0)] })
  }

  /// Sets the parameters to `values`, and statistics to what was noted.
  public func publish(_ values: [Tensor]) {
    for (parameter, value) in zip(parameters, values) { parameter.set(value) }
    for (statistic, value) in statistics { statistic.set(value) }
    statistics = []
  }
}
