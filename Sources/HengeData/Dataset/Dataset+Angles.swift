// SPDX-License-Identifier: MIT
public import HengeBackend
public import HengeTensor

extension Dataset {
  /// The images drawn, each as it is in its epoch, `[N, C, H, W]`, and the tilt of each in degrees.
  ///
  /// A function that computes images is called once for both. Throws `E-data`, naming the item, where
  /// a tilt is not known, and as ``tensor(_:of:)`` does.
  public func tensorAndAngles(_ draws: [Draw], of shape: Shape?) throws
    -> (images: Tensor, angles: [Double])
  {
    var images = [Tensor?](repeating: nil, count: draws.count)
    var angles = [Double](repeating: 0, count: draws.count)
    for epoch in Set(draws.map(\.epoch)).sorted() {
      let places = draws.indices.filter { draws[$0].epoch == epoch }
      let part = try selecting(places.map { draws[$0].place }).inEpoch(epoch)
      try part.prepare(0..<part.count)
      for (index, place) in places.enumerated() {
        let (image, record) = try part.item(index)
        guard let angle = record.angle else { throw Failure.noAngle(record, upright: Self.upright) }
        (images[place], angles[place]) = (image, angle)
      }
    }
    let found = images.compactMap(\.self)
    guard let first = found.first else { throw Failure.emptyDataset("a batch") }
    let model = shape ?? first.shape
    for (draw, image) in zip(draws, found) where image.shape != model {
      let known = try name(of: shape == nil ? draws[0].place : 0)
      throw Failure.shapesDiffer((known, model), (try name(of: draw.place), image.shape))
    }
    return (try Tensor.stacked(found), angles)
  }

  private static let upright = "A.map(i => (image=i.image, angle=0), item=true)"

  /// Throws `E-data` for the first item whose tilt is not known, as far as no function computes it.
  public func checkAngles() throws {
    guard !isComputed else { return }
    for index in 0..<count {
      if index % 64 == 0 { try loader.checkInterrupt() }
      let record = try record(of: index)
      if record.angle == nil { throw Failure.noAngle(record, upright: Self.upright) }
    }
  }
}
