// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

/// One run of a network: whether it learns, what is drawn, who looks on, and where in the network it is.
public struct Pass {
  /// What layers such as dropout and batch normalization need to know.
  public enum Mode: Sendable {
    /// Nothing is dropped; statistics are the running ones.
    case evaluation
    /// Elements are dropped; statistics are the batch's.
    case training
  }

  /// Called with each layer's path, the layer, its input and its output.
  public typealias Observer = (_ path: String, _ layer: Layer, _ x: Tensor, _ y: Tensor) throws ->
    Void

  /// Whether it is for training.
  public let mode: Mode
  /// Whether weights, and with them everything, are in double precision: several times slower.
  public let isPrecise: Bool
  /// Which parameters learn, if any do.
  public let learning: Learning?
  /// Where dropout draws.
  public private(set) var draws: Draws?
  /// Statistics that the passes of a step move one after another; without it, those of what learns.
  private var moving: MovingStatistics?
  /// Who looks on, and at which layers.
  private var watchers: [Watcher] = []
  /// Where layers put what they compute besides their results, if somebody asks.
  private(set) var sides: SideOutputs?
  /// The condition of each sample besides its maps, `[N, K]`; nil without one.
  private(set) var condition: Tensor?
  /// The scale and shift of each sample's channels that adaptive normalizations use, `[N, C]` each; nil
  /// without a style.
  private(set) var style: (scale: Tensor, shift: Tensor)?
  /// What is done to the results of layers before the next one is given them, by their paths.
  private var changes: [String: (Tensor) throws -> Tensor] = [:]
  /// Whether blocks keep their inputs alone for the backward pass, which runs them again.
  var hasCheckpoints: Bool
  /// Whether a part of a run is repeated, whose statistics were noted before.
  private(set) var isRepeated = false
  /// Where the run is: `res.2`.
  private(set) var path = ""

  /// Somebody who looks on.
  private struct Watcher {
    /// The paths of the layers to look at; nil for all.
    let paths: Set<String>?
    let observer: Observer

    func watches(_ path: String) -> Bool { paths?.contains(path) ?? true }
  }

  /// A run; by default one that evaluates and records nothing.
  ///
  /// `observer` is shown the result of every layer, or of those whose paths are in `watching`; `sides`
  /// collects side outputs; `moving` are the statistics that a step's passes share. With `checkpoints`,
  /// residual blocks are computed again in the backward pass.
  public init(
    _ mode: Mode = .evaluation, learning: Learning? = nil, draws: Draws? = nil,
    moving: MovingStatistics? = nil, isPrecise: Bool = false, sides: SideOutputs? = nil,
    checkpoints: Bool = false, watching paths: Set<String>? = nil, observer: Observer? = nil
  ) {
    self.mode = mode
    self.learning = learning
    self.draws = draws
    self.moving = moving
    self.isPrecise = isPrecise
    self.sides = sides
    hasCheckpoints = checkpoints
    watchers = observer.map { [Watcher(paths: paths, observer: $0)] } ?? []
  }

  /// The same run with one more observer, of the layers at `paths`.
  func watching(_ paths: Set<String>, _ observer: @escaping Observer) -> Pass {
    var pass = self
    pass.watchers.append(Watcher(paths: paths, observer: observer))
    return pass
  }

  /// The same run, in which `change` is done to the result of the layer at `path`, which keeps its shape.
  public func changing(_ path: String, _ change: @escaping (Tensor) throws -> Tensor) -> Pass {
    var pass = self
    pass.changes[path] = change
    return pass
  }

  /// The same run, in which layers read `condition`, `[N, K]`.
  func conditioned(by condition: Tensor) -> Pass {
    var pass = self
    pass.condition = condition
    return pass
  }

  /// The same run, in which adaptive normalizations scale and shift by these, `[N, C]` each.
  public func styled(scale: Tensor, shift: Tensor) -> Pass {
    var pass = self
    pass.style = (scale, shift)
    return pass
  }

  /// A repetition of what comes next in this run: it begins with the same statistics, of which it moves none,
  /// and at the same random numbers, and nobody looks on.
  func repetition() -> Pass {
    var pass = self
    pass.moving = moving.map(MovingStatistics.init(copying:)) ?? learning?.statisticsSoFar
    pass.draws = draws.map { Draws($0.stream, of: $0.samples) }
    pass.sides = nil
    pass.watchers = []
    pass.isRepeated = true
    return pass
  }

  /// Whether somebody looks on at any layer.
  var isWatchedAnywhere: Bool { !watchers.isEmpty }

  /// A statistic that every training pass moves, of its shape, as earlier passes of the step have left it.
  ///
  /// Throws `E-memory` for the copy that a pass in double precision needs.
  func moved(_ statistic: ModelParameter) throws -> Tensor {
    let value =
      moving?.value(of: statistic) ?? learning?.noted(statistic) ?? statistic.value
    return isPrecise ? try value.cast(to: .f64) : value
  }

  /// Keeps a new value of such a statistic, of its shape; in a pass that belongs to no step it is not kept.
  ///
  /// Throws `E-memory`.
  func move(_ statistic: ModelParameter, to value: Tensor) throws {
    let value = try value.cast(to: statistic.value.type)
    if let moving { moving.move(statistic, to: value) } else { learning?.note(statistic, value) }
  }

  /// Whether somebody wants to see or change the result of the layer that is called `name` where the pass
  /// is: it is then computed separately, not in one operation with that of its neighbors.
  public func isWatched(_ name: String) -> Bool {
    guard !watchers.isEmpty || !changes.isEmpty else { return false }
    let path = path(of: name)
    return changes[path] != nil || watchers.contains { $0.watches(path) }
  }

  /// The path of the layer, or of what it returns, that is called `name` where the pass is.
  func path(of name: String) -> String {
    name.isEmpty ? path : path.isEmpty ? name : "\(path).\(name)"
  }

  /// The parameter's value, of its shape, on the tape where it learns.
  ///
  /// Throws `E-memory` for the copy that a pass in double precision needs.
  public func callAsFunction(_ parameter: ModelParameter) throws -> Tensor {
    let value = learning?.value(of: parameter) ?? parameter.value
    return isPrecise ? try value.cast(to: .f64) : value
  }

  /// Runs `layer`, which is called `name` inside the layer that runs, on a batch `x`; the shapes are
  /// those of ``Layer/forward(_:_:)``.
  ///
  /// Throws what the layer and the observers throw; an error of the layer contains the path to it.
  public func run(_ layer: Layer, _ name: String, _ x: Tensor) throws -> Tensor {
    try run(layer, name, x) { try layer.forward(x, $0) }
  }

  /// As ``run(_:_:_:)``, with another way to compute the same: `forward` returns the layer's result.
  ///
  /// Shapes are the layer's. Throws what `forward` and the observers throw.
  public func run(
    _ layer: Layer, _ name: String, _ x: Tensor, _ forward: (Pass) throws -> Tensor
  ) throws -> Tensor {
    var inner = self
    inner.path = path(of: name)
    var y: Tensor
    do {
      y = try forward(inner)
    } catch let failure as Failure {
      throw layer.parts.isEmpty ? failure.inside(inner.path, layer, x) : failure
    }
    if !changes.isEmpty, let change = changes[inner.path] { y = try change(y) }
    for watcher in watchers where watcher.watches(inner.path) {
      try watcher.observer(inner.path, layer, x, y)
    }
    return y
  }
}

extension Failure {
  /// The failure with the layer that it happened in.
  fileprivate func inside(_ path: String, _ layer: Layer, _ x: Tensor) -> Failure {
    guard !path.isEmpty else { return self }
    return Failure(
      code, message, notes: notes + ["in layer `\(path)`, \(layer), given \(x.shape)"],
      suggestion: suggestion, parameter: "x")
  }
}

/// A stream of random numbers that a pass draws from as it goes.
public final class Draws {
  /// Where the next draw is taken.
  public var stream: RandomStream
  /// The samples of a batch for which it draws; nil for a whole batch.
  public let samples: SampleRange?

  /// Begins at `stream`.
  public init(_ stream: RandomStream, of samples: SampleRange? = nil) {
    self.stream = stream
    self.samples = samples
  }
}
