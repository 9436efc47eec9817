// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend

extension CPUBackend {
  /// Applies `operation` to each element.
  public func map(
    _ operation: UnaryOperation, _ a: View, into out: Buffer
  ) throws -> ArithmeticFault? {
    let walk = Walk(a)
    let steps = walk.kernelSteps(0)
    let code = operation.kernelCode
    let flag = FaultFlag()
    switch a.type {
    case .f32:
      let (x, y) = (elements(a.buffer, Float.self), elements(out, Float.self))
      try run(walk) {
        hk_map_f32(code, x + $0.starts[0], steps, y + $0.position, $0.rows, $0.length)
      }
    case .f64:
      let (x, y) = (elements(a.buffer, Double.self), elements(out, Double.self))
      try run(walk) {
        hk_map_f64(code, x + $0.starts[0], steps, y + $0.position, $0.rows, $0.length)
      }
    case .i64:
      let (x, y) = (elements(a.buffer, Int64.self), elements(out, Int64.self))
      try run(walk) {
        flag.note(hk_map_i64(code, x + $0.starts[0], steps, y + $0.position, $0.rows, $0.length))
      }
    case .u8, .bool: preconditionFailure("functions of one element are of f32, f64 or i64")
    }
    return flag.fault
  }

  /// Applies `operation` to each pair of elements.
  public func combine(
    _ operation: BinaryOperation, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws -> ArithmeticFault? {
    let walk = Walk(a, b)
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let code = operation.kernelCode
    let flag = FaultFlag()
    switch out.type {
    case .f32:
      let z = elements(out, Float.self)
      try withElements(a, b, Float.self) { x, y in
        try run(walk) {
          hk_combine_f32(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    case .f64:
      let z = elements(out, Double.self)
      try withElements(a, b, Double.self) { x, y in
        try run(walk) {
          hk_combine_f64(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    case .i64:
      let z = elements(out, Int64.self)
      try withElements(a, b, Int64.self) { x, y in
        try run(walk) {
          flag.note(
            hk_combine_i64(
              code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length))
        }
      }
    case .u8, .bool:
      let z = elements(out, UInt8.self)
      try withElements(a, b, UInt8.self) { x, y in
        try run(walk) {
          hk_combine_u8(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    }
    return flag.fault
  }

  /// Compares each pair of elements.
  public func compare(
    _ comparison: Comparison, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws {
    let walk = Walk(a, b)
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let code = comparison.kernelCode
    let z = elements(out, UInt8.self)
    switch a.view?.type ?? b.view?.type ?? .bool {
    case .f32:
      try withElements(a, b, Float.self) { x, y in
        try run(walk) {
          hk_compare_f32(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    case .f64:
      try withElements(a, b, Double.self) { x, y in
        try run(walk) {
          hk_compare_f64(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    case .i64:
      try withElements(a, b, Int64.self) { x, y in
        try run(walk) {
          hk_compare_i64(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    case .u8, .bool:
      try withElements(a, b, UInt8.self) { x, y in
        try run(walk) {
          hk_compare_u8(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
        }
      }
    }
  }

  /// Chooses from `a` where `condition` is true, from `b` elsewhere.
  public func select(
    _ condition: View, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer
  ) throws {
    switch out.type {
    case .f32: try select(condition, a, b, into: out, Float.self)
    case .f64: try select(condition, a, b, into: out, Double.self)
    case .i64: try select(condition, a, b, into: out, Int64.self)
    case .u8, .bool: try select(condition, a, b, into: out, UInt8.self)
    }
  }

  private func select<T: KernelElement>(
    _ condition: View, _ a: ElementOperand, _ b: ElementOperand, into out: Buffer, _: T.Type
  ) throws {
    let walk = Walk(.elements(condition), a, b)
    let (r, s, t) = (walk.kernelSteps(0), walk.kernelSteps(1), walk.kernelSteps(2))
    let size = Int32(MemoryLayout<T>.size)
    let c = elements(condition.buffer, UInt8.self)
    let z = elements(out, T.self)
    try withElements(a, b, T.self) { x, y in
      try run(walk) {
        hk_select(
          size, c + $0.starts[0], r, x + $0.starts[1], s, y + $0.starts[2], t, z + $0.position,
          $0.rows, $0.length)
      }
    }
  }

  /// Lends the first element of each operand's buffer; a number is an element of its own, from which no
  /// step leads away.
  private func withElements<T: KernelElement>(
    _ a: ElementOperand, _ b: ElementOperand, _: T.Type,
    _ body: (UnsafeMutablePointer<T>, UnsafeMutablePointer<T>) throws -> Void
  ) throws {
    func first(_ operand: ElementOperand, _ number: UnsafeMutablePointer<T>)
      -> UnsafeMutablePointer<T>
    {
      switch operand {
      case .elements(let view): return elements(view.buffer)
      case .number(let value):
        number.initialize(to: T(value))
        return number
      }
    }
    try withUnsafeTemporaryAllocation(of: T.self, capacity: 2) { numbers in
      guard let place = numbers.baseAddress else { return }
      try body(first(a, place), first(b, place + 1))
    }
  }
}

/// An element as kernels have it.
private protocol KernelElement: BitwiseCopyable {
  /// The element that a number of this type is.
  init(_ number: Scalar)
}

extension Float: KernelElement {
  fileprivate init(_ number: Scalar) { self.init(number.double) }
}

extension Double: KernelElement {
  fileprivate init(_ number: Scalar) { self = number.double }
}

extension Int64: KernelElement {
  fileprivate init(_ number: Scalar) { self.init(number.integer) }
}

extension UInt8: KernelElement {
  fileprivate init(_ number: Scalar) { self.init(truncatingIfNeeded: number.integer) }
}

extension Scalar {
  /// The number, which is converted to a type of integers.
  fileprivate var integer: Int {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    case .num: preconditionFailure("a number with integers is converted before")
    }
  }
}
