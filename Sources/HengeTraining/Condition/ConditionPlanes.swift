// SPDX-License-Identifier: MIT
internal import HengeTensor

/// Which channels of a network's images are the picture, and which are its condition.
///
/// A generator reads both and makes a picture; a discriminator judges both. Without a condition all
/// channels are the picture, and every function here returns what it is given.
struct ConditionPlanes: Equatable, Sendable {
  /// Neighboring channels of one kind.
  struct Part: Equatable, Sendable {
    let isCondition: Bool
    let channels: Range<Int>
  }

  /// All channels, in order; neighbors are of different kinds.
  let parts: [Part]

  /// `count` channels, of which those in `condition` are the condition.
  init(count: Int, condition: Set<Int> = []) {
    var parts: [Part] = []
    for channel in 0..<count {
      let isCondition = condition.contains(channel)
      if let last = parts.last, last.isCondition == isCondition {
        parts[parts.count - 1] = Part(
          isCondition: isCondition, channels: last.channels.lowerBound..<channel + 1)
      } else {
        parts.append(Part(isCondition: isCondition, channels: channel..<channel + 1))
      }
    }
    self.parts = parts
  }

  /// The number of channels of a kind.
  private func count(_ isCondition: Bool) -> Int {
    parts.reduce(0) { $0 + ($1.isCondition == isCondition ? $1.channels.count : 0) }
  }

  /// The number of channels of the picture.
  var pictureCount: Int { count(false) }
  /// The number of channels of the condition.
  var conditionCount: Int { count(true) }
  /// The number of all channels.
  var count: Int { pictureCount + conditionCount }
  /// Whether there is no condition.
  var isEmpty: Bool { conditionCount == 0 }

  /// Whether all of `channels` are the condition.
  func isCondition(_ channels: Range<Int>) -> Bool {
    parts.contains { $0.isCondition && $0.channels.clamped(to: channels) == channels }
  }

  /// The picture in an image `[C, H, W]` or in a batch `[N, C, H, W]`.
  func picture(_ x: Tensor) throws -> Tensor { isEmpty ? x : try channels(false, of: x) }

  /// The condition in an image or in a batch.
  func condition(_ x: Tensor) throws -> Tensor { try channels(true, of: x) }

  private func channels(_ isCondition: Bool, of x: Tensor) throws -> Tensor {
    let chosen = parts.filter { $0.isCondition == isCondition }.map {
      TensorIndex.slice(start: $0.channels.lowerBound, stop: $0.channels.upperBound, step: nil)
    }
    let parts = try chosen.map { try x.selecting([.ellipsis, $0, .all, .all]) }
    return parts.count == 1 ? parts[0] : try Tensor.concatenated(parts, axis: x.rank - 3)
  }

  /// An image or a batch of a picture and of a condition.
  func joined(_ picture: Tensor, _ condition: Tensor) throws -> Tensor {
    var (starts, pieces) = ([false: 0, true: 0], [Tensor]())
    for part in parts {
      let start = starts[part.isCondition] ?? 0
      let stop = start + part.channels.count
      starts[part.isCondition] = stop
      pieces.append(
        try (part.isCondition ? condition : picture)
          .selecting([.ellipsis, .slice(start: start, stop: stop, step: nil), .all, .all]))
    }
    return try Tensor.concatenated(pieces, axis: picture.rank - 3)
  }
}
