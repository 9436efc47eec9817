// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads

extension CPUBackend {
  /// Resamples `axis` of `x`: each output is a weighted sum of inputs.
  public func resample(_ x: View, axis: Int, _ sums: Resampling, into out: Buffer) throws {
    if out.count == 0 { return }
    let x = try contiguous(x)
    let inner = x.sizes[(axis + 1)...].reduce(1, *)
    let (inputs, outputs) = (sums.inputs, sums.outputs)
    // Rows of all planes are cut into blocks by their length alone.
    let rows = x.sizes[..<axis].reduce(outputs, *)
    let perBlock = max(1, Walk.blockLength / inner)
    try pool.run(blocks: (rows + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      var row = block * perBlock
      let end = min(rows, row + perBlock)
      while row < end {
        let (plane, first) = row.quotientAndRemainder(dividingBy: outputs)
        let count = min(end - row, outputs - first)
        if x.type == .f32 {
          hk_resample_f32(
            start(x) + plane * inputs * inner, elements(out) + plane * outputs * inner, inner,
            sums.starts, sums.positions, sums.weights, first, count)
        } else {
          hk_resample_f64(
            start(x) + plane * inputs * inner, elements(out) + plane * outputs * inner, inner,
            sums.starts, sums.positions, sums.weights, first, count)
        }
        row += count
      }
    }
  }

  /// The largest element under each position of a kernel, and its index where it is wanted.
  public func maxPool(
    _ x: View, _ places: Convolution, kernelHeight: Int, kernelWidth: Int, into out: Buffer,
    indices: Buffer?
  ) throws {
    if out.count == 0 { return }
    let (samples, channels, height, width) = (x.sizes[0], x.sizes[1], x.sizes[2], x.sizes[3])
    let size = places.outputSize(
      height: height, width: width, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    let rows = places.inputRows(height: height, outputs: size.height, kernel: kernelHeight)
      .map(Int64.init)
    let columns = places.inputColumns(width: width, outputs: size.width, kernel: kernelWidth)
      .map(Int64.init)
    let x = try channelsLast(x)
    try pool.run(blocks: samples * size.height, interrupt: interrupt) { row in
      let from = row / size.height * height * width * channels
      let to = row * size.width * channels
      rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
          guard let first = rows.baseAddress else { return }
          var meeting = hk_unfolding(
            width: width, channels: channels, R: kernelHeight, S: kernelWidth, Q: size.width,
            rows: first + row % size.height * kernelHeight, columns: columns.baseAddress)
          let places: UnsafeMutablePointer<Int64>? = indices.map { elements($0) + to }
          if x.type == .f32 {
            hk_max_pool_f32(start(x) + from, &meeting, elements(out) + to, places)
          } else {
            hk_max_pool_f64(start(x) + from, &meeting, elements(out) + to, places)
          }
        }
      }
    }
  }
}
