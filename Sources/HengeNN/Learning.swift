// SPDX-License-Identifier: MIT
public import HengeTensor

/// Which parameters learn in a pass, and what the pass found out for them.
///
/// Nothing changes until an optimizer publishes its step: one that is interrupted or fails leaves nothing behind.
public final class Learning {
  /// The parameters with a gradient, each once, in the order of their layers.
  public let parameters: [ModelParameter]
  private var leaves: [ObjectIdentifier: Tensor]
  private let members: Set<ObjectIdentifier>
  private let others: [ObjectIdentifier: Tensor]
  private var statistics: [(ModelParameter, Tensor)] = []

  /// Lets what is trained and not frozen in `layers` learn, beside other parameters with the values given.
  public init(_ layers: [Layer], beside others: [(parameter: ModelParameter, value: Tensor)] = []) {
    self.others = Dictionary(
      others.map { (ObjectIdentifier($0.parameter), $0.value) }, uniquingKeysWith: { a, _ in a })
    var seen: Set<ObjectIdentifier> = []
    let all = layers.flatMap { $0.allParameters.map(\.parameter) }
      .filter { seen.insert(ObjectIdentifier($0)).inserted }
    parameters = all.filter { $0.isTrained && !$0.isFrozen }
    leaves = Dictionary(
      parameters.map { (ObjectIdentifier($0), $0.value.onTape()) }, uniquingKeysWith: { a, _ in a })
    members = seen
  }

  /// The parameter's value at the beginning of the tape, or another that was given, or nil.
  func value(of parameter: ModelParameter) -> Tensor? {
    leaves[ObjectIdentifier(parameter)] ?? others[ObjectIdentifier(parameter)]
  }

  /// Keeps a new value of a statistic until the step is published; the last one counts.
  func note(_ statistic: ModelParameter, _ value: Tensor) {
    guard members.contains(ObjectIdentifier(statistic)) else { return }
    statistics.append((statistic, value))
  }

  /// The statistic as this pass has left it so far.
  func noted(_ statistic: ModelParameter) -> Tensor {
    statistics.last { $0.0 === statistic }?.1 ?? statistic.value
  }

  /// The gradient of `loss` at each of ``parameters``.
  public func gradients(of loss: Tensor) throws -> [Tensor] { try loss.gradients(at: ordered) }

  /// Adds the gradient of `loss` at each of ``parameters`` to `sums`, which may be empty at first; a loss
  /// that depends on nothing that learns here adds nothing.
  public func addGradients(of loss: Tensor, to sums: inout [Tensor?]) throws {
    if sums.isEmpty { sums = parameters.map { _ in nil } }
    if loss.isOnTape { try loss.addGradients(at: ordered, to: &sums) }
  }

  /// Sums of gradients, zeros where none was added.
  public func gradients(_ sums: [Tensor?]) throws -> [Tensor] {
    try Tensor.zerosInGaps(of: sums, like: ordered)
  }

  /// The leaves in the order of ``parameters``.
  private var ordered: [Tensor] { parameters.compactMap { leaves[ObjectIdentifier($0)] } }

  /// Lets the parameters' values go once their gradients are known: no pass runs with this any more,
  /// and a step may change them where they lie.
  func end() { leaves = [:] }

  /// Sets statistics to what was noted.
  func publish() {
    for (statistic, value) in statistics { statistic.set(value) }
    statistics = []
  }
}
