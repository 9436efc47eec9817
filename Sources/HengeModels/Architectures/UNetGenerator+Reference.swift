// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN

extension ReferenceNaming {
  /// The U-Net of pix2pix, whose every level is a list that contains that of the next level.
  ///
  /// Such a list is relu, conv, norm, the next level, relu, conv, norm; the first has neither rectifier
  /// nor norm on its way down, the last no norm there.
  static let unetGenerator = ReferenceNaming { model in
    let levels = model.settings["downs"].int ?? 0
    return model.parts.flatMap { name, part -> [Pair] in
      guard let dot = name.lastIndex(of: "."), let level = Int(name[name.index(after: dot)...])
      else { return [] }
      let isDown = name.hasPrefix("down")
      let place =
        isDown ? (level == 0 ? 0 : 1) : level == 0 ? 3 : level == levels - 1 ? 3 : 5
      let list = unetList(level)
      return part.parts.flatMap { own, layer in
        pairs(
          of: layer, own: "\(name).\(own)",
          reference: "\(list).\(own == "norm" ? place + 1 : place)")
      }
    }
  } settings: { shapes in
    guard let first = shapes["model.model.0.weight"], first.rank == 4,
      let last = shapes["model.model.3.weight"], last.rank == 4
    else { return nil }
    var levels = 1
    while shapes["\(unetList(levels)).1.weight"] != nil { levels += 1 }
    let lowest = unetList(levels - 1)
    return [
      ("channels", .int(first[1])), ("out", .int(last[1])), ("base", .int(first[0])),
      ("downs", .int(levels)),
      ("norm", norm(shapes, weight: "\(lowest).4.weight", bias: "model.model.0.bias")),
    ]
  } guess: { _ in
    "the file does not show the dropout rate: dropout=0 is a guess, which does not change the results"
  }

  /// The list of a U-Net's level: `model.model`, `model.model.1.model`, `model.model.1.model.3.model`.
  private static func unetList(_ level: Int) -> String {
    "model.model" + (level > 0 ? ".1.model" : "")
      + String(repeating: ".3.model", count: max(0, level - 1))
  }
}
