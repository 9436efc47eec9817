// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeData
public import HengeTensor

/// The images that a trainer learns from: all of one shape, augmented in another way in each epoch.
public struct TrainingSet {
  /// The dataset as it was given; what a file knows it by.
  public let dataset: Dataset
  /// What the trainer changes at random, if anything.
  public let augmentation: Augmentation?
  /// The shape `[C, H, W]` of the training images.
  public let shape: Shape
  /// What steps take images from.
  private let fed: Dataset
  /// Whether images are of several sizes, which steps of one image allow.
  private let isMixed: Bool

  /// The images of `dataset`, which messages call `name`.
  ///
  /// Draws come from `stream` under `seed`: two sets with the same stream are changed alike. Throws
  /// `E-data` without images, `E-shape` where they are known to differ, `E-range` for a crop that
  /// does not fit. With `takesAnySize` files of several sizes will do, one in a batch.
  public init(
    _ dataset: Dataset, _ name: String, _ augmentation: Augmentation? = nil, stream: String,
    seed: UInt64, takesAnySize: Bool = false
  ) throws {
    guard dataset.count > 0 else { throw Failure.emptySet(name) }
    do {
      shape = try dataset.trainedShape(augmentation)
      isMixed = false
    } catch let failure as Failure where failure.code == "E-shape" && takesAnySize {
      shape = try dataset.image(0).shape
      isMixed = true
    }
    self.dataset = dataset
    self.augmentation = augmentation
    fed = try augmentation.map { try dataset.augmented($0, seed: seed, stream: stream) } ?? dataset
  }

  /// The number of images.
  public var count: Int { dataset.count }
  /// The values of black and white.
  public var range: ImageRange { dataset.range }

  /// The images drawn, `[N, C, H, W]`; throws `E-shape`, naming two items, where one has another
  /// shape.
  public func images(_ draws: [Dataset.Draw]) throws -> Tensor {
    try fed.tensor(draws, of: isMixed ? nil : shape)
  }

  /// The images drawn, and the tilt of each in degrees; throws `E-data` where one is not known.
  func imagesAndAngles(_ draws: [Dataset.Draw]) throws -> (images: Tensor, angles: [Double]) {
    try fed.tensorAndAngles(draws, of: isMixed ? nil : shape)
  }

  /// The images at `places` in epoch `epoch`, `[N, C, H, W]`; throws what ``images(_:)`` throws.
  public func images(_ places: [Int], epoch: Int) throws -> Tensor {
    try images(places.map { Dataset.Draw($0, epoch: epoch) })
  }

  /// The whole set as it is in epoch `epoch`; throws `E-range` where a crop does not fit.
  public func whole(epoch: Int) throws -> Dataset { try fed.inEpoch(epoch) }

  /// Whether each epoch has images of its own.
  public var changesByEpoch: Bool { fed.changesByEpoch }

  /// Images to look at and to measure with, of the training images' shape: not augmented.
  ///
  /// Throws `E-range` where a crop does not fit.
  public func shown(_ images: Dataset) throws -> Dataset {
    try augmentation.map { try images.shown(as: shape, $0) } ?? images
  }
}

extension Optional where Wrapped == Augmentation {
  /// The setting that a trainer's file keeps.
  var settings: [(name: String, text: String)] { map { [("augment", $0.text)] } ?? [] }
}
