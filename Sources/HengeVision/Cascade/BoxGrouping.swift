// SPDX-License-Identifier: MIT
internal import HengeBackend

/// Windows on the same face, made one: OpenCV's `groupRectangles` with an eps of 0.2.
struct BoxGrouping {
  /// A box for each group that is large enough and not part of a better one.
  let boxes: [Box]

  private static let tolerance = 0.2

  init(_ windows: [Box], neighbors: Int, budget: MemoryBudget) throws {
    guard neighbors > 0, !windows.isEmpty else {
      boxes = windows
      return
    }
    let classes = try BoxGrouping.classes(of: windows, budget: budget)
    var sums: [Int: (box: Box, count: Int)] = [:]
    var order: [Int] = []
    for (window, group) in zip(windows, classes) {
      guard let (box, count) = sums[group] else {
        order.append(group)
        sums[group] = (window, 1)
        continue
      }
      sums[group] = (
        Box(
          x: box.x + window.x, y: box.y + window.y, width: box.width + window.width,
          height: box.height + window.height), count + 1
      )
    }
    let groups = order.compactMap { sums[$0] }.filter { $0.count > neighbors }.map {
      (box: BoxGrouping.mean($0.box, of: $0.count), count: $0.count)
    }
    boxes = groups.enumerated().compactMap { index, group in
      let isPartOfAnother = groups.enumerated().contains { other, candidate in
        other != index && BoxGrouping.swallows(candidate, group)
      }
      return isPartOfAnother ? nil : group.box
    }
  }

  private static func mean(_ sum: Box, of count: Int) -> Box {
    let factor = 1 / Float(count)
    return Box(
      x: rounded(Float(sum.x) * factor), y: rounded(Float(sum.y) * factor),
      width: rounded(Float(sum.width) * factor), height: rounded(Float(sum.height) * factor))
  }

  /// Whether `large` contains `small` and is the group of more windows.
  private static func swallows(
    _ large: (box: Box, count: Int), _ small: (box: Box, count: Int)
  ) -> Bool {
    let (outer, inner) = (large.box, small.box)
    let dx = rounded(Double(outer.width) * tolerance)
    let dy = rounded(Double(outer.height) * tolerance)
    return inner.x >= outer.x - dx && inner.y >= outer.y - dy
      && inner.x + inner.width <= outer.x + outer.width + dx
      && inner.y + inner.height <= outer.y + outer.height + dy
      && (large.count > max(3, small.count) || small.count < 3)
  }

  private static func areSimilar(_ a: Box, _ b: Box) -> Bool {
    let delta =
      tolerance * Double(min(a.width, b.width) + min(a.height, b.height)) * 0.5
    return Double(abs(a.x - b.x)) <= delta && Double(abs(a.y - b.y)) <= delta
      && Double(abs(a.x + a.width - b.x - b.width)) <= delta
      && Double(abs(a.y + a.height - b.y - b.height)) <= delta
  }

  /// The number of each window's group: windows are in one if a chain of similar ones joins them.
  private static func classes(of windows: [Box], budget: MemoryBudget) throws -> [Int] {
    var parents = Array(windows.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while parents[index] != index {
        parents[index] = parents[parents[index]]
        index = parents[index]
      }
      return index
    }
    // From left to right, a window is compared with those that can be near enough.
    let sorted = windows.indices.sorted { windows[$0].x < windows[$1].x }
    for (place, index) in sorted.enumerated() {
      if place % 64 == 0 { try budget.checkStop() }
      let window = windows[index]
      let reach = window.x + 1 + Int(tolerance * 0.5 * Double(window.width + window.height))
      for other in sorted[(place + 1)...] {
        guard windows[other].x <= reach else { break }
        if areSimilar(window, windows[other]) { parents[root(other)] = root(index) }
      }
    }
    return windows.indices.map(root)
  }
}
