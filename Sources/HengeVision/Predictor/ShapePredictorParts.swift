// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

/// What is read of a shape predictor's file, in the order of the file.
struct ShapePredictorParts {
  private var reader: DlibReader
  var initial: [Float] = []
  var steps: [ShapePredictor.Step] = []
  var splitsInTree = 0

  init(_ reader: DlibReader) { self.reader = reader }

  mutating func read(budget: MemoryBudget) throws {
    let version = try reader.integer()
    guard version == 1 else {
      throw reader.failure("this is version \(version) of shape predictors; 1 is read", at: 0)
    }
    initial = try reader.column(of: "the points")
    guard initial.count >= 2, initial.count % 2 == 0 else {
      throw reader.failure("the points have \(counted(initial.count, "number")), not two each")
    }
    let count = try reader.count(of: "steps", least: 2)
    guard count > 0 else { throw reader.failure("the predictor has no steps") }
    for _ in 0..<count {
      try budget.checkStop()
      steps.append(try step())
    }
    try readAnchors()
    try readOffsets()
    try check()
    guard reader.rest == 0 else {
      throw reader.failure("the predictor ends here, and \(counted(reader.rest, "byte")) follow")
    }
  }

  /// The trees of one step.
  private mutating func step() throws -> ShapePredictor.Step {
    var step = ShapePredictor.Step()
    let trees = try reader.count(of: "trees", least: 2)
    guard trees > 0 else { throw reader.failure("a step has no trees") }
    for _ in 0..<trees {
      let start = reader.place
      let count = try reader.count(of: "splits", least: 8)
      if splitsInTree == 0 { splitsInTree = count }
      guard count == splitsInTree, count > 0 else {
        throw reader.failure(
          "a tree has \(counted(count, "split")), the first one \(splitsInTree): all have the same number, above 0",
          at: start)
      }
      for _ in 0..<count {
        let (first, second) = (try index(), try index())
        step.splits.append(
          henge_landmark_split(first: first, second: second, threshold: try reader.float()))
      }
      let leaves = try reader.count(of: "leaves", least: 4)
      guard leaves == splitsInTree + 1 else {
        throw reader.failure(
          "a tree of \(counted(count, "split")) has \(leaves) leaves, not \(count + 1)")
      }
      for _ in 0..<leaves {
        let leaf = try reader.column(of: "the changes in a leaf")
        guard leaf.count == initial.count else {
          throw reader.failure(
            "a leaf has \(counted(leaf.count, "number")), the points \(initial.count)")
        }
        step.leaves += leaf
      }
    }
    return step
  }

  /// A number of a point or place, checked later.
  private mutating func index() throws -> Int32 {
    let start = reader.place
    guard let index = Int32(exactly: try reader.integer()), index >= 0 else {
      throw reader.failure("an index is negative or too large", at: start)
    }
    return index
  }

  private mutating func needSteps(_ items: String) throws {
    let start = reader.place
    let count = try reader.count(of: items, least: 1)
    guard count == steps.count else {
      throw reader.failure(
        "\(items) are those of \(counted(count, "step")), and there are \(steps.count)", at: start)
    }
  }

  private mutating func readAnchors() throws {
    try needSteps("the anchors")
    for place in steps.indices {
      let count = try reader.count(of: "anchors", least: 2)
      steps[place].anchors.reserveCapacity(count)
      for _ in 0..<count {
        let start = reader.place
        let anchor = try index()
        guard anchor < initial.count / 2 else {
          throw reader.failure(
            "anchor \(anchor) is no point; there are \(initial.count / 2)", at: start)
        }
        steps[place].anchors.append(anchor)
      }
    }
  }

  private mutating func readOffsets() throws {
    try needSteps("the offsets")
    for place in steps.indices {
      let start = reader.place
      let count = try reader.count(of: "offsets", least: 8)
      guard count == steps[place].anchors.count else {
        throw reader.failure(
          "a step has \(counted(count, "offset")) and \(counted(steps[place].anchors.count, "anchor"))",
          at: start)
      }
      steps[place].across.reserveCapacity(count)
      steps[place].down.reserveCapacity(count)
      for _ in 0..<count {
        steps[place].across.append(try reader.float())
        steps[place].down.append(try reader.float())
      }
    }
  }

  /// Splits are read before the places that they compare.
  private func check() throws {
    for (number, step) in steps.enumerated() {
      let places = step.anchors.count
      if let split = step.splits.first(where: { $0.first >= places || $0.second >= places }) {
        throw reader.failure(
          "step \(number + 1) compares places \(split.first) and \(split.second), and it has \(places)"
        )
      }
    }
  }
}
