// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Sums up along the last axis.
  public func accumulate(
    _ accumulation: Accumulation, _ a: View, into out: Buffer
  ) throws -> ArithmeticFault? {
    let length = a.sizes.last ?? 1
    if out.count == 0 { return nil }
    let flat = try contiguous(a)
    let flag = FaultFlag()
    let isSum = accumulation == .sum
    let (f32, f64, i64) = (
      isSum ? hk_accumulate_f32 : hk_accumulate_products_f32,
      isSum ? hk_accumulate_f64 : hk_accumulate_products_f64,
      isSum ? hk_accumulate_i64 : hk_accumulate_products_i64
    )
    try pool.run(blocks: out.count / length, interrupt: interrupt) { row in
      var carry = isSum ? 0.0 : 1.0
      var whole: Int64 = isSum ? 0 : 1
      try eachStretch(of: length) { begin, count in
        let (from, to) = (flat.offset + row * length + begin, row * length + begin)
        switch a.type {
        case .f32: f32(elements(flat.buffer) + from, elements(out) + to, count, &carry)
        case .f64: f64(elements(flat.buffer) + from, elements(out) + to, count, &carry)
        case .i64: flag.note(i64(elements(flat.buffer) + from, elements(out) + to, count, &whole))
        case .u8, .bool: preconditionFailure("running sums and products are of f32, f64 or i64")
        }
      }
    }
    return flag.fault
  }

  /// Statistics of all elements, computed in one pass.
  public func statistics(of a: View) throws -> Statistics {
    let flat = try contiguous(a)
    let block = Walk.blockLength
    let blocks = (flat.count + block - 1) / block
    let isFloat = a.type == .f32 || a.type == .f64
    let scratch = try allocate(isFloat ? 0 : min(flat.count, block), .f64)
    // Other types pass through one block of doubles, on the calling thread.
    func each(_ body: (Int, Int, Int) -> Void) throws {
      for index in 0..<blocks {
        try interrupt?.check()
        let begin = flat.offset + index * block
        let count = min(block, flat.count - index * block)
        if !isFloat {
          let size = a.type.size
          _ = hk_convert(
            a.type.kernelType, host(flat.buffer).address + begin * size, 1, HK_F64,
            host(scratch).address, 1, count, 0)
        }
        body(index, isFloat ? begin : 0, count)
      }
    }
    var total = Statistics()
    var sum = 0.0
    let source = isFloat ? flat.buffer : scratch
    try each { _, begin, count in
      var part = hk_statistics()
      if a.type == .f32 {
        hk_statistics_f32(elements(source) + begin, count, &part)
      } else {
        hk_statistics_f64(elements(source) + begin, count, &part)
      }
      total.nan += Int(part.nan)
      total.infinite += Int(part.infinite)
      sum += part.sum
      if part.finite > 0 {
        total.minimum = total.finite > 0 ? min(total.minimum, part.minimum) : part.minimum
        total.maximum = total.finite > 0 ? max(total.maximum, part.maximum) : part.maximum
      }
      total.finite += Int(part.finite)
    }
    guard total.finite > 0 else { return total }
    let mean = sum / Double(total.finite)
    var squares = 0.0
    try each { _, begin, count in
      squares +=
        a.type == .f32
        ? hk_finite_squares_f32(elements(source) + begin, count, mean)
        : hk_finite_squares_f64(elements(source) + begin, count, mean)
    }
    total.mean = mean
    total.deviation = (squares / Double(total.finite)).squareRoot()
    return total
  }
}
