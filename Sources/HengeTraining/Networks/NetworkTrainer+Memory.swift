// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeNN
internal import HengeTensor

extension NetworkTrainer {
  /// How many bytes training takes, estimated.
  ///
  /// For CycleGAN with six blocks it was from 2 to 34 % more than was measured at 64 and 128 pixels when each
  /// filter was transformed for both directions; it is transformed once now, so small networks take less.
  ///
  /// Of each weight there are the value, two means and the gradient, and for a while transforms of it, 4
  /// times as large for each of two directions, of which the backend keeps 192 MB. `maps` is what every
  /// convolution and normalisation gives that is there at once: padding and gradients take as much again
  /// as three fifths of it, and workspaces up to 64 MB. `pictures` is what is kept of pictures.
  func estimatedBytes(pictures: Int, maps: Int) -> Int {
    let weights = networks.reduce(0) { $0 + $1.layer.parameterCount } * 4
    let sum = Double(4 * weights + min(8 * weights, 192_000_000) + pictures) + Double(maps) * 1.6
    return Int(min(sum, 0x1p62)) + min(maps, 64_000_000)
  }

  /// The bytes of what every convolution and normalisation of `layer` gives for an input of `sizes`.
  static func bytesKept(by layer: Layer, _ sizes: [Int], on backend: any Backend) throws
    -> Int
  {
    var bytes = 0
    let observed: Set = ["conv", "conv_transpose", "instance_norm", "batch_norm"]
    _ = try layer(
      try Tensor.zeros(try Shape(sizes), on: backend),
      Pass { _, part, _, y in if observed.contains(part.kind) { bytes += y.byteCount } })
    return bytes
  }
}
