// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
internal import HengeTensor

extension NetworkTrainer {
  /// Sets the images of A and of B that ``measureHeldOut()`` measures with and ``samples(_:)`` shows.
  ///
  /// Throws `E-shape` unless all are as those that are trained on, `E-data` where there are none.
  public func holdOut(_ a: Dataset, _ b: Dataset) throws {
    precondition(canHoldOut, "a trainer knows whether it measures held-out images")
    for (((name, own), set), trained) in zip(zip(datasets, [a, b]), trainingSets) {
      // A resize brings any size to the one that is trained on; a crop takes what is large enough.
      let isResized = trained.augmentation?.resize != nil
      let fitting = [trained.shape] + (isResized ? [] : [try own.learnedShape()])
      for shape in try set.shapes()
      where !(fitting.contains(shape) || isResized && shape[0] == trained.shape[0])
        || set.range != own.range
      {
        throw Failure(
          "E-shape",
          "the held-out images of \(name) are \(shape) in \(set.range), those trained on \(fitting.last ?? trained.shape) in \(own.range)",
          suggestion: "val=[VA, VB], each made as A and B", parameter: "val")
      }
      guard set.count > 0 else { throw Failure.emptySet(name) }
    }
    try checkHeldOut(a, b)
    for set in [a, b] { _ = try set.fingerprint() }
    heldOut = [a, b]
  }

  /// The held-out images as the networks are shown them: of the shape that is trained on.
  func shownHeldOut() throws -> [Dataset] {
    try zip(trainingSets, heldOut).map { try $0.shown($1) }
  }

  /// The held-out datasets by the names that files have for them.
  var namedHeldOut: [(name: String, dataset: Dataset)] {
    zip(datasets, heldOut).map { (TrainedData.heldOut($0.name), $1) }
  }

  /// What a file of this trainer was made from, held-out images as well, by the names that it has there.
  public var allDatasets: [(name: String, dataset: Dataset)] { datasets + namedHeldOut }
}

extension Dataset {
  /// The shape of all images, or each one's where they may differ.
  fileprivate func shapes() throws -> [Shape] {
    if let shape { return [shape] }
    return try (0..<count).map { try image($0).shape }
  }
}
