// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

extension Dataset {
  /// An item as a step of training takes it.
  public struct Draw: Hashable, Sendable {
    /// Which item.
    public let place: Int
    /// How often the items were gone through before.
    public let epoch: Int

    /// Keeps both.
    public init(_ place: Int, epoch: Int) {
      self.place = place
      self.epoch = epoch
    }
  }

  /// Whether its images are others in each epoch, because they are augmented.
  public var changesByEpoch: Bool { sources.contains(where: \.changesByEpoch) }

  /// The dataset as it is in epoch `epoch`, 0 or larger; throws `E-range` for others.
  public func inEpoch(_ epoch: Int) throws -> Dataset {
    guard changesByEpoch else { return self }
    return Dataset(
      self,
      sources: try sources.map { source in
        guard case .tensors(let own) = source, own.changesByEpoch else { return source }
        return .tensors(try own.inEpoch(epoch))
      })
  }

  /// The images drawn, each as it is in its epoch, `[N, C, H, W]`.
  ///
  /// Throws `E-shape`, naming two items, where one is not of `shape`, which the first item has, or, if
  /// that is nil, not of the shape of the first drawn.
  public func tensor(_ draws: [Draw], of shape: Shape?) throws -> Tensor {
    var found = [Item?](repeating: nil, count: draws.count)
    for epoch in Set(draws.map(\.epoch)).sorted() {
      let places = draws.indices.filter { draws[$0].epoch == epoch }
      let part = try selecting(places.map { draws[$0].place }).inEpoch(epoch)
      for (place, item) in zip(places, try part.items(0..<part.count)) { found[place] = item }
    }
    let items = found.compactMap { $0 }
    guard let first = items.first else { throw Failure.emptyDataset("a batch") }
    let model = try shape ?? first.shape()
    for (draw, item) in zip(draws, items) {
      let own = try item.shape()
      guard own != model else { continue }
      let known = try name(of: shape == nil ? draws[0].place : 0)
      throw Failure.shapesDiffer((known, model), (try name(of: draw.place), own))
    }
    return try stacked(items)
  }
}
