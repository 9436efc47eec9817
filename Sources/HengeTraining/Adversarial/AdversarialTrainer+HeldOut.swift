// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeNN
internal import HengeTensor

// What is measured of held-out images, and what is shown of what the generators do.

extension AdversarialTrainer {
  /// Held-out images as they are shown to the networks, or else those that are trained on.
  private func shownImages() throws -> [Dataset] {
    try heldOut.isEmpty
      ? trainingSets.map { try $0.shown($0.dataset) } : shownHeldOut()
  }

  /// Of each direction: what is given, what the generator makes of it, and what comes back where there
  /// is a way back, or what it should be where images are paired.
  func sampleRows(_ count: Int) throws -> [(name: String, pictures: [Tensor])] {
    let shown = try shownImages()
    if method.data.form == .pairs { _ = try PairedDataset(shown[0], shown[1]) }
    return try method.directions.flatMap { way in
      let (source, target) = (shown[way.source.rawValue], shown[way.target.rawValue])
      let places = 0..<min(count, source.count)
      let given = try places.map { try source.image($0) }
      let made = try given.map { try network(way.generator)($0) }
      var rows = [(name: way.source.letter, pictures: given), (way.generator, made)]
      if let returner = way.returner {
        rows.append(
          ("\(returner)(\(way.generator))", try made.map { try network(returner)($0) }))
      }
      if method.data.form == .pairs {
        rows.append((way.target.letter, try places.map { try target.image($0) }))
      }
      return rows
    }
  }

  /// Of pairs `val`, the mean absolute error of what the generator makes; else for each direction the
  /// sliced Wasserstein distance between that and images of the target, `swd_b`.
  func heldOutMeasures() throws -> [(name: String, value: Double)] {
    guard !heldOut.isEmpty else { return [] }
    let sets = try shownHeldOut()
    guard method.data.form != .pairs else {
      let pairs = try PairedDataset(sets[0], sets[1])
      return try method.directions.map { way in
        ("val", try pairs.mean { try network(way.generator)($0).l1($1).item().double })
      }
    }
    let measure = try SlicedWasserstein()
    return try method.directions.map { way in
      let (made, real) = (PatchSample(measure), PatchSample(measure))
      let distance = try measure.distance(
        between: made.of(sets[way.source.rawValue], network(way.generator)),
        and: real.of(sets[way.target.rawValue], nil))
      return ("swd_\(way.target.letter)", distance)
    }
  }
}

extension PatchSample {
  /// The patches of all images of `set`, or of what `network` makes of them.
  fileprivate consuming func of(_ set: Dataset, _ network: Layer?) throws -> PatchSample {
    guard let network else {
      try append(set)
      return self
    }
    for number in 0..<(try set.batchCount(size: 16)) {
      try append(network(set.batch(number, size: 16)))
    }
    return self
  }
}
