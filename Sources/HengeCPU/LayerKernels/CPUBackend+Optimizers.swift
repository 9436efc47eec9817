// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import Glibc
public import HengeBackend
internal import HengeThreads
internal import Synchronization

extension CPUBackend {
  /// One step of Adam.
  public func adam(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer
  ) {
    filters.forget(parameter)
    let settings = hk_adam_step(step)
    pool.run(blocks: blocks(of: parameter.count)) { block in
      let (i, count) = part(block, of: parameter.count)
      if parameter.type == .f32 {
        let p: UnsafeMutablePointer<Float> = elements(parameter) + i
        let m: UnsafeMutablePointer<Float> = elements(mean) + i
        let v: UnsafeMutablePointer<Float> = elements(square) + i
        withElements(of: gradient, i, count) {
          kernels.optimizer.adam(settings, p, $0, m, v, p, m, v, count)
        }
      } else {
        let p: UnsafeMutablePointer<Double> = elements(parameter) + i
        let m: UnsafeMutablePointer<Double> = elements(mean) + i
        let v: UnsafeMutablePointer<Double> = elements(square) + i
        withElements(of: gradient, i, count) {
          hk_adam_f64(settings, p, $0, m, v, p, m, v, count)
        }
      }
    }
  }

  /// One step of a running mean.
  public func average(_ value: Buffer, into mean: Buffer, decay: Double) {
    filters.forget(mean)
    pool.run(blocks: blocks(of: mean.count)) { block in
      let (i, count) = part(block, of: mean.count)
      if mean.type == .f32 {
        hk_average_f32(elements(value) + i, Float(1 - decay), elements(mean) + i, count)
      } else {
        hk_average_f64(elements(value) + i, 1 - decay, elements(mean) + i, count)
      }
    }
  }

  /// Adds to a sum in place.
  public func add(_ source: View, to sum: Buffer) throws {
    filters.forget(sum)
    try pool.run(blocks: blocks(of: sum.count), interrupt: interrupt) { block in
      let (i, count) = part(block, of: sum.count)
      if sum.type == .f32 {
        Float.addScaled(start(source) + i, 1, elements(sum) + i, count)
      } else {
        Double.addScaled(start(source) + i, 1, elements(sum) + i, count)
      }
    }
  }

  /// Adds an outer product to a matrix in place.
  public func addOuterProduct(_ column: View, _ row: View, to matrix: Buffer) throws {
    filters.forget(matrix)
    if matrix.type == .f32 {
      try addOuterProduct(column, row, to: elements(matrix, Float.self))
    } else {
      try addOuterProduct(column, row, to: elements(matrix, Double.self))
    }
  }

  private func addOuterProduct<T: Summed>(
    _ column: View, _ row: View, to matrix: UnsafeMutablePointer<T>
  ) throws {
    let (rows, count) = (column.count, row.count)
    let (a, b) = (start(column, T.self), start(row, T.self))
    let perBlock = max(1, Walk.smallest / max(1, count))
    try pool.run(blocks: (rows + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      for index in block * perBlock..<min(rows, (block + 1) * perBlock) {
        T.addScaled(b, a[index], matrix + index * count, count)
      }
    }
  }

  /// What a step of Adam would leave; the new moments of a piece go to memory of its own.
  public func adamResult(
    _ step: AdamStep, gradient: GradientOperand, parameter: Buffer, mean: Buffer, square: Buffer,
    into out: Buffer
  ) throws {
    let settings = hk_adam_step(step)
    let count = parameter.count
    try pool.run(blocks: blocks(of: count), interrupt: interrupt) { block in
      let (i, count) = part(block, of: count)
      if parameter.type == .f32 {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { moments in
          guard let moments = moments.baseAddress else { return }
          withElements(of: gradient, i, count) {
            kernels.optimizer.adam(
              settings, elements(parameter) + i, $0, elements(mean) + i, elements(square) + i,
              elements(out) + i, moments, moments + count, count)
          }
        }
      } else {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { moments in
          guard let moments = moments.baseAddress else { return }
          withElements(of: gradient, i, count) {
            hk_adam_f64(
              settings, elements(parameter) + i, $0, elements(mean) + i, elements(square) + i,
              elements(out) + i, moments, moments + count, count)
          }
        }
      }
    }
  }

  /// Lends elements `first..<first + count` of a gradient; those of a product are computed for it.
  private func withElements<T: Summed>(
    of gradient: GradientOperand, _ first: Int, _ count: Int,
    _ body: (_ elements: UnsafePointer<T>) -> Void
  ) {
    switch gradient {
    case .elements(let buffer): body(elements(buffer, T.self) + first)
    case .product(let left, let right, let rank):
      let width = right.count / rank
      let (a, b) = (elements(left, T.self), elements(right, T.self))
      withUnsafeTemporaryAllocation(of: T.self, capacity: count) { sums in
        guard let sums = sums.baseAddress else { return }
        sums.initialize(repeating: 0, count: count)
        var done = 0
        while done < count {
          let (row, column) = (first + done).quotientAndRemainder(dividingBy: width)
          let length = min(count - done, width - column)
          for index in 0..<rank {
            T.addScaled(b + index * width + column, a[row * rank + index], sums + done, length)
          }
          done += length
        }
        body(sums)
      }
    }
  }

  /// The first of `views` with a float outside its `-bound...bound`.
  public func firstOutside(_ bounds: [Double], _ views: [View]) throws -> Int? {
    // The pieces of all views are one work, so that many small ones are shared among threads, too.
    var pieces: [(view: Int, block: Int)] = []
    for (index, view) in views.enumerated() {
      pieces += (0..<blocks(of: view.count)).map { (index, $0) }
    }
    let first = Atomic<Int>(views.count)
    try pool.run(blocks: pieces.count, interrupt: interrupt) { piece in
      let (index, block) = pieces[piece]
      let (x, bound) = (views[index], bounds[index])
      let (i, count) = part(block, of: x.count)
      let isWithin =
        x.type == .f32
        ? hk_is_within_f32(start(x) + i, Float(bound), count)
        : hk_is_within_f64(start(x) + i, bound, count)
      if !isWithin { first.min(index, ordering: .relaxed) }
    }
    let found = first.load(ordering: .relaxed)
    return found < views.count ? found : nil
  }

  /// Into how many pieces of elements work is cut, by their number alone.
  private func blocks(of count: Int) -> Int { (count + Walk.smallest - 1) / Walk.smallest }

  /// The first element of a piece, and how many it has.
  private func part(_ block: Int, of count: Int) -> (first: Int, count: Int) {
    (block * Walk.smallest, min(Walk.smallest, count - block * Walk.smallest))
  }
}

/// The element types of sums that are added to in place.
private protocol Summed: ExpressibleByIntegerLiteral {
  /// `sum += scale · x`, elements of both.
  static func addScaled(
    _ x: UnsafePointer<Self>, _ scale: Self, _ sum: UnsafeMutablePointer<Self>, _ count: Int)
}

extension Float: Summed {
  fileprivate static func addScaled(
    _ x: UnsafePointer<Float>, _ scale: Float, _ sum: UnsafeMutablePointer<Float>, _ count: Int
  ) { hk_add_scaled_f32(x, scale, sum, count) }
}

extension Double: Summed {
  fileprivate static func addScaled(
    _ x: UnsafePointer<Double>, _ scale: Double, _ sum: UnsafeMutablePointer<Double>, _ count: Int
  ) { hk_add_scaled_f64(x, scale, sum, count) }
}

extension hk_adam_step {
  /// Both forms as one formula: p -= rate · m / (root · √v + ε).
  fileprivate init(_ step: AdamStep) {
    let first = 1 - pow(step.beta1, Double(step.number))
    let second = 1 - pow(step.beta2, Double(step.number))
    let (rate, root) =
      switch step.form {
      case .pytorch: (step.learningRate / first, 1 / second.squareRoot())
      case .keras: (step.learningRate * second.squareRoot() / first, 1)
      }
    self.init(
      rate: rate, root: root, beta1: step.beta1, beta2: step.beta2, epsilon: step.epsilon,
      decay: step.decay, least: step.bounds?.lowerBound ?? -.infinity,
      most: step.bounds?.upperBound ?? .infinity)
  }
}
