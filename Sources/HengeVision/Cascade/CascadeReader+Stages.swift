// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

/// The stages of a cascade as its tables contain them.
struct CascadeStages {
  var thresholds: [Float] = []
  var trees: [Int32] = []
  var treeNodes: [Int32] = []
  var nodes: [henge_cascade_node] = []
  var leaves: [Float] = []
  var subsets: [UInt32] = []
}

extension CascadeReader {
  /// What OpenCV allows for rounding below each threshold.
  private static let tolerance: Float = 1e-5

  func stages(of element: XMLElement, isLBP: Bool, features: Int) throws -> CascadeStages {
    let parameters = try need("featureParams", in: element)
    let count = try need("maxCatCount", in: parameters)
    let categories = try integer(count, try text(count)[...])
    guard categories == (isLBP ? 256 : 0) else {
      throw failure(
        count,
        "<maxCatCount> is \(categories); with \(isLBP ? "LBP features it is 256" : "Haar features it is 0")"
      )
    }
    let list = try need("stages", in: element)
    guard !list.children.isEmpty else { throw failure(list, "the cascade has no stages") }
    var stages = CascadeStages()
    for stage in list.children {
      let threshold = try need("stageThreshold", in: stage)
      stages.thresholds.append(
        try number(threshold, try text(threshold)[...]) - CascadeReader.tolerance)
      let classifiers = try need("weakClassifiers", in: stage)
      guard !classifiers.children.isEmpty else {
        throw failure(classifiers, "the stage has no trees")
      }
      stages.trees.append(Int32(classifiers.children.count))
      for tree in classifiers.children {
        try add(tree, to: &stages, isLBP: isLBP, features: features)
      }
    }
    return stages
  }

  /// Adds one tree; each of its nodes is led to once at most, so that questions come to an end.
  private func add(
    _ tree: XMLElement, to stages: inout CascadeStages, isLBP: Bool, features: Int
  ) throws {
    let inner = try need("internalNodes", in: tree)
    let outer = try need("leafValues", in: tree)
    let words = inner.words
    let length = isLBP ? 11 : 4
    guard !words.isEmpty, words.count % length == 0 else {
      throw failure(
        inner, "it has \(counted(words.count, "number")); each node has \(length)")
    }
    let count = words.count / length
    let values = outer.words
    guard values.count == count + 1 else {
      throw failure(
        outer,
        "it has \(counted(values.count, "value")); a tree of \(counted(count, "node")) has \(count + 1)"
      )
    }
    let first = stages.nodes.count
    for node in 0..<count {
      let at = words[(node * length)..<((node + 1) * length)]
      let numbers = try at.prefix(3).map { try integer(inner, $0) }
      for child in numbers.prefix(2) where child >= count || child < -count {
        throw failure(
          inner, "node \(node) leads to \(child), and there are \(counted(count, "node"))")
      }
      guard (0..<features).contains(numbers[2]) else {
        throw failure(
          inner,
          "node \(node) asks about feature \(numbers[2]), and there are \(counted(features, "feature"))"
        )
      }
      if isLBP {
        stages.subsets += try at.dropFirst(3).map {
          UInt32(truncatingIfNeeded: try integer(inner, $0))
        }
      }
      stages.nodes.append(
        henge_cascade_node(
          left: Int32(numbers[0]), right: Int32(numbers[1]), feature: Int32(numbers[2]),
          threshold: isLBP ? 0 : try number(inner, at[at.startIndex + 3])))
    }
    try checkOrder(Array(stages.nodes[first...]), of: inner)
    stages.treeNodes.append(Int32(count))
    stages.leaves += try values.map { try number(outer, $0) }
  }

  /// Refuses a node that can be reached twice, as in a circle.
  private func checkOrder(_ nodes: [henge_cascade_node], of element: XMLElement) throws {
    var isReached = [Bool](repeating: false, count: nodes.count)
    isReached[0] = true
    for (index, node) in nodes.enumerated() {
      for child in [node.left, node.right] where child > 0 {
        guard !isReached[Int(child)] else {
          throw failure(
            element, "node \(child) is led to twice, the second time by node \(index): no tree")
        }
        isReached[Int(child)] = true
      }
    }
  }
}
