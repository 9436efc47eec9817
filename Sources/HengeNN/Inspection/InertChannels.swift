// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeTensor

/// Finds the input channels of a network's layers that have no effect on its output for a set of
/// images.
///
/// A channel that a convolution, a transposed one or a linear layer reads is
/// - unread, where every weight that reads it is 0;
/// - empty, where it is 0 everywhere in every image, so that its weights count for nothing;
/// - cancelled, where it is one number over each image and the layer's result goes straight into an
///   instance normalization, which subtracts whatever such a plane adds. This takes a convolution that is not
///   padded with zeros: at a border of zeros the plane has an edge.
///
/// One that is several of these counts as the first. Other channels may matter or not: a plane of one
/// number before another layer than an instance normalization is a bias, for example.
public final class InertChannels {
  /// What is known of one layer.
  public struct Row: Equatable {
    /// The layer's path.
    public let path: String
    /// How many channels it reads.
    public let channels: Int
    /// Those whose weights are all 0.
    public let unread: [Int]
    /// Those that are 0 everywhere.
    public let empty: [Int]
    /// Those whose only number an instance normalization takes away.
    public let cancelled: [Int]
  }

  private struct Seen {
    var isEmpty: [Bool]
    var isFlat: [Bool]
    var isCancelling = true
  }

  private let network: Layer
  private var seen: [String: Seen] = [:]
  /// The layer that ran before, among those without layers inside.
  private var last: (path: String, layer: Layer)?
  /// Whether `last` is a convolution that no zeros surround.
  private var lastHasNoBorder = false

  /// Nothing seen yet of `network`.
  public init(_ network: Layer) { self.network = network }

  /// Looks at one layer of a run of the network and its input `x`, `[N, C, …]`; an observer of its
  /// ``Pass``.
  ///
  /// Throws `E-memory`.
  public func look(_ path: String, _ layer: Layer, _ x: Tensor) throws {
    if !(lastHasNoBorder && layer.planes == .cancelled && isBehindLast(path)) { keepLast() }
    // What layers inside another end in may go elsewhere too, around a residual for example.
    guard layer.parts.isEmpty else { return last = nil }
    defer { last = (path, layer) }
    guard let filters = layer.filters, filters.rank >= 2 else { return }
    lastHasNoBorder = layer.planes == .mapped && last?.layer.planes != .bordered
    let (empty, flat) = try state(of: x, channels: filters.shape[1])
    var found = seen[path] ?? Seen(isEmpty: empty, isFlat: flat)
    found.isEmpty = zip(found.isEmpty, empty).map { $0 && $1 }
    found.isFlat = zip(found.isFlat, flat).map { $0 && $1 }
    seen[path] = found
  }

  /// Whether a layer is in the same sequence as the one before: what goes into a block goes around it too.
  private func isBehindLast(_ path: String) -> Bool {
    func row(_ path: String) -> Substring {
      path.lastIndex(of: ".").map { path[..<$0] } ?? ""
    }
    return last.map { row($0.path) == row(path) } ?? false
  }

  /// Notes that nothing takes away what planes add to the result of the layer that ran before.
  private func keepLast() {
    if let last { seen[last.path]?.isCancelling = false }
  }

  /// Whether each channel of `x` is 0 everywhere, and one number over each image.
  private func state(of x: Tensor, channels: Int) throws -> (empty: [Bool], flat: [Bool]) {
    let maps = x.rank == 4 && x.shape[1] == channels
    let turned = maps ? x : try x.reshaped([x.count / max(1, channels), channels, 1, 1])
    let empty = try turned.map(.abs).maximum([0, 2, 3]).doubles().map { $0 == 0 }
    guard maps else { return (empty, empty.map { _ in false }) }
    let spread = try turned.maximum([2, 3]) - turned.minimum([2, 3])
    return (empty, try spread.maximum([0]).doubles().map { $0 == 0 })
  }

  /// One row for each layer with filters that was looked at, in the order in which they run.
  ///
  /// Throws `E-memory`.
  public func rows() throws -> [Row] {
    keepLast()
    return try network.allLayers.compactMap { path, layer in
      guard let found = seen[path], let filters = layer.filters else { return nil }
      let others = [0] + Array(2..<max(2, filters.rank))
      let isUnread = try filters.map(.abs).maximum(others).doubles().map { $0 == 0 }
      func channels(_ isMeant: (Int) -> Bool) -> [Int] { isUnread.indices.filter(isMeant) }
      return Row(
        path: path, channels: isUnread.count, unread: channels { isUnread[$0] },
        empty: channels { !isUnread[$0] && found.isEmpty[$0] },
        cancelled: channels {
          !isUnread[$0] && !found.isEmpty[$0] && found.isFlat[$0] && found.isCancelling
        })
    }
  }
}
