// SPDX-License-Identifier: MIT
public import HengeBackend

extension Tensor {
  /// The largest element under each place of a kernel, as PyTorch's `MaxPool2d`.
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, P, Q]` with `P = (H + 2·padding - kernel) / stride + 1`, rounded
  /// down; what pads the maps is never the largest. NaN wins; of equal elements the first gets the
  /// gradient. Throws `E-range` for a padding beyond half the kernel, `E-shape` where the kernel is
  /// too large.
  public func maxPooled(kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let stride = stride ?? kernel
    try checkPooling(kernel, stride, padding)
    return try maxPooled(
      kernel: .init(kernel),
      Convolution(stride: .init(stride), vertical: .init(padding), horizontal: .init(padding)))
  }

  /// The same with a kernel `[R, S]` at `places`, which has strides, dilations and paddings of each side.
  ///
  /// Throws `E-range` where a place of the kernel could have padding only, `E-shape` where it is too large.
  public func maxPooled(kernel: Convolution.Pair, _ places: Convolution) throws -> Tensor {
    let size = try checkedWindows(kernel, places)
    let sizes = [shape[0], shape[1], size.height, size.width]
    let result = try Tensor.channelsLast(sizes, type, on: backend)
    // Only a gradient asks where the largest elements were.
    let indices = isOnTape ? try backend.allocate(result.count, .i64) : nil
    try backend.maxPool(
      view, places, kernelHeight: kernel.vertical, kernelWidth: kernel.horizontal,
      into: result.storage, indices: indices)
    guard let indices else { return result }
    let own = shape
    return Tensor.record("max pooling", from: [self], result) { gradient, _ in
      let slope = try gradient.permuted([0, 2, 3, 1]).reshaped([own[0], -1, own[1]])
      let dx = try Tensor.channelsLast(own.sizes, gradient.type, on: gradient.backend)
      try dx.backend.fill(View(dx.storage), with: .int(0))
      try dx.backend.addAlong(
        slope.view, axis: 1, indices: View(indices, sizes: slope.shape.sizes),
        to: View(dx.storage, sizes: [own[0], own[2] * own[3], own[1]]))
      return [dx]
    }
  }
}

extension OpCheck {
  static let maxPooling = OpCheck(
    "max pooling", sizes: { [maps(&$0, from: 3)] }, { try $0[0].maxPooled(kernel: 2) },
    { try $0[0].maxPooled(kernel: 3, stride: 1, padding: 1) },
    {
      try $0[0].maxPooled(
        kernel: .init(3, 2),
        Convolution(
          stride: .init(1, 2), vertical: .init(2, 0), horizontal: .init(0, 1),
          dilation: .init(1, 2)))
    })
}
