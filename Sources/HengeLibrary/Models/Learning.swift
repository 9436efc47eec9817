// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

/// A model or several, as optimizers take them.
struct Models: ValueConvertible {
  let models: [ModelObject]
  static var kind: String { "model | list of model" }
  static func from(_ value: Value) -> Models? {
    if let model = ModelObject.from(value) { return Models(models: [model]) }
    guard let models = [ModelObject].from(value), !models.isEmpty else { return nil }
    return Models(models: models)
  }
  var value: Value { models.count == 1 ? models[0].value : models.value }
  var layers: [Layer] { models.map(\.layer) }
}

/// Where Adam's epsilon stands.
enum AdamForm: String, Choice {
  case pytorch
  case keras
}

private let learner = "seed(1); m = linear(2, 1); x = ones(3x2); "

/// Built-ins that learn: optimizers, gradients, losses.
func learning(_ session: Session) -> [Builtin] {
  let schedule = Parameter(
    "schedule",
    "A function of the number of steps made, which gives what lr is multiplied by in the next one.",
    default: Callback?.none, isKeywordOnly: true)
  return [
    Builtin(
      "adam",
      "Makes an Adam optimizer of one model or several: p -= lr · m̂ / (√v̂ + eps), with m̂ and v̂ the unbiased means of the gradient and of its square.",
      Parameter("models", "What it trains."),
      Parameter("lr", "How far a step goes.", default: 2e-4),
      Parameter("betas", "How slowly the two means move.", default: [0.9, 0.999]),
      Parameter("eps", "What is added to the root.", default: 1e-8),
      Parameter("decay", "What part of a weight is added to its gradient (L2).", default: 0.0),
      Parameter(
        "form", "Whether eps stands beside √v̂ as in PyTorch, or beside √v as in Keras.",
        default: AdamForm.pytorch, isKeywordOnly: true), schedule,
      examples: [
        Example(
          "\(learner)opt = adam(m, lr=0.1); opt.minimize(() => m(x).mean()); opt.count", gives: "1"),
        Example(
          "\(learner)opt = adam(m, lr=0.1, schedule=k => 1 - k / 100); repeat 3 { opt.minimize(() => m(x).mean()) }; opt",
          gives: nil),
      ], seeAlso: ["sgd", "minimize", "grad"], errors: ["E-range"]
    ) {
      (
        models: Models, rate: Double, betas: [Double], epsilon: Double, decay: Double,
        form: AdamForm, schedule: Callback?
      )
      in
      guard betas.count == 2, betas.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
        throw Failure(
          "E-range", "`betas` are two numbers from 0 to below 1", suggestion: "betas=(0.5, 0.999)",
          parameter: "betas")
      }
      try check(rate, epsilon: epsilon, decay: decay)
      guard Float(epsilon) > 0 else {
        throw Failure(
          "E-range", "`eps` is above 0, not \(epsilon): a weight without a gradient would be 0 / 0",
          suggestion: "eps=1e-8", parameter: "eps")
      }
      return OptimizerObject(
        Adam(
          models.layers, learningRate: rate, betas: (betas[0], betas[1]), epsilon: epsilon,
          decay: decay, form: form == .keras ? .keras : .pytorch), schedule: schedule)
    },
    Builtin(
      "sgd",
      "Makes an optimizer by plain gradient descent: b = momentum · b + g; p -= lr · b.",
      Parameter("models", "What it trains."),
      Parameter("lr", "How far a step goes.", default: 0.01),
      Parameter("momentum", "How much of the last direction is kept.", default: 0.0),
      Parameter("decay", "What part of a weight is added to its gradient (L2).", default: 0.0),
      schedule,
      examples: [
        Example(
          "\(learner)opt = sgd(m, lr=0.1); opt.minimize(() => m(x).mean()); opt.count", gives: "1")
      ], seeAlso: ["adam", "minimize"], errors: ["E-range"]
    ) { (models: Models, rate: Double, momentum: Double, decay: Double, schedule: Callback?) in
      guard momentum >= 0, momentum < 1 else {
        throw Failure(
          "E-range", "`momentum` is from 0 to below 1, not \(momentum)", parameter: "momentum")
      }
      try check(rate, epsilon: 0, decay: decay)
      return OptimizerObject(
        SGD(models.layers, learningRate: rate, momentum: momentum, decay: decay),
        schedule: schedule)
    },
    Builtin(
      "minimize",
      "Makes one step that makes a loss smaller. `f` computes the loss, a number or a record with a field `loss`; models called in it train, and only this optimizer's change. Gives what `f` gave.",
      Parameter("opt", "An optimizer."), Parameter("f", "A function without parameters."),
      examples: [
        Example(
          "\(learner)opt = sgd(m, lr=0.1); a = opt.minimize(() => (m(x) ** 2).mean()); b = opt.minimize(() => (m(x) ** 2).mean()); b < a",
          gives: "true")
      ], seeAlso: ["adam", "grad"], errors: ["E-tape", "E-shape"]
    ) { (call: Call, opt: OptimizerObject, f: Callback) in
      let (result, step) = try session.learn(opt.optimizer.layers) { learning in
        let result = try f.call([])
        let gradients = try Gradients(learning, of: loss(in: result))
        return (result, try opt.optimizer.step(gradients, scaledBy: opt.factor(call)))
      }
      opt.optimizer.publish(step)
      call.machine.effects.changedBeyondWords()
      return result.detached()
    },
    Builtin(
      "grad",
      "Gives the gradient of a loss: of `f()` at a model's weights, as a record by their names, or of `f(x)` at a tensor. Models called in `f` train; nothing changes.",
      Parameter("f", "A function that gives one number: without parameters, or of `x`."),
      Parameter("at", "A model or a tensor."),
      examples: [
        Example("grad(x => (x ** 2).sum(), tensor([1, 2, 3]))", gives: nil),
        Example("\(learner)grad(() => m(x).sum(), m)[\"bias\"]", gives: nil),
      ], seeAlso: ["minimize", "detach"], errors: ["E-tape", "E-shape"]
    ) { (f: Callback, at: Value) in
      if let model = ModelObject.from(at) {
        return try session.learn([model.layer]) { learning in
          let gradients = try Gradients(learning, of: loss(in: f.call([]))).values()
          var names: [ObjectIdentifier: String] = [:]
          for (name, parameter) in model.layer.allParameters
          where names[ObjectIdentifier(parameter)] == nil {
            names[ObjectIdentifier(parameter)] = name
          }
          return Value(
            fields: zip(learning.parameters, gradients).map {
              (names[ObjectIdentifier($0)] ?? "", $1.value)
            })
        }
      }
      guard let x = Tensor.from(at) else {
        throw Failure(
          "E-type", "a gradient is taken at a model or a tensor, not \(at.kindWithArticle)",
          parameter: "at")
      }
      return try session.learn([]) { _ in
        let leaf = try (x.type.isFloat ? x : x.cast(to: .f32)).onTape()
        return try loss(in: f.call([leaf.value])).gradients(at: [leaf])[0].value
      }
    },
  ]
}

private func check(_ rate: Double, epsilon: Double, decay: Double) throws {
  for (name, value) in [("lr", rate), ("eps", epsilon), ("decay", decay)]
  where !(value >= 0 && value <= 1e6) {
    throw Failure(
      "E-range", "`\(name)` is a number from 0 to a million, not \(value)", parameter: name)
  }
}

/// The number to make smaller in what a function gave: itself, or a record's field `loss`.
private func loss(in value: Value) throws -> Tensor {
  if let tensor = Tensor.from(value) { return tensor }
  if case .record(let record) = value, let field = record["loss"], let tensor = Tensor.from(field) {
    return tensor
  }
  throw Failure(
    "E-type",
    "the function gives its loss as a tensor of one number, or in a record's field `loss`",
    notes: ["it gave \(value.kindWithArticle)"], suggestion: "() => mse(m(x), y)", parameter: "f")
}
