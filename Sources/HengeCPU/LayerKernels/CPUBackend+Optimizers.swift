// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import Glibc
public import HengeBackend
internal import HengeThreads
internal import Synchronization

extension CPUBackend {
  /// One step of Adam.
  public func adam(
    _ step: AdamStep, gradient: Buffer, parameter: Buffer, mean: Buffer, square: Buffer
  ) {
    filters.forget(parameter)
    let settings = hk_adam_step(step)
    pool.run(blocks: blocks(of: parameter.count)) { block in
      let (i, count) = part(block, of: parameter.count)
      if parameter.type == .f32 {
        let p: UnsafeMutablePointer<Float> = elements(parameter) + i
        let m: UnsafeMutablePointer<Float> = elements(mean) + i
        let v: UnsafeMutablePointer<Float> = elements(square) + i
        kernels.optimizer.adam(settings, p, elements(gradient) + i, m, v, p, m, v, count)
      } else {
        let p: UnsafeMutablePointer<Double> = elements(parameter) + i
        let m: UnsafeMutablePointer<Double> = elements(mean) + i
        let v: UnsafeMutablePointer<Double> = elements(square) + i
        hk_adam_f64(settings, p, elements(gradient) + i, m, v, p, m, v, count)
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

  /// What a step of Adam would leave; the new moments of a piece go to memory of its own.
  public func adamResult(
    _ step: AdamStep, gradient: Buffer, parameter: Buffer, mean: Buffer, square: Buffer,
    into out: Buffer
  ) throws {
    let settings = hk_adam_step(step)
    let count = parameter.count
    try pool.run(blocks: blocks(of: count), interrupt: interrupt) { block in
      let (i, count) = part(block, of: count)
      if parameter.type == .f32 {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { moments in
          guard let moments = moments.baseAddress else { return }
          kernels.optimizer.adam(
            settings, elements(parameter) + i, elements(gradient) + i, elements(mean) + i,
            elements(square) + i, elements(out) + i, moments, moments + count, count)
        }
      } else {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { moments in
          guard let moments = moments.baseAddress else { return }
          hk_adam_f64(
            settings, elements(parameter) + i, elements(gradient) + i, elements(mean) + i,
            elements(square) + i, elements(out) + i, moments, moments + count, count)
        }
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
