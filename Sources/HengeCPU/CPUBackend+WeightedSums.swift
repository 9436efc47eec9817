// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Adds `weights[k, n] * rows[n, …]`, for n in order, to `sums[k, …]`, in double precision.
  public func addWeighted(_ rows: View, by weights: View, to sums: Buffer) throws {
    let (rows, weights) = (try contiguous(rows), try contiguous(weights))
    let (groups, count) = (weights.sizes[0], weights.sizes[1])
    guard count > 0, groups > 0, sums.count > 0 else { return }
    let width = sums.count / groups
    let factors = elements(weights.buffer, Double.self) + weights.offset
    let totals = elements(sums, Double.self)
    // A column of elements for each block: a few hundred, so that two threads share small images.
    let column = 512
    try pool.run(blocks: (width + column - 1) / column, interrupt: interrupt) { block in
      let first = block * column
      let some = min(column, width - first)
      if rows.type == .u8 {
        let bytes = elements(rows.buffer, UInt8.self) + rows.offset + first
        hk_weighted_sums_u8(
          bytes, width, count, factors, count, groups, totals + first, width, some)
      } else {
        let numbers = elements(rows.buffer, Float.self) + rows.offset + first
        hk_weighted_sums_f32(
          numbers, width, count, factors, count, groups, totals + first, width, some)
      }
    }
  }
}
