// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import Synchronization

extension CPUBackend {
  /// Sets every element of `view` to `value`.
  public func fill(_ view: View, with value: Scalar) throws {
    filters.forget(view.buffer)
    // One converted element, repeated by a step of 0.
    var source = value.double
    var integer = Int64(0)
    if case .int(let exact) = value { integer = Int64(exact) }
    let isInteger = if case .int = value { true } else { false }
    try withUnsafeBytes(of: &source) { real in
      try withUnsafeBytes(of: &integer) { whole in
        guard let real = real.baseAddress, let whole = whole.baseAddress else { return }
        let walk = Walk(view)
        let steps = walk.kernelSteps(0)
        let (address, size) = (host(view.buffer).address, view.type.size)
        let type = view.type.kernelType
        try run(walk) { piece in
          for row in 0..<piece.rows {
            _ = hk_convert(
              isInteger ? HK_I64 : HK_F64, isInteger ? whole : real, 0, type,
              address + (piece.starts[0] + row * steps.row) * size, steps.element, piece.length, 0)
          }
        }
      }
    }
  }

  /// Sets element `i` to `first + i * step`.
  public func fillRamp(_ out: Buffer, first: Scalar, step: Scalar) throws {
    try run(Walk(View(out))) { piece in
      switch out.type {
      case .f32:
        hk_ramp_f32(
          first.double, step.double, elements(out) + piece.position, piece.position, piece.length)
      case .f64:
        hk_ramp_f64(
          first.double, step.double, elements(out) + piece.position, piece.position, piece.length)
      case .i64:
        guard case .int(let first) = first, case .int(let step) = step else {
          preconditionFailure("a ramp of i64 starts and steps by integers")
        }
        hk_ramp_i64(
          Int64(first), Int64(step), elements(out) + piece.position, piece.position, piece.length)
      case .u8, .bool: preconditionFailure("ramps are of f32, f64 or i64")
      }
    }
  }

  /// Sets element `i` from draws of `stream` that depend on `i` and its position alone.
  public func fillRandom(
    _ out: Buffer, _ kind: RandomDistribution, from stream: RandomStream
  ) throws {
    let (key, name) = (stream.seed, stream.nameHash)
    try run(Walk(View(out))) { piece in
      // Blocks start at even positions, so no pair of normal numbers is cut.
      let begin = stream.position &+ UInt64(piece.position)
      switch (kind, out.type) {
      case (.uniform, .f32):
        hk_uniform_f32(key, name, begin, elements(out) + piece.position, piece.length)
      case (.uniform, .f64):
        hk_uniform_f64(key, name, begin, elements(out) + piece.position, piece.length)
      case (.normal, .f32):
        hk_normal_f32(key, name, begin, elements(out) + piece.position, piece.length)
      case (.normal, .f64):
        hk_normal_f64(key, name, begin, elements(out) + piece.position, piece.length)
      default: preconditionFailure("random numbers are f32 or f64")
      }
    }
  }

  /// Copies `source` over `target` of the same sizes, converting where the types differ.
  @discardableResult
  public func convert(
    _ source: View, to target: View, rounding: Rounding
  ) throws -> ArithmeticFault? {
    filters.forget(target.buffer)
    let walk = Walk(source, target)
    let (s, t) = (walk.kernelSteps(0), walk.kernelSteps(1))
    let (from, to) = (host(source.buffer).address, host(target.buffer).address)
    let (sourceType, targetType) = (source.type, target.type)
    let failures = Atomic<Int>(0)
    try run(walk) { piece in
      var failed = 0
      for row in 0..<piece.rows {
        failed += hk_convert(
          sourceType.kernelType, from + (piece.starts[0] + row * s.row) * sourceType.size,
          s.element, targetType.kernelType, to + (piece.starts[1] + row * t.row) * targetType.size,
          t.element, piece.length, rounding == .down ? 1 : 0)
      }
      if failed > 0 { failures.add(failed, ordering: .relaxed) }
    }
    return failures.load(ordering: .relaxed) > 0 ? .notAnInteger : nil
  }
}
