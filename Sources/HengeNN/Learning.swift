// SPDX-License-Identifier: MIT
public import HengeTensor

/// Which parameters learn in a pass, and what the pass found out for them.
///
/// Nothing changes until an optimizer publishes its step: one that is interrupted or fails leaves no trace.
public final class Learning {
  /// The parameters with a gradient, each once, in the order of their layers.
  public let parameters: [ModelParameter]
  private var values: [ObjectIdentifier: Tensor]
  private let members: Set<ObjectIdentifier>
  private let others: [ObjectIdentifier: Tensor]
  private var statistics: [(ModelParameter, Tensor)] = []

  /// The parameters of `layers` that are trained and not frozen.
  ///
  /// Runs use `value`, of the same shape, for each of the other parameters.
  public init(_ layers: [Layer], beside others: [(parameter: ModelParameter, value: Tensor)] = []) {
    self.others = Dictionary(
      others.map { (ObjectIdentifier($0.parameter), $0.value) }, uniquingKeysWith: { a, _ in a })
    var seen: Set<ObjectIdentifier> = []
    let all = layers.flatMap { $0.allParameters.map(\.parameter) }
      .filter { seen.insert(ObjectIdentifier($0)).inserted }
    parameters = all.filter { $0.isTrained && !$0.isFrozen }
    values = Dictionary(
      parameters.map { (ObjectIdentifier($0), $0.value.onTape()) }, uniquingKeysWith: { a, _ in a })
    members = seen
  }

  /// The parameter's value at the beginning of the tape, or another that was given, or nil.
  func value(of parameter: ModelParameter) -> Tensor? {
    values[ObjectIdentifier(parameter)] ?? others[ObjectIdentifier(parameter)]
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

  /// Statistics as they were noted so far.
  var statisticsSoFar: MovingStatistics {
    let all = MovingStatistics()
    for (statistic, value) in statistics { all.move(statistic, to: value) }
    return all
  }

  /// Every statistic that was noted, with its last value, each of its shape, in the order in which they were noted
  /// first.
  public var notedStatistics: [(statistic: ModelParameter, value: Tensor)] {
    get {
      var seen: Set<ObjectIdentifier> = []
      return statistics.map(\.0).filter { seen.insert(ObjectIdentifier($0)).inserted }
        .map { ($0, noted($0)) }
    }
    set { statistics = newValue.map { ($0.statistic, $0.value) } }
  }

  /// The parameters' values at the beginning of the tape, in the order of ``parameters``.
  var leaves: [Tensor] { parameters.compactMap { values[ObjectIdentifier($0)] } }

  /// Frees the parameters' values once their gradients are known: no pass runs with this any more,
  /// and a step may change them in place.
  func end() { values = [:] }

  /// Sets statistics to what was noted.
  func publish() {
    for (statistic, value) in statistics { statistic.set(value) }
    statistics = []
  }
}

/// Statistics that every training pass moves, whether or not the weights next to them learn in it: the
/// vectors of spectral normalization.
///
/// The passes of one step share them: each goes on from where the one before has left them. Nothing
/// changes until the step is published.
public final class MovingStatistics {
  private var values: [ObjectIdentifier: (statistic: ModelParameter, value: Tensor)] = [:]

  /// Nothing moved yet.
  public init() {}

  /// What another has moved so far.
  init(copying other: MovingStatistics) { values = other.values }

  /// The statistic as the passes have left it so far, of its shape.
  func value(of statistic: ModelParameter) -> Tensor {
    values[ObjectIdentifier(statistic)]?.value ?? statistic.value
  }

  /// Keeps a new value, of the same shape.
  func move(_ statistic: ModelParameter, to value: Tensor) {
    values[ObjectIdentifier(statistic)] = (statistic, value)
  }

  /// Sets the statistics to where the passes have left them.
  public func publish() {
    for (statistic, value) in values.values { statistic.set(value) }
    values = [:]
  }
}
