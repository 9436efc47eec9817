// SPDX-License-Identifier: MIT

/// Goes through the assignments place by place.
struct WeightSearch {
  private let before: [[Int]]
  private let fitting: [[Int]]
  private let groups: WeightGroups?
  private(set) var found: [[Int]] = []

  /// The most steps of a search.
  private static let most = 100_000

  init(_ before: [[Int]], _ fitting: [[Int]], groups: WeightGroups?) {
    self.before = before
    self.fitting = fitting
    self.groups = groups
  }

  /// Finds up to `most` assignments; returns whether it tried all, or found that many.
  mutating func run(upTo most: Int) -> Bool {
    var place = 0
    var chosen: [Int] = []
    var isTaken = [Bool](repeating: false, count: before.count)
    // Where the next look at the candidates of each place begins.
    var next = [Int](repeating: 0, count: fitting.count + 1)
    var steps = 0
    while true {
      steps += 1
      guard steps <= WeightSearch.most else { return false }
      if place == fitting.count {
        found.append(chosen)
        if found.count >= most { return true }
      }
      var isPlaced = false
      while place < fitting.count, next[place] < fitting[place].count {
        let layer = fitting[place][next[place]]
        next[place] += 1
        guard !isTaken[layer], before[layer].allSatisfy({ isTaken[$0] }),
          keepsTogether(layer, chosen)
        else { continue }
        isTaken[layer] = true
        chosen.append(layer)
        place += 1
        next[place] = 0
        isPlaced = true
        break
      }
      if isPlaced { continue }
      guard let last = chosen.popLast() else { return true }
      isTaken[last] = false
      place -= 1
    }
  }

  /// Whether `layer` may follow `chosen` without tearing a group apart.
  private func keepsTogether(_ layer: Int, _ chosen: [Int]) -> Bool {
    guard let groups else { return true }
    let own = groups.ofLayer[layer]
    if let last = chosen.last {
      for group in groups.ofLayer[last] where !own.contains(group) {
        // The group that ends here is whole, and nested like the model's.
        let size = groups.sizes[group]
        let run = chosen.reversed().prefix { groups.ofLayer[$0].contains(group) }.count
        guard run == size, !groups.crosses(chosen.count - size..<chosen.count) else { return false }
      }
    }
    guard chosen.count + 1 == fitting.count else { return true }
    return own.allSatisfy { group in
      let size = groups.sizes[group]
      return !groups.crosses(fitting.count - size..<fitting.count)
    }
  }
}
