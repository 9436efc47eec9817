// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

/// What `minimize` and `grad` pass to the models that are called while they run.
///
/// The session keeps it, because the function that they run calls models by `m(x)`: this is how
/// those calls know that they train.
struct Lesson {
  let learning: Learning
  let draws: Draws
}

extension Session {
  /// Runs `body` in training mode, while the trained parameters of `layers` learn.
  ///
  /// What dropout drew is used up when it returns; if it throws, nothing has happened.
  func learn<Result>(_ layers: [Layer], _ body: (Learning) throws -> Result) throws -> Result {
    let outer = lesson
    let own = Lesson(learning: Learning(layers), draws: Draws(streams.stream("dropout")))
    lesson = own
    defer { lesson = outer }
    let result = try body(own.learning)
    streams.move(to: own.draws.stream)
    return result
  }

  /// How a model runs that is called now; `train` overrides the lesson.
  ///
  /// `observer` receives the results of all layers, or of those whose paths are in `watching`.
  func pass(
    train: Bool?, isPrecise: Bool = false, watching paths: Set<String>? = nil,
    observer: Pass.Observer? = nil
  ) -> Pass {
    let trains = train ?? (lesson != nil)
    return Pass(
      trains ? .training : .evaluation, learning: lesson?.learning,
      draws: trains ? lesson?.draws ?? Draws(streams.stream("dropout")) : nil,
      isPrecise: isPrecise, watching: paths, observer: observer)
  }

  /// A source of first weights, whose draws are used up by `body` if it succeeds.
  func drawingWeights<Result>(_ body: (FirstWeights) throws -> Result) throws -> Result {
    let draws = Draws(streams.stream("weights"))
    let result = try body(FirstWeights(from: draws, on: backend))
    streams.move(to: draws.stream)
    return result
  }

  /// The same for layers that mostly have no weights of their own: where nothing is drawn, the streams are
  /// as if `body` had not run.
  func drawingIfAny<Result>(_ body: (FirstWeights) throws -> Result) throws -> Result {
    let before = streams.stream("weights")
    let draws = Draws(before)
    let result = try body(FirstWeights(from: draws, on: backend))
    if draws.stream.position != before.position { streams.move(to: draws.stream) }
    return result
  }
}

extension Value {
  /// The value with every tensor in it off the tape.
  func detached() -> Value {
    switch self {
    case .list(let list): return Value(list.elements.map { $0.detached() })
    case .record(let record):
      return Value(fields: zip(record.names, record.values).map { ($0, $1.detached()) })
    default:
      guard let tensor = Tensor.from(self), tensor.isOnTape else { return self }
      return tensor.detached().value
    }
  }
}
