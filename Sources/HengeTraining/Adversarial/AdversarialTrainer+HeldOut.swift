// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeNN
internal import HengeTensor

// What is measured of held-out images, and what is shown of what the generators do.

extension AdversarialTrainer {
  /// A generator as it is shown and measured: with the running means of its weights where they are kept.
  private func generator(_ name: String) -> Layer { shown(name, network(name)) }

  /// Held-out images as they are shown to the networks, or else those that are trained on.
  private func shownImages() throws -> [Dataset] {
    try heldOut.isEmpty
      ? trainingSets.map { try $0.shown($0.dataset) } : shownHeldOut()
  }

  /// Of each direction: the input, the generator's result, and the reconstruction where there
  /// is a way back, or what it should be where images are paired.
  func sampleRows(_ count: Int) throws -> [(name: String, pictures: [Tensor])] {
    let shown = try shownImages()
    if method.data.form == .pairs { _ = try PairedDataset(shown[0], shown[1]) }
    return try method.directions.flatMap { way in
      let (source, target) = (shown[way.source.rawValue], shown[way.target.rawValue])
      let (told, toldBack) = (self.told(way.source), self.told(way.target))
      let places = 0..<min(count, source.count)
      let given = try places.map { try told.image($0, of: source) }
      let made = try given.map { try generator(way.generator)($0) }
      var rows = [
        (name: way.source.letter, pictures: try given.map(told.planes.picture)),
        (way.generator, made),
      ]
      if let returner = way.returner {
        let back = try zip(made, given).map { made, given in
          let planes = toldBack.planes
          return try generator(returner)(
            planes.isEmpty ? made : planes.joined(made, told.planes.condition(given)))
        }
        rows.append(("\(returner)(\(way.generator))", back))
      }
      if method.data.form == .pairs {
        rows.append((way.target.letter, try places.map { try toldBack.image($0, of: target) }))
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
      return try method.directions.map { way in
        let (source, target) = (sets[way.source.rawValue], sets[way.target.rawValue])
        let sum = try Self.batches(of: source).reduce(0.0) { sum, places in
          let made = try generator(way.generator)(told(way.source).images(places, of: source))
          let real = try told(way.target).images(places, of: target)
          return sum + (try made.l1(real).item().double) * Double(places.count)
        }
        return ("val", sum / Double(source.count))
      }
    }
    let measure = try SlicedWasserstein()
    return try method.directions.map { way in
      let (source, target) = (sets[way.source.rawValue], sets[way.target.rawValue])
      let (told, toldBack) = (self.told(way.source), self.told(way.target))
      var (made, real) = (PatchSample(measure), PatchSample(measure))
      for places in Self.batches(of: source) {
        try made.append(generator(way.generator)(told.images(places, of: source)))
      }
      for places in Self.batches(of: target) {
        try real.append(toldBack.planes.picture(toldBack.images(places, of: target)))
      }
      return ("swd_\(way.target.letter)", try measure.distance(between: made, and: real))
    }
  }

  /// The places of a set's images, some at a time.
  private static func batches(of set: Dataset) -> [Range<Int>] {
    stride(from: 0, to: set.count, by: 16).map { $0..<min($0 + 16, set.count) }
  }
}
