// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeNN
internal import HengeTensor

// What a trainer says of its data before the first step: channels that a network cannot use, and a
// condition that gives the dataset away. Looking changes nothing that training draws.

extension AdversarialTrainer {
  /// What is to be known before the first step, one sentence each; nothing for images without further
  /// channels.
  public func remarks() throws -> [String] { try inertRemarks() + probeRemarks() }

  // MARK: Channels without effect

  /// Which networks receive no gradient from which channels.
  private func inertRemarks() throws -> [String] {
    var found: [(channels: [String], networks: [String])] = []
    func add(_ name: String, _ sides: [AdversarialMethod.Side]) throws {
      let channels = try inertChannels(of: name, sides)
      guard !channels.isEmpty else { return }
      if let place = found.firstIndex(where: { $0.channels == channels }) {
        if !found[place].networks.contains(name) { found[place].networks.append(name) }
      } else {
        found.append((channels, [name]))
      }
    }
    for way in method.directions {
      try add(way.generator, [way.source])
      for critic in way.critics {
        try add(critic, method.judged(way))
      }
    }
    return found.map { channels, networks in
      let names = channels.map { "\"\($0)\"" }.joined(separator: ", ")
      return
        "\(names) \(channels.count == 1 ? "has" : "have") no effect on \(networks.joined(separator: " and ")): one number over each image, which the instance normalization after the first layer subtracts, so that its weights receive no gradient; a ramp or a heatmap works, as in with_angle(A, encoding=\"ramp\"), and so does condition=\"film\""
    }
  }

  /// The names of the channels of images of `sides`, joined, that have no effect on the first layer of a
  /// network.
  private func inertChannels(of name: String, _ sides: [AdversarialMethod.Side]) throws -> [String]
  {
    let known = sides.contains { side in
      images.sets[side.rawValue].shape[0] > 3 || !told(side).planes.isEmpty
    }
    guard known else { return [] }
    let shown = try Tensor.concatenated(sides.map { try looked(at: $0, count: 4) }, axis: 1)
    let flat = try (try shown.maximum([2, 3]) - shown.minimum([2, 3])).maximum([0]).doubles()
    guard flat.contains(0) else { return [] }
    let finder = InertChannels(network(name))
    _ = try network(name)(shown, Pass { path, layer, x, _ in try finder.look(path, layer, x) })
    guard let first = try finder.rows().first, first.channels == shown.shape[1] else { return [] }
    let names = try sides.flatMap { side in
      try told(side).channelNames(of: images.sets[side.rawValue].dataset)
    }
    var inert: [String] = []
    for channel in first.cancelled + first.empty where !inert.contains(names[channel]) {
      inert.append(names[channel])
    }
    return inert
  }

  /// Some images of `side` as networks are shown them in the first epoch, `[N, C, H, W]`: all of `pairs`
  /// from the same places.
  private func looked(at side: AdversarialMethod.Side, count: Int) throws -> Tensor {
    let set = images.sets[side.rawValue]
    let other = method.data.form == .pairs ? set.count : images.sets.map(\.count).min() ?? 0
    let chosen = min(count, set.count, other)
    return try told(side).images(
      (0..<chosen).map { Dataset.Draw($0 * set.count / chosen, epoch: 0) }, of: set)
  }

  // MARK: A condition that gives the dataset away

  private func probeRemarks() throws -> [String] {
    guard method.data.form == .sets, let condition = configuration.condition else { return [] }
    let numbers = try zip(images.sides, images.sets).map { told, set in
      try DomainProbe.places(of: set.count).flatMap { place in
        try DomainProbe.numbers(
          of: told.planes.condition(told.images([Dataset.Draw(place, epoch: 0)], of: set)))
      }
    }
    let finding = DomainProbe.finding(numbers[0], numbers[1])
    guard finding.isTelling else { return [] }
    let isAngle = condition == Conditioning.film || condition == "angle"
    let cure =
      isAngle
      ? "rotating the images of both at random makes their angles alike: \(kind)(…, augment=(rotate=30))"
      : "conditions that are alike in both avoid this"
    return [
      "the condition alone distinguishes A from B: a threshold is right for \(Int((finding.accuracy * 100).rounded())) % of \(finding.count) held-out images, where chance is 50 %, so that the discriminators need not look at the images; \(cure)"
    ]
  }
}
