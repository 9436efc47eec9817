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
    _ operation: BinaryOperation, _ a: View, _ b: View, into out: Buffer
  ) throws -> ArithmeticFault? {
    let walk = Walk(a, b)
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let code = operation.kernelCode
    let flag = FaultFlag()
    switch a.type {
    case .f32:
      let (x, y) = (elements(a.buffer, Float.self), elements(b.buffer, Float.self))
      let z = elements(out, Float.self)
      try run(walk) {
        hk_combine_f32(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    case .f64:
      let (x, y) = (elements(a.buffer, Double.self), elements(b.buffer, Double.self))
      let z = elements(out, Double.self)
      try run(walk) {
        hk_combine_f64(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    case .i64:
      let (x, y) = (elements(a.buffer, Int64.self), elements(b.buffer, Int64.self))
      let z = elements(out, Int64.self)
      try run(walk) {
        flag.note(
          hk_combine_i64(
            code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length))
      }
    case .u8, .bool:
      let (x, y) = (elements(a.buffer, UInt8.self), elements(b.buffer, UInt8.self))
      let z = elements(out, UInt8.self)
      try run(walk) {
        hk_combine_u8(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    }
    return flag.fault
  }

  /// Compares each pair of elements.
  public func compare(_ comparison: Comparison, _ a: View, _ b: View, into out: Buffer) throws {
    let walk = Walk(a, b)
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let code = comparison.kernelCode
    let z = elements(out, UInt8.self)
    switch a.type {
    case .f32:
      let (x, y) = (elements(a.buffer, Float.self), elements(b.buffer, Float.self))
      try run(walk) {
        hk_compare_f32(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    case .f64:
      let (x, y) = (elements(a.buffer, Double.self), elements(b.buffer, Double.self))
      try run(walk) {
        hk_compare_f64(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    case .i64:
      let (x, y) = (elements(a.buffer, Int64.self), elements(b.buffer, Int64.self))
      try run(walk) {
        hk_compare_i64(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    case .u8, .bool:
      let (x, y) = (elements(a.buffer, UInt8.self), elements(b.buffer, UInt8.self))
      try run(walk) {
        hk_compare_u8(
          code, x + $0.starts[0], s, y + $0.starts[1], t, z + $0.position, $0.rows, $0.length)
      }
    }
  }

  /// Chooses from `a` where `condition` is true, from `b` elsewhere.
  public func select(_ condition: View, _ a: View, _ b: View, into out: Buffer) throws {
    let walk = Walk(condition, a, b)
    let (r, s, t) = (walk.kernelSteps(0), walk.kernelSteps(1), walk.kernelSteps(2))
    let size = a.type.size
    let c = elements(condition.buffer, UInt8.self)
    let (x, y, z) = (host(a.buffer).address, host(b.buffer).address, host(out).address)
    try run(walk) {
      hk_select(
        Int32(size), c + $0.starts[0], r, x + $0.starts[1] * size, s, y + $0.starts[2] * size, t,
        z + $0.position * size, $0.rows, $0.length)
    }
  }
}
