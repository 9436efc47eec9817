// SPDX-License-Identifier: MIT
import HengeBackend
public import HengeTensor

extension Dataset {
  /// The images with further channels called `name`: what `maps` returns for each picture, `[k, H, W]`
  /// or `[H, W]`, computed whenever an item is asked for.
  ///
  /// `maps` is given the picture, the first group of channels; with `followsItem` the whole image, and
  /// what else is known of the item. It is called once for the first image now, which decides k.
  /// Augmentation changes the picture first and computes the channels from the result. `nesting` is
  /// how deeply datasets are nested in what the function refers to. Throws `E-arg` for a name that is
  /// there already, `E-shape` for maps of another size, `E-data` without images.
  public func withChannels(
    _ name: String, nesting: Int = 0, followsItem: Bool = false,
    _ maps: @escaping (Tensor, () throws -> ItemRecord) throws -> Tensor
  ) throws -> Dataset {
    try withChannels(
      name, nesting: nesting, ChannelFunction(followsItem: followsItem, maps), count: nil)
  }

  func withChannels(
    _ name: String, nesting: Int, _ function: ChannelFunction, count known: Int?
  ) throws -> Dataset {
    guard count > 0 else { throw Failure.emptyDataset("the channels") }
    let own = try learnedGroups() ?? .picture(count: learnedShape()[0])
    let detail = function.encoding?.detail
    // The name is refused before the function is called.
    var groups = try own.adding(name, count: known ?? 1, detail: detail)
    if known == nil {
      let (image, record) = try item(0)
      let planes = try Failure.renaming([nil: "f"]) {
        try loader.nested { try function.planes(image, own, { record }) }
      }
      groups = try own.adding(name, count: planes.shape[0], detail: detail)
    }
    let source = ChannelSource(self, groups, function, depth: try depth(inside: nesting))
    return try Dataset(.tensors(source), loader: loader)
  }

  /// The groups of channels, as far as they are known by now without computing an image.
  public var knownGroups: ChannelGroups? { channelGroups ?? groupsMemo.known ?? nil }

  /// The groups of channels; where functions compute the images, those that the first image of each
  /// has: the function kept them, if it left the pixels in their order or moved them.
  ///
  /// Nil where they are not known. Computes an image for it, once; throws what that throws.
  public func learnedGroups() throws -> ChannelGroups? {
    if let channelGroups { return channelGroups }
    return try groupsMemo.get {
      var found: [ChannelGroups?] = []
      for (source, wanted) in bySource(0..<count) {
        guard let first = wanted.first, case .tensors(let own) = source else {
          found.append(source.items.channelGroups)
          continue
        }
        found.append(try own.learnedGroups(first.index))
      }
      guard let groups = found.first, found.allSatisfy({ $0 == groups }) else { return nil }
      return groups
    }
  }
}
