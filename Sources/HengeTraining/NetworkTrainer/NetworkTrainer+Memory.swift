// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

extension NetworkTrainer {
  /// How many bytes training takes, estimated.
  ///
  /// For CycleGAN of 32 or 64 maps and six or nine blocks and for pix2pix it was from 4 to 30 % more than
  /// was measured over the first steps, at 64, 128 and 256 pixels.
  ///
  /// Of each weight there are the value, two means and the gradient, and for a while a transform of it, 4
  /// times as large, of which the backend keeps 224 MB, or up to 128 MB with networks of more than 1 GB; of
  /// some, a running mean, and where gradients are clipped a scaled copy of each; with a batch in several
  /// parts, as many sums of gradients more as the tree of parts is deep. Gradients that few pixels make take
  /// less: U-GAT-IT at 128 pixels was measured a fifth below. `maps` is what layers return that is there at
  /// once, apart from what is computed again: padding and gradients take as much again as two fifths of it,
  /// and workspaces up to 80 MB. `pictures` is the number of bytes of images.
  func estimatedBytes(pictures: Int, maps: Int) -> Int {
    let weights = networks.reduce(0) { $0 + $1.layer.parameterCount } * 4
    let means = (means?.networks ?? []).reduce(0) { $0 + $1.layer.parameterCount } * 4
    let maps = Double(maps)
    let depth = Int.bitWidth - (common.parts - 1).leadingZeroBitCount
    let kept = Double(4 * weights) + 1.4 * maps > 1_000_000_000 ? 128 << 20 : 224 << 20
    let sum =
      Double(
        ((common.clip == nil ? 4 : 5) + depth) * weights + min(4 * weights, kept) + means + pictures
      )
      + 1.4 * maps
      + min(1.2 * maps, 80_000_000)
    return Int(min(sum, 0x1p62))
  }

  /// The bytes of the outputs that `layer` keeps for the backward pass, for an input of `sizes`; of a
  /// run that ends after the layers at `paths`, where they are given.
  ///
  /// With checkpoints, blocks keep their inputs, and the largest is there once while it is computed again.
  func bytesKept(
    by layer: Layer, _ sizes: [Int], upTo paths: [String]? = nil, on backend: any Backend
  ) throws -> Int {
    let blocks =
      common.checkpoint
      ? layer.allLayers.filter { $0.layer.isCheckpointed }.map(\.path) : []
    var (bytes, inside) = (0, [String: Int]())
    _ = try layer.results(
      at: paths ?? [""], try Tensor.zeros(try Shape(sizes), on: backend),
      Pass { path, part, _, y in
        guard part.keepsResult else { return }
        if let block = blocks.first(where: { $0.isEmpty || path.hasPrefix($0 + ".") }) {
          inside[block, default: 0] += y.byteCount
        } else {
          bytes += y.byteCount
        }
      })
    return bytes + (inside.values.max() ?? 0)
  }
}
