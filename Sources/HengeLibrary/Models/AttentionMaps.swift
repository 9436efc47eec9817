// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeLanguage
internal import HengeNN
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// Built-ins that show what a model attends to.
func attention(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "heatmap",
      "Runs a model with attention and returns its heat map: the sum of the attended feature maps over their channels, [1, P, Q] or, for a batch, [N, 1, P, Q]. Large values mark where the model looks to distinguish the domains. For generators of U-GAT-IT, P and Q are a quarter of the image's height and width. overlay(x, heatmap(m, x)) and heat(…) show it.",
      Parameter(
        "m", "A model with attention, such as ugatit_generator(…) or ugatit_discriminator(…)."),
      Parameter("x", "An image [C, H, W] or a batch [N, C, H, W]."),
      Parameter(
        "layer", "Name of the attention layer, if the model has several.", default: String?.none,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          g = ugatit_generator(base=2, blocks=1)
          x = faces("anime", 1)[0]
          heatmap(g, x).shape
          #=> 1x16x16
          overlay(x, heatmap(g, x)).shape
          #=> 3x64x64
          """)
      ], seeAlso: ["overlay", "grad_cam", "saliency", "tap", "attention"],
      errors: ["E-arg", "E-name", "E-shape"]
    ) { (m: ModelObject, x: Tensor, layer: String?) in
      let sides = SideOutputs()
      _ = try m.apply(x, Pass(sides: sides))
      let found = sides.values.compactMap { name, value -> (path: String, value: Tensor)? in
        // The attention itself, or one inside the model.
        if name == "heatmap" { return ("", value) }
        guard name.hasSuffix(".heatmap") else { return nil }
        return (String(name.dropLast(".heatmap".count)), value)
      }
      guard let last = found.last else {
        throw Failure(
          "E-arg", "\(m.layer.kind) has no attention, whose heat map this would be",
          suggestion: "patch_map(…) for a patchgan, tap(…) for the maps of any layer",
          parameter: "m")
      }
      guard layer != nil || found.count == 1 else {
        throw Failure(
          "E-arg", "the model has several attention layers: \(found.map(\.path).shortList)",
          suggestion: "layer=\"\(last.path)\"", parameter: "layer")
      }
      guard let one = layer.map({ name in found.first { $0.path == name } }) ?? last else {
        throw Failure(
          "E-name", "the model has no attention layer `\(layer ?? "")`",
          notes: ["it has \(found.map(\.path).shortList)"], parameter: "layer")
      }
      return x.rank == 3 ? try one.value.selecting([.at(0)]) : one.value
    }.alsoCalled("attention map", "class activation map", "CAM")
  ]
}
