// SPDX-License-Identifier: MIT

/// Words that people use for the same thing, for searches of the help.
enum Synonyms {
  /// One row for each thing, help's own word first.
  static let table: [[String]] = [
    ["image", "picture", "photo", "img"],
    ["dataset", "corpus"],
    ["network", "model", "neural net"],
    ["layer", "module"],
    ["weight", "parameter"],
    ["train", "learn", "fit"],
    ["loss", "cost", "objective"],
    ["gradient", "derivative", "backprop"],
    ["learning rate", "lr", "step size"],
    ["snapshot", "checkpoint"],
    ["held-out", "held out", "holdout", "validation"],
    ["landmark", "keypoint"],
    ["load", "read", "open", "import"],
    ["save", "write", "export", "store"],
    ["show", "display", "view"],
    ["resize", "rescale", "interpolate"],
    ["upsample", "upscale", "enlarge"],
    ["downsample", "downscale", "shrink"],
    ["concatenate", "stack", "merge"],
    ["mean", "average"],
    ["random", "rand", "noise"],
    ["measure", "metric", "score"],
    ["gray", "grey", "monochrome"],
    ["color", "colour"],
    ["activation", "nonlinearity"],
    ["delete", "remove", "drop"],
    ["duplicate", "copy", "clone"],
    ["interrupt", "cancel", "abort"],
  ]

  /// Help's own word for `word`, which is in small letters; nil for most.
  ///
  /// Endings do not matter: for `pictures` it is that for `picture`, and for `images` it is `image`.
  static func ownWord(for word: String) -> String? {
    let row = table.first { $0.contains { isForm(word, of: $0) } }
    return row.flatMap { $0[0] == word ? nil : $0[0] }
  }

  /// Whether `word` is `base`, or has one of the usual endings after it.
  static func isForm(_ word: String, of base: String) -> Bool {
    if word == base { return true }
    let stem = base.hasSuffix("e") ? String(base.dropLast()) : base
    return ["s", "es", "d", "ed", "ing", "er", "ers"].contains {
      word == base + $0 || word == stem + $0
    }
  }

  /// The table in words: `image, picture, photo; …`.
  static let listed = table.map { $0.joined(separator: ", ") }.joined(separator: "; ")
}
