// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeTensor

extension DifferenceVector {
  /// The factor by which one update multiplies the vector.
  static func factor(_ rule: Rule, _ learningRate: Double) -> Double {
    rule == .paper ? 1 + learningRate : 1 - learningRate
  }

  /// A sum that one pass over the images computes: updates `first..<last`, as in the
  /// vector after `last`.
  private struct Run {
    let first: Int
    let last: Int
  }

  /// The most updates from one move of the base to the next.
  static let longestGridStep = 1000

  /// Counts at which the base moves on: a function of the learning rate and the count alone, and so
  /// near to each other that the powers of the factor between them stay far from overflow.
  private func gridStep(_ state: State) -> Int {
    let growth = abs(DifferenceVector.factor(configuration.rule, state.learningRate))
    var power = 1.0
    var steps = 0
    while steps < DifferenceVector.longestGridStep, power < 1e150 {
      power *= max(growth, 1)
      steps += 1
    }
    return steps
  }

  /// The last count at or before `count` to which the base may move.
  private func gridPoint(_ count: Int, _ state: State) -> Int {
    let step = gridStep(state)
    return max(state.baseCount, count - (count - state.baseCount) % step)
  }

  /// The first counts in `(start, end]` at which there is something to do, at most `limit`.
  func marks(after start: Int, to end: Int, limit: Int) -> [Int] {
    var marks: [Int] = []
    var count = start
    while count < end, marks.count < limit {
      count = min(end, nextMark(after: count))
      marks.append(count)
    }
    return marks
  }

  /// The next count at which the base moves or a vector is kept.
  private func nextMark(after count: Int) -> Int {
    let grid = gridStep(state)
    let keep = configuration.keep
    let total = configuration.total
    let next = min(
      state.baseCount + ((count - state.baseCount) / grid + 1) * grid,
      (count / keep).addingOne(times: keep))
    return count < total ? min(next, total) : next
  }

  /// Whether the vector after `count` updates is kept.
  private func isKept(_ count: Int) -> Bool {
    count % configuration.keep == 0 || count == configuration.total
  }

  /// The state after the last of `marks`, all vectors due on the way kept, in one pass.
  func advance(_ state: State, over marks: [Int]) throws -> State {
    var next = state
    guard let last = marks.last else { return next }
    let step = gridStep(state)
    let needed = marks.filter { isKept($0) || ($0 - state.baseCount) % step == 0 }
    let values = try vectors(after: needed, from: state)
    for (count, vector) in zip(needed, values) {
      if isKept(count) { next.snapshots.append(Snapshot(count: count, vector: vector)) }
      if (count - state.baseCount) % step == 0 {
        next.base = vector
        next.baseCount = count
      }
    }
    next.count = last
    return next
  }

  /// The vectors after each of `counts` (ascending, none before the base), from one pass.
  func vectors(after counts: [Int], from state: State) throws -> [Tensor] {
    let factor = DifferenceVector.factor(configuration.rule, state.learningRate)
    let step = gridStep(state)
    var runs: [Run] = []
    var points = [state.baseCount]
    for count in counts {
      let grid = gridPoint(count, state)
      while let point = points.last, point < grid {
        runs.append(Run(first: point, last: point + step))
        points.append(point + step)
      }
      if count > grid { runs.append(Run(first: grid, last: count)) }
    }
    let sums = try self.sums(runs, factor, state.learningRate)
    return try combine(runs, sums, counts: counts, factor: factor, state: state)
  }

  /// Chains the sums of `runs` into the vectors after `counts`.
  private func combine(
    _ runs: [Run], _ sums: [Tensor], counts: [Int], factor: Double, state: State
  ) throws -> [Tensor] {
    var vectors = [state.baseCount: state.base]
    for (run, sum) in zip(runs, sums) {
      guard let before = vectors[run.first] else {
        preconditionFailure("a run begins where a vector is known")
      }
      let decay = (run.first..<run.last).reduce(1.0) { power, _ in power * factor }
      vectors[run.last] = try before * .num(decay) + sum
    }
    return counts.map { count in
      guard let vector = vectors[count] else {
        preconditionFailure("every count asked for ends a run")
      }
      return vector
    }
  }

  /// For each run the weighted sum of the images drawn: those of `b` less those of `a`.
  private func sums(_ runs: [Run], _ factor: Double, _ learningRate: Double) throws -> [Tensor] {
    guard !runs.isEmpty else { return [] }
    let plus = try sums(runs, of: sets[1], "b", factor, learningRate)
    let minus = try sums(runs, of: sets[0], "a", factor, learningRate)
    try refuseNotFinite(plus, of: b, "b")
    try refuseNotFinite(minus, of: a, "a")
    return try zip(plus, minus).map { try $0 - $1 }
  }

  /// For each run the weighted sum of the images drawn of `set`.
  private func sums(
    _ runs: [Run], of set: TrainingSet, _ side: String, _ factor: Double, _ learningRate: Double
  ) throws -> [Tensor] {
    guard set.changesByEpoch else {
      return try set.dataset.weightedSums(
        runs.map { try weights($0, set, side, factor, learningRate)[0] ?? [] })
    }
    // Each time through the set has images of its own, so their sums are taken one by one, in the
    // order of the epochs.
    return try runs.map { run in
      var sum = try Tensor.zeros(shape, .f64, on: state.backend)
      for (epoch, weights) in try weights(run, set, side, factor, learningRate)
        .sorted(by: { $0.key < $1.key })
      {
        sum = try sum + set.whole(epoch: epoch).weightedSums([weights])[0]
      }
      return sum
    }
  }

  /// The weight of each image of `set` in the sum of `run`, by epochs.
  ///
  /// An epoch ends when as many were drawn as there are images. All are of epoch 0 where images are
  /// the same in each.
  private func weights(
    _ run: Run, _ set: TrainingSet, _ side: String, _ factor: Double, _ learningRate: Double
  ) throws -> [Int: [Double]] {
    let none = [Double](repeating: 0, count: set.count)
    var byEpoch: [Int: [Double]] = [:]
    var weights = none
    var weight = learningRate / Double(configuration.batch)
    for update in (run.first..<run.last).reversed() {
      try a.loader.checkInterrupt()
      let draws = draws(of: update, from: set.count, side)
      if set.changesByEpoch {
        for (place, index) in draws.enumerated() {
          let drawn = update.multipliedReportingOverflow(by: configuration.batch).partialValue
          byEpoch[max(0, drawn &+ place) / set.count, default: none][index] += weight
        }
      } else {
        for index in draws { weights[index] += weight }
      }
      weight *= factor
    }
    return set.changesByEpoch ? byEpoch : [0: weights]
  }

  /// The images that update `update` (from 0) draws: a function of the seed and these alone.
  func draws(of update: Int, from count: Int, _ side: String) -> [Int] {
    var stream = RandomStream(
      seed: seed, name: "difference_vector.\(side)",
      position: UInt64(update) &* UInt64(configuration.batch))
    return (0..<configuration.batch).map { _ in stream.next(below: count) }
  }
}

extension Int {
  /// `(self + 1) * step`, or the largest number where that overflows.
  fileprivate func addingOne(times step: Int) -> Int {
    let (product, overflow) = (self + 1).multipliedReportingOverflow(by: step)
    return overflow ? .max : product
  }
}
