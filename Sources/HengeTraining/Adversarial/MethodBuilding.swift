// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeNN
internal import HengeTensor

/// What the networks of a method are made from where none are given.
public struct MethodBuilding {
  /// The options for networks: those declared as whole numbers, numbers and words.
  var settings: Settings
  /// The shapes of the images that are trained on, `[C, H, W]`, of A and of B.
  let shapes: [Shape]
  /// The conditions of both that networks read besides the picture.
  let sides: [Conditioning]
  /// Where images are.
  let backend: any Backend
  /// The networks that are there: those given, and those made before this one.
  var networks: [String: Layer] = [:]

  /// An option as it was given.
  public subscript(name: String) -> Setting { settings[name] }

  /// The same with another value of an option.
  public func with(_ name: String, _ setting: Setting) -> MethodBuilding {
    var building = self
    building.settings = Settings(
      settings.entries.map { ($0.name, $0.name == name ? setting : $0.value) })
    return building
  }

  /// Channels of the images of `sides`, joined, as networks are shown them: with their conditions.
  func channels(_ sides: AdversarialMethod.Side...) -> Setting {
    .int(sides.reduce(0) { $0 + self.sides[$1.rawValue].planes.count })
  }

  /// Channels of the pictures of a side.
  func pictureChannels(_ side: AdversarialMethod.Side) -> Setting {
    .int(sides[side.rawValue].planes.pictureCount)
  }

  /// Channels of the conditions of a side's images, where generators receive them by conditional
  /// normalization; nil where they are channels like others.
  func conditionChannels(_ side: AdversarialMethod.Side) -> Setting? {
    let side = sides[side.rawValue]
    return side.isFilm ? .int(side.planes.conditionCount) : nil
  }

  /// Throws `E-arg` for a `norm` other than instance normalization, of generators that receive a condition
  /// by it.
  func refuseOtherNorms() throws {
    guard self["norm"] == .text("instance") else {
      throw Failure(
        "E-arg",
        "`condition=\"film\"` is conditional instance normalization, and `norm` is \(self["norm"])",
        suggestion: "norm=\"instance\"", parameter: "norm")
    }
  }

  /// The sides of A's images, the height and the width.
  var size: (height: Int, width: Int) { (shapes[0][1], shapes[0][2]) }
}

extension AdversarialMethod {
  /// What networks are made from, for images of `sets` and the options for networks.
  ///
  /// `given` are networks by name that are not to be made. Throws `E-data` for no images, `E-range` for
  /// values other than -1...1, `E-shape` for images that the networks cannot be trained on, `E-arg` for
  /// a condition that is not there, and what the kinds of the networks throw for the options.
  public func building(
    _ settings: Settings, _ sets: [Dataset], _ augmentation: Augmentation?,
    given: [String: Layer], condition: String? = nil
  ) throws -> MethodBuilding {
    // What is wrong with a set is said by the check that follows.
    let known = sets.map { try? $0.trainedShape(augmentation) }
    var (divisor, halvings) = (1, 0)
    if let some = known.compactMap(\.self).first {
      let shapes = known.map { $0 ?? some }
      let building = MethodBuilding(
        settings: settings, shapes: shapes, sides: try conditionings(sets, shapes, condition),
        backend: sets[0].loader.backend)
      divisor = try self.divisor(building, given: given)
      if makesCritic(given: given) { halvings = self.halvings(building) }
    }
    let shapes = try PictureSizes.checked(
      sets[0], sets[1], augmentation, divisor: divisor, halvings: halvings,
      layers: settings["layers"].int, parameter: data.form == .pairs ? "pairs" : nil)
    let both = [shapes.0, shapes.1]
    return MethodBuilding(
      settings: settings, shapes: both, sides: try conditionings(sets, both, condition),
      backend: sets[0].loader.backend)
  }

  /// The conditions of A and of B that networks read besides the picture, for images of these shapes.
  ///
  /// Of pairs, the condition is that of the input. Throws `E-arg` where there is none of that name, and
  /// for conditions of A and of B that are computed in different ways.
  func conditionings(_ sets: [Dataset], _ shapes: [Shape], _ name: String?) throws
    -> [Conditioning]
  {
    guard let name else { return shapes.map { Conditioning(none: $0) } }
    let sides = try zip(["A", "B"], zip(sets, shapes)).map { side, set in
      try Conditioning(
        name, of: set.0, set.1, called: side, isLeftOut: data.form == .pairs && side == "B")
    }
    guard data.form != .pairs else { return sides }
    for (a, b) in zip(sides[0].groups, sides[1].groups) where a != b {
      func words(_ group: ChannelGroups.Group) -> String {
        counted(group.count, "channel") + (group.detail.map { " (\($0))" } ?? "")
      }
      throw Failure(
        "E-arg", "the condition \(quotedPath(a.name)) is \(words(a)) in A and \(words(b)) in B",
        notes: ["both generators are given the condition of the image that they started from"],
        suggestion: "the same with_angle(…) or with_channels(…) for both", parameter: "condition")
    }
    return sides
  }

  /// The networks: those given by name, and the method's defaults for the others.
  ///
  /// Throws `E-arg`, `E-range` where options disagree, `E-shape` where a network does not fit the
  /// images, and `E-memory`.
  public func makeNetworks(
    _ building: MethodBuilding, given: [String: Layer], _ weights: FirstWeights
  ) throws -> [String: Layer] {
    var building = building
    building.networks = given
    for network in networks where building.networks[network.name] == nil {
      let (kind, settings) = try network.initial(building)
      building.networks[network.name] = try kind(settings, weights)
    }
    return building.networks
  }

  /// All networks of the method without memory: their shapes alone, of at most 4 TB.
  ///
  /// Throws what ``makeNetworks(_:given:_:)`` throws.
  public func makeShapes(_ building: MethodBuilding) throws -> [String: Layer] {
    try makeNetworks(building, given: [:], .zeros(on: ShapeBackend(limit: 1 << 42)))
  }

  /// What is to be known of the networks that are made and not `given`, one sentence each.
  public func notes(_ building: MethodBuilding, given: [String: Layer]) -> [String] {
    makesCritic(given: given) ? notes(building) : []
  }

  /// What the sides of images divide by for every generator.
  private func divisor(_ building: MethodBuilding, given: [String: Layer]) throws -> Int {
    try directions.reduce(1) { most, direction in
      guard let network = networks.first(where: { $0.name == direction.generator }) else {
        return most
      }
      if let layer = given[network.name] { return max(most, layer.divisor) }
      let (kind, settings) = try network.initial(building)
      return max(most, try kind.layerDivisor(settings))
    }
  }

  /// Whether a discriminator is not given.
  private func makesCritic(given: [String: Layer]) -> Bool {
    directions.contains { $0.critics.contains { given[$0] == nil } }
  }
}
