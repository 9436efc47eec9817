// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

/// Finds where the numbers of a step first stop being finite.
///
/// A step that ends in NaN is run once more with every layer watched: the first that makes something
/// not finite of what is, or that has such a weight, is the one to look at.
final class NotFinite {
  /// What was found, for an error: `g_ab, layer res.2.conv1, …`.
  private(set) var place: String?

  /// Who looks on in a pass of `network`.
  func observer(_ network: String) -> Pass.Observer {
    { [self] path, layer, x, y in
      guard place == nil, layer.parts.isEmpty, !(try y.isFinite()) else { return }
      let way = path.isEmpty ? network : "\(network).\(path)"
      for (name, parameter) in layer.parameters where !(try parameter.value.isFinite()) {
        place = "in the weight `\(way).\(name)`, \(parameter.value.shape), which is not finite"
        return
      }
      place =
        try x.isFinite()
        ? "in `\(way)`, \(layer): of a finite \(x.shape) it makes what is not finite"
        : "before `\(way)`, in its input \(x.shape)"
    }
  }
}
