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
  /// The layers to train; throws `E-arg` where there is nothing that learns.
  var layers: [Layer] {
    get throws { try models.map { try $0.trainable(allowsOthers: true, parameter: "models") } }
  }
}

/// Where Adam adds its epsilon.
enum AdamForm: String, Choice {
  case pytorch
  case keras
}

private let learner = """
  m = linear(2, 1)
  x = ones(3x2)
  """

/// Built-ins for optimization: optimizers and gradients.
func learning(_ session: Session) -> [Builtin] {
  let schedule = Parameter(
    "schedule",
    "Learning-rate schedule: a function of the number of steps so far that returns the factor of `lr` for the next step.",
    default: Callback?.none, isKeywordOnly: true)
  return [
    Builtin(
      "adam",
      "Adam optimizer [Kingma & Ba 2015] for one or several models: p -= lr · m̂ / (√v̂ + eps), where m̂ and v̂ are the bias-corrected running means of the gradient and of its square.",
      Parameter("models", "Model or list of models to train."),
      Parameter("lr", "Learning rate: how large each update is.", default: 2e-4),
      Parameter(
        "betas", "β₁ and β₂: decay rates of the running means of the gradient and of its square.",
        default: [0.9, 0.999]),
      Parameter(
        "eps", "Small number added to the denominator, against division by 0.", default: 1e-8),
      Parameter(
        "decay",
        "Weight decay (L2 penalty): this fraction of each weight is added to its gradient.",
        default: 0.0),
      Parameter(
        "form", "Where eps is added: to √v̂, as in PyTorch, or to √v, as in Keras.",
        default: AdamForm.pytorch, isKeywordOnly: true), schedule,
      examples: [
        Example(
          """
          \(learner)
          opt = adam(m, lr=0.1, schedule=k => 1 - k / 100)
          repeat 3 { loss = opt.minimize(() => m(x).mean()) }
          opt
          #=> adam @3, lr 0.1, of linear
          """)
      ], seeAlso: ["sgd", "minimize", "grad"], errors: ["E-range"]
    ) {
      (
        models: Models, rate: Double, betas: [Double], epsilon: Double, decay: Double,
        form: AdamForm, schedule: Callback?
      )
      in
      guard betas.count == 2, betas.allSatisfy({ $0 >= 0 && $0 < 1 }) else {
        throw Failure(
          "E-range", "`betas` must be two numbers from 0 to less than 1",
          suggestion: "betas=(0.5, 0.999)",
          parameter: "betas")
      }
      try check(rate, epsilon: epsilon, decay: decay)
      guard Float(epsilon) > 0 else {
        throw Failure(
          "E-range",
          "`eps` must be larger than 0, not \(epsilon): the update of a weight without a gradient would be 0 / 0",
          suggestion: "eps=1e-8", parameter: "eps")
      }
      return OptimizerObject(
        Adam(
          try models.layers, learningRate: rate, betas: (betas[0], betas[1]), epsilon: epsilon,
          decay: decay, form: form == .keras ? .keras : .pytorch), schedule: schedule)
    }.alsoCalled("learning rate", "optimizer", "weight decay")
      .inPlaceOf(
        "learning rate scheduler", "scheduler",
        advice:
          "opt.lr = 1e-4 changes the rate of an optimizer, schedule=\"linear\" is an option of trainers"
      ),
    Builtin(
      "sgd",
      "Stochastic gradient descent (SGD) with momentum, for one or several models: b = momentum · b + g, then p -= lr · b.",
      Parameter("models", "Model or list of models to train."),
      Parameter("lr", "Learning rate: how large each update is.", default: 0.01),
      Parameter(
        "momentum",
        "Fraction of the previous update direction that is kept, 0 to less than 1.",
        default: 0.0),
      Parameter(
        "decay",
        "Weight decay (L2 penalty): this fraction of each weight is added to its gradient.",
        default: 0.0),
      schedule,
      examples: [
        Example(
          """
          \(learner)
          opt = sgd(m, lr=0.1)
          opt.minimize(() => m(x).mean());
          opt.count
          #=> 1
          """)
      ], seeAlso: ["adam", "minimize"], errors: ["E-range"]
    ) { (models: Models, rate: Double, momentum: Double, decay: Double, schedule: Callback?) in
      guard momentum >= 0, momentum < 1 else {
        throw Failure(
          "E-range", "`momentum` must be 0 or more and less than 1, not \(momentum)",
          parameter: "momentum")
      }
      try check(rate, epsilon: 0, decay: decay)
      return OptimizerObject(
        SGD(try models.layers, learningRate: rate, momentum: momentum, decay: decay),
        schedule: schedule)
    }.alsoCalled("momentum", "gradient descent"),
    Builtin(
      "minimize",
      "Runs one optimization step: computes the loss `f()` and its gradients, and updates the optimizer's models. Models called in `f` run in training mode; only the optimizer's models are updated. Returns the result of `f`.",
      Parameter("opt", "An optimizer."),
      Parameter(
        "f",
        "A function without parameters that returns the loss: a number, or a record with a field `loss`."
      ),
      examples: [
        Example(
          """
          \(learner)
          opt = sgd(m, lr=0.1)
          loss = () => mse(m(x), zeros(3x1))
          first = opt.minimize(loss)
          second = opt.minimize(loss)
          second < first
          #=> true
          """)
      ], seeAlso: ["adam", "grad"], errors: ["E-tape", "E-shape"]
    ) { (call: Call, opt: OptimizerObject, f: Callback) in
      let (result, step) = try session.learn(opt.optimizer.layers) { learning in
        let result = try f.call([])
        let gradients = try Failure.renaming([nil: "f"]) {
          try Gradients(learning, of: loss(in: result))
        }
        return (result, try opt.optimizer.step(gradients, scaledBy: opt.factor(call)))
      }
      opt.optimizer.publish(step)
      call.machine.effects.changedBeyondWords()
      return result.detached()
    },
    Builtin(
      "grad",
      "Computes the gradient of a loss: of `f()` with respect to a model's weights, as a record by weight name, or of `f(x)` with respect to a tensor. Models called in `f` run in training mode. Nothing is updated.",
      Parameter(
        "f", "The loss: a function without parameters, or of the tensor, that returns one number."),
      Parameter("at", "The model or tensor to differentiate with respect to."),
      examples: [
        Example(
          """
          print(grad(x => (x ** 2).sum(), tensor([1, 2, 3])))
          #=> tensor([2, 4, 6])
          \(learner)
          print(grad(() => m(x).sum(), m).bias)
          #=> tensor([3])
          """)
      ], seeAlso: ["minimize", "detach"], errors: ["E-tape", "E-shape"]
    ) { (f: Callback, at: Value) in
      if let model = ModelObject.from(at) {
        return try session.learn([model.trainable(allowsOthers: true, parameter: "at")]) {
          learning in
          let result = try f.call([])
          let gradients = try Failure.renaming([nil: "f"]) {
            try Gradients(learning, of: loss(in: result)).values()
          }
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
          "E-type",
          "grad differentiates with respect to a model or a tensor, not \(at.kindWithArticle)",
          parameter: "at")
      }
      return try session.learn([]) { _ in
        let leaf = try (x.type.isFloat ? x : x.cast(to: .f32)).onTape()
        let result = try f.call([leaf.value])
        return try Failure.renaming([nil: "f"]) {
          try loss(in: result).gradients(at: [leaf])[0].value
        }
      }
    },
  ]
}

private func check(_ rate: Double, epsilon: Double, decay: Double) throws {
  for (name, value) in [("lr", rate), ("eps", epsilon), ("decay", decay)]
  where !(value >= 0 && value <= 1e6) {
    throw Failure(
      "E-range", "`\(name)` must be a number from 0 to a million, not \(value)", parameter: name)
  }
}

/// The loss in a function's result: the result itself, or a record's field `loss`.
private func loss(in value: Value) throws -> Tensor {
  if let tensor = Tensor.from(value) { return tensor }
  if case .record(let record) = value, let field = record["loss"], let tensor = Tensor.from(field) {
    return tensor
  }
  throw Failure(
    "E-type",
    "the function must return the loss: a tensor of one number, or a record with a field `loss`",
    notes: ["it returned \(value.kindWithArticle)"], suggestion: "() => mse(m(x), y)",
    parameter: "f")
}
