// SPDX-License-Identifier: MIT

/// Layers that belong together by the file's names, and places by the model's.
struct WeightGroups {
  /// For each layer the groups it is in.
  let ofLayer: [[Int]]
  /// How many layers each group has.
  let sizes: [Int]
  /// The model's groups as ranges of places.
  let ranges: [Range<Int>]

  init(_ layers: [ForeignLayer], _ places: [WeightPlace]) {
    var members: [[NameComponent]: [Int]] = [:]
    for (index, layer) in layers.enumerated() {
      for count in stride(from: 1, to: layer.path.count, by: 1) {
        members[Array(layer.path.prefix(count)), default: []].append(index)
      }
    }
    var ofLayer = [[Int]](repeating: [], count: layers.count)
    var sizes: [Int] = []
    for (prefix, group) in members {
      // Lists of layers of one kind, `convs` and `norms`, run in turns as often as one by one.
      let kinds = Dictionary(grouping: group) { layers[$0].path[prefix.count] }
        .values.map { Set($0.map { layers[$0].outline }) }
      guard Set(kinds).count > 1 else { continue }
      for layer in group { ofLayer[layer].append(sizes.count) }
      sizes.append(group.count)
    }
    self.sizes = sizes
    self.ofLayer = ofLayer
    var starts: [String: Int] = [:]
    var ends: [String: Int] = [:]
    for (index, place) in places.enumerated() {
      let parts = place.path.split(separator: ".")
      for count in stride(from: 1, to: parts.count, by: 1) {
        let prefix = parts.prefix(count).joined(separator: ".")
        if starts[prefix] == nil { starts[prefix] = index }
        ends[prefix] = index + 1
      }
    }
    ranges = starts.compactMap { prefix, start in ends[prefix].map { start..<$0 } }
      .filter { $0.count > 1 && $0.count < places.count }
  }

  /// Whether a group at these places has some of one of the model's groups, but neither all of it
  /// nor nothing else.
  func crosses(_ places: Range<Int>) -> Bool {
    ranges.contains { own in
      own.overlaps(places)
        && !(own.lowerBound <= places.lowerBound && places.upperBound <= own.upperBound)
        && !(places.lowerBound <= own.lowerBound && own.upperBound <= places.upperBound)
    }
  }
}
