// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// What is asked of networks that are to be trained together.
enum NetworkChecks {
  /// Throws `E-arg` where two of `networks` share a weight: each would undo what the other learns.
  static func refuseSharedWeights(among networks: [(name: String, layer: Layer)]) throws {
    var owners: [ObjectIdentifier: String] = [:]
    for (name, layer) in networks {
      let parameters = layer.allParameters
      for parameter in parameters {
        guard let owner = owners[ObjectIdentifier(parameter.parameter)] else { continue }
        throw Failure(
          "E-arg", "`\(owner)` and `\(name)` share the weight `\(parameter.name)`",
          notes: ["each would undo what the other learns"],
          suggestion: "\(name)=copy(…)", parameter: name)
      }
      for (_, parameter) in parameters { owners[ObjectIdentifier(parameter)] = name }
    }
  }

  /// Throws `E-shape` unless `generator` makes images of `target`, `[C, H, W]`, of those of `source`, in a
  /// run as `pass` says.
  static func refuseMisfit(
    _ name: String, _ generator: Layer, from source: Shape, to target: Shape,
    on backend: any Backend, _ pass: Pass = Pass()
  ) throws {
    let made = try result(of: generator, name, for: source, on: backend, pass).shape
    guard made == (try Shape([1] + target.sizes)) else {
      throw Failure(
        "E-shape",
        "`\(name)` must return 1x\(target) for images 1x\(source), but it returns \(made)",
        notes: ["its output is compared with the images, element by element"], parameter: name)
    }
  }

  /// The result of a network for an image of zeros, `[C, H, W]` of `shape`.
  ///
  /// Throws what its layers throw, as an error of the argument `name`.
  static func result(
    of network: Layer, _ name: String, for shape: Shape, on backend: any Backend,
    _ pass: Pass = Pass()
  ) throws -> Tensor {
    try Failure.renaming(["x": name]) {
      try network(try Tensor.zeros(Shape([1] + shape.sizes), on: backend), pass)
    }
  }
}

extension Layer {
  /// The backend of its weights; nil where it has none.
  var backend: (any Backend)? { allParameters.first?.parameter.value.backend }
}
