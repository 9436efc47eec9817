// SPDX-License-Identifier: MIT
internal import HengeBackend

/// Which layer of a file goes into which place of a model.
///
/// Decided by what fits where (roles, kinds, shapes) and by the order that the names say. A result is
/// one only where there is no other: what stays open is said, never guessed.
struct WeightAssignment {
  /// What came of looking for one.
  enum Outcome {
    /// The only one: for each place the layer that goes there.
    case only([Int])
    /// Two that differ, or too many ways to look through.
    case open([Int], [Int])
    /// None.
    case none

    var isNone: Bool { if case .none = self { true } else { false } }
  }

  private let layers: [ForeignLayer]
  private let places: [WeightPlace]
  private let isListed: Bool
  /// The layers that fit each place, whatever the others do.
  private let fitting: [[Int]]

  /// Where each of `layers` may go; `fits` says whether a layer fits a place.
  ///
  /// With `isListed`, the file says in which order its layers run.
  init(
    _ layers: [ForeignLayer], _ places: [WeightPlace], isListed: Bool, fits: (Int, Int) -> Bool
  ) {
    self.layers = layers
    self.isListed = isListed
    self.places = places
    fitting = places.indices.map { place in layers.indices.filter { fits($0, place) } }
  }

  /// The layers that fit `place`.
  func layers(fitting place: Int) -> [Int] { fitting[place] }

  /// Looks for the assignment.
  func outcome() -> Outcome {
    guard layers.count == fitting.count else { return .none }
    if isListed, let listed = listedOrder() {
      let outcome = outcome(inAny: [listed])
      if !outcome.isNone { return outcome }
    }
    let orders = namedOrders()
    let outcome = outcome(inAny: orders)
    guard outcome.isNone else { return outcome }
    if orders.count > 1 {
      let open = self.outcome(inAny: [order(nil)])
      if !open.isNone { return open }
    }
    // Against their order only where shapes leave no choice.
    var search = WeightSearch(
      [[Int]](repeating: [], count: layers.count), fitting, groups: nil)
    return search.run(upTo: 2) && search.found.count == 1 ? .only(search.found[0]) : .none
  }

  /// The assignment under any of `orders`; where names and shapes leave two, the one that keeps
  /// together what the file's names and the model's put together.
  private func outcome(inAny orders: [[[Int]]]) -> Outcome {
    var found: [[Int]] = []
    var isExhausted = true
    for order in orders {
      var search = WeightSearch(order, fitting, groups: nil)
      isExhausted = search.run(upTo: 2) && isExhausted
      for one in search.found where !found.contains(one) { found.append(one) }
    }
    if found.count == 1 && isExhausted { return .only(found[0]) }
    guard let first = found.first else { return isExhausted ? .none : .open([], []) }
    let groups = WeightGroups(layers, places)
    var together: [[Int]] = []
    isExhausted = true
    for order in orders {
      var search = WeightSearch(order, fitting, groups: groups)
      isExhausted = search.run(upTo: 2) && isExhausted
      for one in search.found where !together.contains(one) { together.append(one) }
    }
    if together.count == 1 && isExhausted { return .only(together[0]) }
    return .open(first, found.count > 1 ? found[1] : first)
  }

  // MARK: Orders

  /// For each layer those that run before it, by names; decoders' levels counted upwards and, where
  /// there are any, downwards.
  private func namedOrders() -> [[[Int]]] {
    let (upwards, downwards) = (order(false), order(true))
    return upwards == downwards ? [upwards] : [upwards, downwards]
  }

  private func order(_ downwards: Bool?) -> [[Int]] {
    layers.indices.map { layer in
      layers.indices.filter { other in
        other != layer && said(other, layer, downwards) == .before
      }
    }
  }

  /// What Keras' description or the names say of two layers; nothing where the file's list says
  /// otherwise.
  private func said(_ one: Int, _ other: Int, _ downwards: Bool?) -> NameOrder {
    if let own = layers[one].keras?.place, let theirs = layers[other].keras?.place {
      return own == theirs ? .unsaid : own < theirs ? .before : .after
    }
    let order = layers[one].order(layers[other], downwards: downwards)
    guard isListed, order != .unsaid else { return order }
    let isBefore = layers[one].index < layers[other].index
    return isBefore == (order == .before) ? order : .unsaid
  }

  /// The order in which the file lists its layers; nil where numbers in their names say another.
  private func listedOrder() -> [[Int]]? {
    for (place, layer) in layers.enumerated() {
      for other in layers[(place + 1)...] {
        let order =
          layer.keras?.place.flatMap { own in
            other.keras?.place.map { own < $0 ? NameOrder.before : .after }
          } ?? layer.order(other, downwards: nil)
        if order != .unsaid, (order == .before) != (layer.index < other.index) { return nil }
      }
    }
    return layers.map { layer in
      layers.indices.filter { layers[$0].index < layer.index }
    }
  }
}
