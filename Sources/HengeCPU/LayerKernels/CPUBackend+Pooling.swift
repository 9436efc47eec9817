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
    let x = try channelsLast(x)
    try eachOutputRow(of: x, places, kernelHeight, kernelWidth) { meeting, from, to in
      let places: UnsafeMutablePointer<Int64>? = indices.map { elements($0) + to }
      if x.type == .f32 {
        hk_max_pool_f32(start(x) + from, meeting, elements(out) + to, places)
      } else {
        hk_max_pool_f64(start(x) + from, meeting, elements(out) + to, places)
      }
    }
  }

  /// Each channel of `x [N, C, H, W]` with its own kernel of `weight [C, 1, R, S]`, into `[N, P, Q, C]`.
  public func convolveByChannel(
    _ x: View, _ weight: View, bias: View?, _ places: Convolution, into out: Buffer
  ) throws {
    if out.count == 0 { return }
    let (x, bias) = (try channelsLast(x), try bias.map(contiguous))
    let (height, width) = (weight.sizes[2], weight.sizes[3])
    let taps = try contiguous(weight.inOrder([2, 3, 1, 0]))
    func run<T>(
      _ kernel: (
        UnsafePointer<T>?, UnsafePointer<hk_unfolding>?, UnsafePointer<T>?, UnsafePointer<T>?,
        UnsafeMutablePointer<UnsafePointer<T>?>?, UnsafeMutablePointer<Int>?,
        UnsafeMutablePointer<T>?
      ) -> Void
    ) throws {
      try eachOutputRow(of: x, places, height, width) { meeting, from, to in
        withUnsafeTemporaryAllocation(of: UnsafePointer<T>?.self, capacity: height * width) {
          pointers in
          withUnsafeTemporaryAllocation(of: Int.self, capacity: height * width) { starts in
            kernel(
              start(x, T.self) + from, meeting, start(taps, T.self), bias.map { start($0, T.self) },
              pointers.baseAddress, starts.baseAddress, elements(out, T.self) + to)
          }
        }
      }
    }
    x.type == .f32 ? try run(hk_filter_channels_f32) : try run(hk_filter_channels_f64)
  }

  /// Calls `body` for each row of outputs of a kernel over `x [N, H, W, C]`: what the row meets, the
  /// first element of its image, and of its results.
  private func eachOutputRow(
    of x: View, _ places: Convolution, _ kernelHeight: Int, _ kernelWidth: Int,
    _ body: (_ meeting: UnsafePointer<hk_unfolding>, _ from: Int, _ to: Int) -> Void
  ) throws {
    let (samples, height, width, channels) = (x.sizes[0], x.sizes[1], x.sizes[2], x.sizes[3])
    let size = places.outputSize(
      height: height, width: width, kernelHeight: kernelHeight, kernelWidth: kernelWidth)
    let rows = places.inputRows(height: height, outputs: size.height, kernel: kernelHeight)
      .map(Int64.init)
    let columns = places.inputColumns(width: width, outputs: size.width, kernel: kernelWidth)
      .map(Int64.init)
    // Rows of all images are cut into blocks by their length alone.
    let all = samples * size.height
    let perBlock = max(
      1, Walk.smallest / max(1, size.width * channels * kernelHeight * kernelWidth))
    try pool.run(blocks: (all + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
          guard let first = rows.baseAddress else { return }
          for row in block * perBlock..<min(all, (block + 1) * perBlock) {
            let meeting = hk_unfolding(
              width: width, channels: channels, R: kernelHeight, S: kernelWidth, Q: size.width,
              rows: first + row % size.height * kernelHeight, columns: columns.baseAddress)
            withUnsafePointer(to: meeting) {
              body(
                $0, row / size.height * height * width * channels, row * size.width * channels)
            }
          }
        }
      }
    }
  }
}
