// SPDX-License-Identifier: MIT
public import HengeBackend
internal import HengeTensor

extension Layer {
  /// The shape of one input, `[C, H, W]`, with images of a height and width: the channels are those that the
  /// network takes.
  ///
  /// What layers say of their channels is tried, without computing anything. Throws `E-shape` with the
  /// reason why the network takes none of them.
  public func sample(height: Int, width: Int) throws -> Shape {
    var reason: Failure?
    var tried: Set<Int> = []
    for channels in channelCandidates where tried.insert(channels).inserted {
      let sample = try Shape([channels, height, width])
      do {
        try check(sample)
        return sample
      } catch let failure as Failure where failure.code == "E-shape" { reason = reason ?? failure }
    }
    throw reason ?? Failure("E-shape", "the network takes no images of \(height)x\(width)")
  }

  /// Numbers of channels that the input may have, the likeliest first.
  private var channelCandidates: [Int] {
    let layers = allLayers.map(\.layer)
    let conditions = [0] + layers.compactMap { $0.settings["condition"].int }.filter { $0 > 0 }
    let stated = layers.compactMap { $0.settings["channels"].int }
    let read = layers.compactMap { layer in
      layer.filters.flatMap { $0.rank == 4 ? $0.shape[1] : nil }
    }
    let own = settings["channels"].int.map { [$0] } ?? []
    let plain = own + read.prefix(1) + [3] + stated
    // Adaptive normalizations outside of a network read a scale and a shift, too.
    return plain.flatMap { count in conditions.map { count + $0 } } + stated.map { 3 * $0 }
  }
}
