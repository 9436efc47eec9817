// SPDX-License-Identifier: MIT
import HengeBackend
import HengeTensor

/// A change of an image that moves its pixels by an affine map, such as a flip or a crop.
struct ItemChange {
  /// What becomes of an image `[C, H, W]` whose channels are the given groups, and how its pixels
  /// move.
  let apply: (Tensor, ChannelGroups?) throws -> (image: Tensor, movement: AffineMap)

  /// This change, then `next`.
  func then(_ next: ItemChange) -> ItemChange {
    ItemChange { image, groups in
      let (first, movement) = try apply(image, groups)
      let (second, further) = try next.apply(first, groups)
      return (second, movement.then(further))
    }
  }
}

/// An item after an ``ItemChange``.
struct ChangedItem {
  /// The image, `[C, H, W]`.
  let image: Tensor
  /// The landmarks and tilt in it.
  let annotation: Annotation
  /// How its pixels moved.
  let movement: AffineMap
}

/// A source that computes channels from what it contains, directly or through others.
///
/// Where an item is changed, the picture is changed first and the channels are computed from it: a
/// ramp of a flipped face is not the flipped ramp.
protocol ConditionedSource: TensorSource {
  /// Whether channels are computed from pictures or from what is known of them.
  var computesChannels: Bool { get }
  /// Whether channels are computed from landmarks or angles, so that they cannot be moved as pixels.
  var channelsFollowItems: Bool { get }
  /// Item `index` after `change`.
  func item(_ index: Int, after change: ItemChange) throws -> ChangedItem
}

extension Source {
  /// The source as one that computes channels; nil for any other.
  fileprivate var conditioned: (any ConditionedSource)? {
    guard case .tensors(let source) = self, let own = source as? any ConditionedSource,
      own.computesChannels
    else { return nil }
    return own
  }
}

extension Dataset {
  /// Whether channels are computed from pictures or from what is known of them.
  var computesChannels: Bool { sources.contains { $0.conditioned != nil } }

  /// Whether channels are computed from landmarks or angles.
  public var channelsFollowItems: Bool {
    sources.contains { $0.conditioned?.channelsFollowItems ?? false }
  }

  /// The item at `place` after `change`, its channels computed from what it is then.
  func item(at place: Int, after change: ItemChange) throws -> ChangedItem {
    let entry = entries[place]
    let source = sources[Int(entry.source)]
    if let own = source.conditioned { return try own.item(Int(entry.index), after: change) }
    let (known, computed) = try annotated(place)
    let (image, movement) = try change.apply(
      computed ?? self.image(place), source.items.channelGroups)
    return ChangedItem(
      image: image, annotation: known.moved(by: movement), movement: movement)
  }
}
