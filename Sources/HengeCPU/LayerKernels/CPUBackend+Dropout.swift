// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend

extension CPUBackend {
  /// Zeros where draws are below `rate`, the other elements divided by 1 - rate.
  public func dropout(
    _ x: View, rate: Double, from stream: RandomStream, into out: Buffer
  ) throws {
    let x = try contiguous(x)
    let (key, name, factor) = (stream.seed, stream.nameHash, 1 / (1 - rate))
    try eachRows(out.count, of: 1) { first, count in
      // A stretch's draws at a time: all of them would take as much memory as the result.
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2048) { draws in
        guard let some = draws.baseAddress else { return }
        for begin in stride(from: first, to: first + count, by: draws.count) {
          let length = min(draws.count, first + count - begin)
          hk_uniform_f32(key, name, stream.position &+ UInt64(begin), some, length)
          if x.type == .f32 {
            hk_dropout_f32(
              start(x) + begin, some, Float(rate), Float(factor), elements(out) + begin, length)
          } else {
            hk_dropout_f64(
              start(x) + begin, some, Float(rate), factor, elements(out) + begin, length)
          }
        }
      }
    }
  }
}
