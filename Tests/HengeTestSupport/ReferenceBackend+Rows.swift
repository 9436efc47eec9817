// SPDX-License-Identifier: MIT
public import HengeBackend

extension ReferenceBackend {
  /// Reduces the last axes of `a`, all after the first `kept`, into `out`.
  public func reduce(
    _ reduction: Reduction, _ a: View, kept: Int, into out: Buffer
  ) throws -> ArithmeticFault? {
    let length = a.sizes[kept...].reduce(1, *)
    let all = values(a)
    var fault: ArithmeticFault?
    let results = (0..<out.count).map { row -> Scalar in
      let elements = Array(all[row * length..<(row + 1) * length])
      if reduction == .sum, !a.type.isReal {
        let sum = elements.reduce(Int128(0)) { $0 + Int128($1.integer) }
        if Int(exactly: sum) == nil { fault = .overflow }
        return .int(Int(truncatingIfNeeded: sum))
      }
      return reduce(reduction, elements)
    }
    store(results, in: out)
    return fault
  }

  private func reduce(_ reduction: Reduction, _ elements: [Scalar]) -> Scalar {
    let numbers = elements.map(\.double)
    let sum = numbers.reduce(0, +)
    let mean = sum / Double(numbers.count)
    switch reduction {
    case .sum: return .num(sum)
    case .mean: return .num(mean)
    case .variance:
      return .num(numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count))
    case .sumOfSquares: return .num(numbers.reduce(0) { $0 + $1 * $1 })
    case .maximum: return elements[extreme(numbers, elements) { $0 > $1 }]
    case .minimum: return elements[extreme(numbers, elements) { $0 < $1 }]
    case .argMaximum: return .int(extreme(numbers, elements) { $0 > $1 })
    case .argMinimum: return .int(extreme(numbers, elements) { $0 < $1 })
    }
  }

  private func extreme(
    _ numbers: [Double], _ elements: [Scalar], _ isBetter: (Double, Double) -> Bool
  ) -> Int {
    var best = 0
    for index in numbers.indices where !numbers[best].isNaN {
      if numbers[index].isNaN || isBetter(numbers[index], numbers[best]) { best = index }
    }
    return best
  }

  /// Sums up along the last axis.
  public func accumulate(
    _ accumulation: Accumulation, _ a: View, into out: Buffer
  ) throws -> ArithmeticFault? {
    let length = a.sizes.last ?? 1
    let operation: BinaryOperation = accumulation == .sum ? .add : .multiply
    let neutral = Scalar.int(accumulation == .sum ? 0 : 1)
    var fault: ArithmeticFault?
    var total = neutral
    let results = values(a).enumerated().map { index, value -> Scalar in
      if index % length == 0 { total = neutral }
      if a.type.isReal {
        total = .num(operation.of(total.double, value.double))
      } else {
        let (result, problem) = operation.of(total.integer, value.integer)
        fault = fault ?? problem
        total = .int(result)
      }
      return total
    }
    store(results, in: out)
    return fault
  }

  /// Orders the last axis, stably, NaN last.
  public func sort(_ a: View, descending: Bool, into out: Buffer?, indices: Buffer?) throws {
    let length = max(1, a.sizes.last ?? 1)
    let all = values(a)
    var order: [Int] = []
    for begin in stride(from: 0, to: all.count, by: length) {
      order += (0..<length).sorted { i, j in
        let (x, y) = (all[begin + i].double, all[begin + j].double)
        if x == y || (x.isNaN && y.isNaN) { return i < j }
        return y.isNaN || (descending ? x > y : x < y)
      }
    }
    if let indices { store(order.map { .int($0) }, in: indices) }
    if let out {
      store(order.enumerated().map { all[$0.offset / length * length + $0.element] }, in: out)
    }
  }

  /// What one pass tells of all elements.
  public func statistics(of a: View) throws -> Statistics {
    let numbers = values(a).map(\.double)
    let finite = numbers.filter(\.isFinite)
    var result = Statistics()
    result.nan = numbers.count(where: \.isNaN)
    result.infinite = numbers.count(where: \.isInfinite)
    result.finite = finite.count
    guard let least = finite.min(), let largest = finite.max() else { return result }
    let mean = finite.reduce(0, +) / Double(finite.count)
    result.minimum = least
    result.maximum = largest
    result.mean = mean
    result.deviation =
      (finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)).squareRoot()
    return result
  }
}
