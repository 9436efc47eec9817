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
  ///
  /// Of generators with attention, as in the program of U-GAT-IT, also the input as the generator of the
  /// way back returns it, and the heat map of each pass over what it was given.
  func sampleRows(_ count: Int) throws -> [SampleRow] {
    let shown = try shownImages()
    if method.data.form == .pairs { _ = try PairedDataset(shown[0], shown[1]) }
    return try method.directions.flatMap { way in
      let (source, target) = (shown[way.source.rawValue], shown[way.target.rawValue])
      let (told, toldBack) = (self.told(way.source), self.told(way.target))
      let places = 0..<min(count, source.count)
      let given = try places.map { try told.image($0, of: source) }
      /// Pictures under the condition of what they were made of, as the generator of the way back takes
      /// them.
      func returned(_ pictures: [Tensor]) throws -> [Tensor] {
        let planes = toldBack.planes
        guard !planes.isEmpty else { return pictures }
        return try zip(pictures, given).map { picture, given in
          try planes.joined(picture, told.planes.condition(given))
        }
      }
      let (letter, pictures) = (way.source.letter, try given.map(told.planes.picture))
      let made = try attended(way.generator, given)
      var rows = [SampleRow(letter, pictures)]
      let passes = "\(way.generator)(\(letter))"
      if let returner = way.returner, made.maps != nil,
        try pictureShape(of: way.source) == pictureShape(of: way.target)
      {
        let same = try attended(returner, returned(pictures))
        rows += same.rows("\(returner)(\(letter))", over: pictures)
      }
      rows += made.rows(made.maps == nil ? way.generator : passes, over: pictures)
      if let returner = way.returner {
        let back = try attended(returner, returned(made.pictures))
        rows += back.rows(
          "\(returner)(\(made.maps == nil ? way.generator : passes))", over: made.pictures)
      }
      if method.data.form == .pairs {
        rows.append(
          SampleRow(way.target.letter, try places.map { try toldBack.image($0, of: target) }))
      }
      return rows
    }
  }

  /// What a network returns, with the heat maps of its attention where it has some.
  private struct Attended {
    var pictures: [Tensor] = []
    var maps: [Tensor]?

    /// The heat maps over what the network was given, and what it returned.
    func rows(_ name: String, over given: [Tensor]) -> [SampleRow] {
      (maps.map { [SampleRow("heatmap \(name)", given, maps: $0)] } ?? [])
        + [SampleRow(name, pictures)]
    }
  }

  private func attended(_ network: String, _ images: [Tensor]) throws -> Attended {
    try images.reduce(into: Attended()) { all, image in
      let sides = SideOutputs()
      all.pictures.append(try generator(network)(image, Pass(sides: sides)))
      guard let map = sides["attention.heatmap"] else { return }
      all.maps = (all.maps ?? []) + [try map.selecting([.at(0)])]
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
