// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeTensor

/// The contrast of patches: at each place of an image, features of what was made of it should be most
/// like the features of the image itself at that place.
///
/// [Oord et al. 2018, InfoNCE; Park et al. 2020, PatchNCE]
enum PatchNCE {
  /// What similarities are divided by.
  static let temperature = 0.07

  /// The mean over places of the cross-entropy of each image: `[N]`.
  ///
  /// `queries` and `keys` are `[N, P, F]`, of unit length along F, at the same places. With `S = q · kᵀ
  /// / 0.07`, `[N, P, P]`, the loss at a place i is `-log softmax(S[i, :])[i]`: the other places of the
  /// same image are the negatives. Nothing is learned by the keys. The published program has one
  /// negative more at each place, of similarity -10, where its own would be: it changes no digit, being
  /// `e^-128` of the positive or less.
  static func losses(_ queries: Tensor, _ keys: Tensor) throws -> Tensor {
    let similar =
      try queries.multiplied(by: keys.detached().transposed(1, 2)) / .num(temperature)
    let (count, places) = (similar.shape[0], similar.shape[1])
    let own = try Tensor.arange(.int(0), .int(places), .i64, on: similar.backend)
      .reshaped([1, places, 1]).broadcast(to: try Shape([count, places, 1]))
    return try -similar.logSoftmax().gathered(own, axis: 2).mean([1, 2])
  }

  /// The features of maps `[N, C, H, W]` at `places`, rows of pixels counted one after another: `[N, P,
  /// C]`.
  ///
  /// With `isMirrored`, places are those of the maps mirrored left to right.
  static func rows(of maps: Tensor, at places: [Int], isMirrored: Bool = false) throws -> Tensor {
    let sizes = maps.shape.sizes
    let width = sizes[3]
    let chosen = isMirrored ? places.map { $0 / width * width + width - 1 - $0 % width } : places
    return try maps.reshaped([sizes[0], sizes[1], sizes[2] * width])
      .selecting([.all, .all, .list(chosen)]).permuted([0, 2, 1])
  }
}
