// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeModels
internal import HengeNN
internal import HengeTensor

/// A small random model, and names that a program could have given its layers.
struct WeightFuzzModel {
  let layer: Layer
  private let isKeras: Bool
  private let backend: any Backend
  private let names: [String]

  /// The layers with weights, in the order in which they run.
  private var weighted: [Layer] {
    layer.allLayers.map(\.layer).filter { !$0.parameters.isEmpty }
  }

  init(_ dice: inout FuzzDice, isKeras: Bool, on backend: any Backend) throws {
    self.isKeras = isKeras
    self.backend = backend
    var parts: [Layer] = []
    // Few channels and kinds: many layers of equal shapes.
    let widest = 1 + dice.roll(3)
    for _ in 0..<1 + dice.roll(9) {
      parts.append(
        try WeightFuzzModel.part(&dice, 1 + dice.roll(widest), 1 + dice.roll(widest), backend))
    }
    layer = try WeightFuzzModel.row(parts, .sequential, backend)
    let kinds = layer.allLayers.filter { !$0.layer.parameters.isEmpty }.map(\.layer.kind)
    names = WeightFuzzModel.names(kinds, isKeras: isKeras, &dice)
  }

  private static func row(_ parts: [Layer], _ kind: LayerKind, _ backend: any Backend) throws
    -> Layer
  {
    try kind([], parts: parts.enumerated().map { ("own\($0)", $1) }, .zeros(on: backend))
  }

  private static func part(
    _ dice: inout FuzzDice, _ input: Int, _ output: Int, _ backend: any Backend
  ) throws -> Layer {
    func made(_ kind: LayerKind, _ settings: [(String, Setting)]) throws -> Layer {
      try kind(settings, .zeros(on: backend))
    }
    let sizes: [(String, Setting)] = [("in", .int(input)), ("out", .int(output))]
    switch dice.roll(8) {
    case 0, 1: return try made(.conv, sizes + [("kernel", .int(1 + dice.roll(2)))])
    case 2:
      return try made(
        .conv, sizes + [("kernel", .int(2)), ("bias", .bool(false))])
    case 3: return try made(.convTranspose, sizes + [("kernel", .int(2))])
    case 4, 5: return try made(.batchNorm, [("channels", .int(output))])
    case 6: return try made(.linear, sizes)
    default:
      let conv = try made(
        .conv, [("in", .int(input)), ("out", .int(input)), ("kernel", .int(2))])
      return try row(
        [conv, try made(.batchNorm, [("channels", .int(input))])], .residual, backend)
    }
  }

  /// Names for layers of these kinds, in the order in which they run.
  private static func names(_ kinds: [String], isKeras: Bool, _ dice: inout FuzzDice) -> [String] {
    var counts: [String: Int] = [:]
    func count(_ word: String) -> Int {
      counts[word, default: 0] += 1
      return counts[word, default: 1] - 1
    }
    if isKeras {
      let first = dice.roll(3) * 7
      return kinds.map { kind in
        let own =
          [
            "conv": "conv2d", "conv_transpose": "conv2d_transpose", "linear": "dense",
            "batch_norm": "batch_normalization",
          ][kind] ?? kind
        let number = count(own) + first
        return number == 0 ? own : "\(own)_\(number)"
      }
    }
    var words = ["alpha", "stem", "body", "mid", "tail", "head", "out", "omega", "fuse", "mix"]
    for index in words.indices { words.swapAt(index, dice.roll(words.count)) }
    let scheme = dice.roll(6)
    let step = 1 + dice.roll(3)
    return kinds.enumerated().map { index, kind in
      switch scheme {
      case 0: "\(index * step)"
      case 1: "model.\(index / 3 + 8).\(index % 3).\(kind)"
      case 2: "\(kind)\(count(kind) + 1)"
      case 3: "\(kind)s.\(count(kind))"
      // Nothing is said of the order.
      case 4:
        "\(words[index % words.count])\(index < words.count ? "" : "x\(words[index / words.count % words.count])")"
      // A decoder whose levels count downwards, behind an encoder.
      default: index < kinds.count / 2 ? "enc\(index + 1)" : "dec\(kinds.count - index)"
      }
    }
  }

  /// What a place's numbers begin with; each number is its own.
  private func start(_ place: Int, _ parameter: Int) -> Float { Float(1 + place * 8 + parameter) }

  private func numbers(_ place: Int, _ parameter: Int, _ count: Int) -> [Float] {
    (0..<count).map { start(place, parameter) + Float($0) / 128 }
  }

  /// The file's arrays.
  func arrays(_ dice: inout FuzzDice, budget: MemoryBudget) throws -> [NamedArray] {
    var arrays: [NamedArray] = []
    for (place, layer) in weighted.enumerated() {
      for (index, entry) in layer.parameters.enumerated() {
        let shape = entry.parameter.value.shape
        let own = numbers(place, index, shape.count)
        let isKernel = isKeras && entry.name == "weight" && shape.rank > 1
        let word =
          isKeras
          ? [
            "weight": shape.rank > 1 ? "kernel" : "gamma",
            "bias": layer.kind == "batch_norm" ? "beta" : "bias", "running_mean": "moving_mean",
            "running_var": "moving_variance",
          ][entry.name] ?? entry.name : entry.name
        let tensor =
          isKernel
          ? try WeightFuzzModel.turned(own, shape, on: backend)
          : try Tensor(own, shape, on: backend)
        arrays.append(
          NamedArray(
            isKeras ? "\(names[place])/\(word)" : "\(names[place]).\(word)",
            try tensor.arrayData(budget: budget)))
      }
    }
    return arrays
  }

  /// Numbers of `shape`, the first two axes turned behind the others and each other: written out by
  /// itself, so that it checks the way back.
  private static func turned(_ numbers: [Float], _ shape: Shape, on backend: any Backend) throws
    -> Tensor
  {
    let (first, second) = (shape[0], shape[1])
    let inner = shape.sizes.dropFirst(2).reduce(1, *)
    var turned = [Float](repeating: 0, count: numbers.count)
    for a in 0..<first {
      for b in 0..<second {
        for pixel in 0..<inner {
          turned[(pixel * second + b) * first + a] = numbers[(a * second + b) * inner + pixel]
        }
      }
    }
    return try Tensor(
      turned, try Shape(Array(shape.sizes.dropFirst(2)) + [second, first]), on: backend)
  }

  /// Whether every parameter has the numbers that say so.
  func isRight() throws -> Bool {
    try weighted.enumerated().allSatisfy { place, layer in
      try layer.parameters.enumerated().allSatisfy { index, entry in
        let value = entry.parameter.value
        let own = numbers(place, index, value.count)
        return try Tensor.compare(
          .notEqual, .tensor(value), .tensor(Tensor(own, value.shape, on: backend))
        ).sum().item().double == 0
      }
    }
  }

  /// Whether a weight is what it was when it was made: 0, or 1.
  func isUntouched(_ value: Tensor) -> Bool {
    guard let least = try? value.minimum().item().double,
      let most = try? value.maximum().item().double
    else { return false }
    return least == most && (least == 0 || least == 1)
  }
}
