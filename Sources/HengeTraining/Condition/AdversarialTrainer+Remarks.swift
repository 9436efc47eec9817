// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeNN
internal import HengeTensor

// What a trainer says of its data before the first step: channels that a network cannot use, and a
// condition that reveals the dataset. Looking changes nothing that training draws.

extension AdversarialTrainer {
  /// What is to be known before the first step, one sentence each; nothing for images without further
  /// channels.
  ///
  /// Throws what reading images and the networks throw.
  public func remarks() throws -> [String] { try inertRemarks() + probeRemarks() }

  // MARK: Channels without effect

  /// Which networks receive no gradient from which channels.
  private func inertRemarks() throws -> [String] {
    var found: [(channels: [String], isEmpty: Bool, networks: [String])] = []
    func add(_ name: String, _ sides: [AdversarialMethod.Side]) throws {
      let inert = try inertChannels(of: name, sides)
      for (channels, isEmpty) in [(inert.cancelled, false), (inert.empty, true)]
      where !channels.isEmpty {
        let known = found.firstIndex { $0.channels == channels && $0.isEmpty == isEmpty }
        if let known {
          if !found[known].networks.contains(name) { found[known].networks.append(name) }
        } else {
          found.append((channels, isEmpty, [name]))
        }
      }
    }
    for way in method.directions {
      try add(way.generator, [way.source])
      for critic in way.critics {
        try add(critic, method.judged(way))
      }
    }
    return found.map { channels, isEmpty, networks in
      let names = channels.map { "\"\($0)\"" }.joined(separator: ", ")
      let verb = channels.count == 1 ? "has" : "have"
      let reason =
        isEmpty
        ? "0 in the images looked at, so that its weights receive no gradient"
        : "one number over each image, which the instance normalization after the first layer subtracts, so that its weights receive no gradient; a ramp or a heatmap works, as in with_angle(A, encoding=\"ramp\"), and so does condition=\"film\""
      let others = networks.dropLast().joined(separator: ", ")
      let all = (others.isEmpty ? "" : "\(others) and ") + (networks.last ?? "")
      return "\(names) \(verb) no effect on \(all): \(reason)"
    }
  }

  /// The names of the channels of images of `sides`, joined, that have no effect on the first layer of a
  /// network.
  private func inertChannels(of name: String, _ sides: [AdversarialMethod.Side]) throws
    -> (cancelled: [String], empty: [String])
  {
    let known = sides.contains { side in
      images.sets[side.rawValue].shape[0] > 3 || !told(side).planes.isEmpty
    }
    guard known else { return ([], []) }
    let shown = try Tensor.concatenated(sides.map { try looked(at: $0, count: 4) }, axis: 1)
    let flat = try (try shown.maximum([2, 3]) - shown.minimum([2, 3])).maximum([0]).doubles()
    guard flat.contains(0) else { return ([], []) }
    let finder = InertChannels(network(name))
    _ = try network(name)(shown, Pass { path, layer, x, _ in try finder.look(path, layer, x) })
    guard let first = try finder.rows().first, first.channels == shown.shape[1] else {
      return ([], [])
    }
    let names = try sides.flatMap { side in
      try told(side).channelNames(of: images.sets[side.rawValue].dataset)
    }
    func named(_ channels: [Int]) -> [String] {
      channels.reduce(into: []) { found, channel in
        if !found.contains(names[channel]) { found.append(names[channel]) }
      }
    }
    return (named(first.cancelled), named(first.empty))
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

  // MARK: A condition that reveals the dataset

  private func probeRemarks() throws -> [String] {
    guard method.data.form == .sets, configuration.condition != nil else { return [] }
    let numbers = try zip(images.sides, images.sets).map { told, set in
      try DomainProbe.places(of: set.count).flatMap { place in
        try DomainProbe.numbers(
          of: told.planes.condition(told.images([Dataset.Draw(place, epoch: 0)], of: set)))
      }
    }
    let finding = DomainProbe.finding(numbers[0], numbers[1])
    guard finding.isTelling else { return [] }
    return [
      "the condition alone distinguishes A from B: a threshold is right for \(Int((finding.accuracy * 100).rounded())) % of \(finding.count) held-out images, where chance is 50 %, so that the discriminators need not look at the images; \(cure)"
    ]
  }

  /// What makes the conditions of both alike.
  private var cure: String {
    // Planes of an angle, not of points, which rotation leaves where they are in the face.
    let isAngle = images.sides.allSatisfy { told in
      told.isFilm
        || told.groups.contains { $0.name == AngleChannels.group }
          && !told.groups.contains { $0.detail?.hasPrefix(AngleEncoding.heatmap.rawValue) ?? false }
    }
    guard isAngle else { return "conditions that are alike in both avoid this" }
    let most = images.sets[0].augmentation?.rotate ?? 0
    return
      "rotating the images of both at random makes their angles alike: \(kind)(…, augment=(rotate=\(Int(max(30, min(180, 2 * most))))))"
  }
}
