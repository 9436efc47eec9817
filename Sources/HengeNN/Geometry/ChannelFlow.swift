// SPDX-License-Identifier: MIT

/// The effect of a layer on the channels of its input, apart from that of the layers inside it.
public enum ChannelEffect: Sendable, Equatable {
  /// The channels remain.
  case kept
  /// The result has this number of feature maps, `[N, n, …]`.
  case maps(Int)
  /// The result has this number of features along its last axis, each computed from all of the input's.
  case features(Int)
  /// The channels of the result are those of the input and those of the layers inside.
  case joined
  /// All axes but the first become one.
  case flattened
  /// The number of channels depends on the input in another way.
  case unknown
}

/// The number of channels at each point of a network, found without running it.
public struct ChannelFlow {
  /// The channels at this point; nil where unknown.
  public private(set) var channels: Int?
  /// The channels of feature maps that were flattened since the last layer with weights.
  ///
  /// nil where none were; 0 where they were flattened and their number is unknown.
  private var flattened: Int?

  /// Begins with an input of `channels`; nil where unknown.
  public init(channels: Int? = nil) { self.channels = channels }

  /// Follows the channels through `layer` and all layers inside it.
  ///
  /// `visit` is called with each layer, its path, and the number of channels that were flattened
  /// right before it if it computes features: nil where none were, 0 where the number is unknown.
  public mutating func follow(
    _ layer: Layer, _ path: String = "",
    _ visit: (_ path: String, _ layer: Layer, _ flattened: Int?) -> Void = { _, _, _ in }
  ) {
    let (effect, input) = (layer.channelEffect, channels)
    switch effect {
    case .features(let count):
      visit(path, layer, flattened)
      channels = count
    case .maps(let count):
      visit(path, layer, nil)
      channels = count
    case .kept, .joined, .flattened, .unknown: visit(path, layer, nil)
    }
    if !layer.parameters.isEmpty { flattened = nil }
    for (name, part) in layer.parts { follow(part, path.isEmpty ? name : "\(path).\(name)", visit) }
    switch effect {
    case .joined: channels = input.flatMap { input in channels.map { input + $0 } }
    case .flattened:
      flattened = flattened ?? channels ?? 0
      channels = nil
    case .unknown: channels = nil
    case .kept, .maps, .features: break
    }
  }
}
