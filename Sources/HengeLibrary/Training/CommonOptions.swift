// SPDX-License-Identifier: MIT
internal import HengeLanguage
internal import HengeTraining

/// The parameters that all trainers of networks share, by keyword.
enum CommonOption {
  static var ema: Parameter {
    Parameter(
      "ema",
      "Decay d of running means of the weights, 0 to less than 1, such as 0.999; none keeps no means. After step n, mean = dₙ · mean + (1 - dₙ) · weight with dₙ = min(d, n / (n + 9)), so that the weights at the start are soon forgotten. Networks that are trained do not use the means. t.ema contains copies of the networks with them (of an adversarial method, of its generators); t.samples, held-out images and t.best use them.",
      default: Double?.none, isKeywordOnly: true)
  }

  static var clip: Parameter {
    Parameter(
      "clip",
      "Largest norm of the gradients, such as 1: where the norm √Σg² over all gradients of an optimizer is larger, they are scaled by clip / (norm + 1e-6), as by PyTorch's clip_grad_norm_; none never scales them. The norm before is in t.log (norm, or norm_g and norm_d).",
      default: Double?.none, isKeywordOnly: true)
  }

  static var checkpoint: Parameter {
    Parameter(
      "checkpoint",
      "true: gradient checkpointing [Chen et al. 2016]. Of a residual block only the input is kept for the backward pass, which computes the block again: less memory, more time. Losses are the same; weights can differ by rounding from those without it.",
      default: false, isKeywordOnly: true)
  }

  static var parts: Parameter {
    Parameter(
      "parts",
      "Number of equal parts into which a batch is cut (gradient accumulation); it divides the batch size. Each part runs forward and backward separately, in the memory of one part, and the step uses the mean of their gradients, which are added in a fixed order. Random numbers are those of the whole batch; batch normalization takes the statistics of each part. Several processes (mpirun) share the parts: results depend on the number of parts, not on the number of processes.",
      default: 1, isKeywordOnly: true)
  }

  /// All of them, for built-ins that are made from a declaration.
  static var all: [(parameter: Parameter, kind: ParameterKind)] {
    [
      (ema, .of(Double?.self)), (clip, .of(Double?.self)), (checkpoint, .of(Bool.self)),
      (parts, .of(Int.self)),
    ]
  }
}

extension CommonOptions {
  /// What a call says by ``CommonOption/all``, in that order.
  init(_ values: some Collection<Value>) {
    let values = Array(values)
    self.init(
      ema: Double?.from(values[0]) ?? nil, clip: Double?.from(values[1]) ?? nil,
      checkpoint: Bool.from(values[2]) ?? false, parts: Int.from(values[3]) ?? 1)
  }
}

extension TrainerFile {
  /// What was chosen besides the method.
  func common() throws -> CommonOptions {
    let batch = try setting("batch") { Int($0) }
    return try CommonOptions(
      ema: optional("ema") { Double($0) }, clip: optional("clip") { Double($0) },
      checkpoint: optional("checkpoint") { Bool($0) } ?? false,
      parts: optional("parts") { text in
        Int(text).flatMap { (1...max(1, batch)).contains($0) && batch % $0 == 0 ? $0 : nil }
      } ?? 1)
  }

  /// The setting `name`, where the file has it.
  private func optional<T>(_ name: String, _ convert: (String) -> T?) throws -> T? {
    text(name) == nil ? nil : try setting(name, convert)
  }
}
