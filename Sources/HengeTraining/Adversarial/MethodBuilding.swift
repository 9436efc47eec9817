// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeNN
internal import HengeTensor

/// What the networks of a method are made from where none are given.
public struct MethodBuilding {
  /// The options for networks: those declared as whole numbers, numbers and words.
  let settings: Settings
  /// The shapes of the images that are trained on, `[C, H, W]`, of A and of B.
  let shapes: [Shape]

  /// An option as it was given.
  subscript(name: String) -> Setting { settings[name] }

  /// Channels of the images of `sides`, joined.
  func channels(_ sides: AdversarialMethod.Side...) -> Setting {
    .int(sides.reduce(0) { $0 + shapes[$1.rawValue][0] })
  }

  /// The sides of A's images, the height and the width.
  var size: (height: Int, width: Int) { (shapes[0][1], shapes[0][2]) }
}

extension AdversarialMethod {
  /// What networks are made from, for images of `sets` and the options for networks.
  ///
  /// `given` are networks by name that are not to be made. Throws `E-data` for no images, `E-range` for
  /// values other than -1...1, `E-shape` for images that the networks cannot be trained on, and what
  /// the kinds of the networks throw for the options.
  public func building(
    _ settings: Settings, _ sets: [Dataset], _ augmentation: Augmentation?,
    given: [String: Layer]
  ) throws -> MethodBuilding {
    // What is wrong with a set is said by the check that follows.
    let known = sets.map { try? $0.trainedShape(augmentation) }
    var divisor = 1
    if let some = known.compactMap(\.self).first {
      let building = MethodBuilding(settings: settings, shapes: known.map { $0 ?? some })
      divisor = try self.divisor(building, given: given)
    }
    var layers = 0
    if case .int(let count) = settings["layers"], makesCritic(given: given) { layers = count }
    let shapes = try PictureSizes.checked(
      sets[0], sets[1], augmentation, divisor: divisor, layers: layers,
      parameter: data.form == .pairs ? "pairs" : nil)
    return MethodBuilding(settings: settings, shapes: [shapes.0, shapes.1])
  }

  /// The networks: those given by name, and others as the method makes them by itself.
  public func makeNetworks(
    _ building: MethodBuilding, given: [String: Layer], _ weights: FirstWeights
  ) throws -> [String: Layer] {
    var layers = given
    for network in networks where layers[network.name] == nil {
      let (kind, settings) = try network.initial(building)
      layers[network.name] = try kind(settings, weights)
    }
    return layers
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
