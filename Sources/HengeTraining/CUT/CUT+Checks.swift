// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeModels
internal import HengeNN
internal import HengeTensor

// What CUT asks of its generator and of its heads.

extension AdversarialMethod {
  /// Refuses layers of `nce` that the generator does not have, and heads that do not read them.
  @Sendable static func refuseMisfits(_ trainer: AdversarialTrainer) throws {
    let shapes = try [Side.a, .b].map { try trainer.pictureShape(of: $0) }
    guard shapes[0] == shapes[1] else {
      throw Failure(
        "E-shape", "cut encodes g(a) as it encodes a, and A is \(shapes[0]), B \(shapes[1])",
        suggestion: "cyclegan(A, B, identity=0)", parameter: "B")
    }
    guard trainer.configuration.condition == nil || trainer.choice("fast") != .bool(true) else {
      throw Failure(
        "E-arg", "FastCUT mirrors images at random, and a condition may not apply to mirrored ones",
        suggestion: "fast=false", parameter: "condition")
    }
    let names = trainer.words("nce")
    let heads = try heads(of: trainer)
    let widths = try widths(
      of: names, of: trainer.network("g"), for: trainer.shape(of: [.a]),
      on: trainer.backend(of: trainer.network("g")))
    guard heads.widths == widths else {
      func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }
      throw Failure(
        "E-shape",
        "`f` reads \(list(heads.widths)) features, but the layers of `nce` have \(list(widths)) channels",
        suggestion: "f=projection_heads([\(list(widths))])", parameter: "f")
    }
  }

  /// The projection heads of a trainer; throws `E-arg` for a network `f` of another kind.
  static func heads(of trainer: AdversarialTrainer) throws -> ProjectionHeads {
    guard let heads = trainer.network("f") as? ProjectionHeads else {
      throw Failure(
        "E-arg", "`f` must be projection_heads(…), not \(trainer.network("f").kind)",
        suggestion: "projection_heads(…), or leave out f", parameter: "f")
    }
    return heads
  }

  /// The channels of the maps that the layers `names` of a generator return for an image of `shape`.
  ///
  /// Throws `E-arg` for a layer that is not there, `E-shape` for one that returns no maps.
  static func widths(
    of names: [String], of generator: Layer, for shape: Shape, on backend: any Backend
  ) throws -> [Int] {
    guard !names.isEmpty else {
      throw Failure(
        "E-arg", "`nce` must name a layer of `g`", suggestion: "nce=[\"res.0\"]", parameter: "nce")
    }
    try refuseMissing(names, of: generator)
    let maps = try Failure.renaming(["x": "nce"]) {
      try generator.results(at: names, try Tensor.zeros(Shape([1] + shape.sizes), on: backend))
    }
    return try zip(names, maps).map { name, maps in
      guard maps.rank == 4 else {
        throw Failure(
          "E-shape", "`nce` names `\(name)`, which returns \(maps.shape), not feature maps",
          parameter: "nce")
      }
      return maps.shape[1]
    }
  }

  private static func refuseMissing(_ names: [String], of generator: Layer) throws {
    let known = generator.allLayers.map(\.path)
    guard let missing = names.first(where: { !known.contains($0) || $0.isEmpty }) else { return }
    let indices = names.compactMap { name -> Int? in
      let parts = name.split(separator: ".")
      return parts.count > 1 && parts[0] == "res" ? Int(parts[1]) : nil
    }
    if case .int(let blocks) = generator.settings["blocks"], let last = indices.max(),
      last >= blocks, last < 1000
    {
      throw Failure(
        "E-arg",
        "`nce` names the layer `res.\(last)`, and `g` has \(counted(blocks, "residual block"))",
        notes: ["these layers need at least \(last + 1) blocks"],
        suggestion: "blocks=\(last + 1), or nce=[…] with other layers", parameter: "nce")
    }
    throw Failure(
      "E-arg", "`nce` names `\(shortened(missing))`, which is no layer of `g`",
      notes: ["its layers are \(known.dropFirst().prefix(20).joined(separator: ", "))"],
      parameter: "nce")
  }
}
