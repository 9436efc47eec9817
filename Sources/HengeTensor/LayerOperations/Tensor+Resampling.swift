// SPDX-License-Identifier: MIT
public import HengeBackend

// Downsampling and upsampling of feature maps, `[N, C, H, W]` → `[N, C, P, Q]`. All are weighted
// sums along one axis after the other; their gradient is the transposed sum.

extension Tensor {
  /// Each pixel `factor` times in both directions.
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, H·f, W·f]`.
  ///
  /// Throws `E-range` for a factor below 1.
  public func upsampledNearest(_ factor: Int) throws -> Tensor {
    try checkFactor(factor)
    return try resampledPlanes("upsample") { size in .nearest(size, factor: factor) }
  }

  /// Pixels between pixels, `factor` times as many in both directions.
  ///
  /// As PyTorch's bilinear interpolation with `align_corners=False`. Throws `E-range` for a factor
  /// below 1.
  public func upsampledBilinear(_ factor: Int) throws -> Tensor {
    try checkFactor(factor)
    return try resampledPlanes("upsample") { size in .linear(size, to: size * factor) }
  }

  /// Pixels between pixels at another size, without blurring first where that is smaller.
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, height, width]`. Throws `E-range` for a size below 1.
  public func upsampledBilinear(toHeight height: Int, width: Int) throws -> Tensor {
    guard height > 0, width > 0 else {
      throw Failure("E-range", "feature maps have sizes of 1 or more, not \(height)x\(width)")
    }
    try checkMaps("upsample")
    return try resampled(2, .linear(shape[2], to: height)).resampled(
      3, .linear(shape[3], to: width))
  }

  /// The images at another size, bilinear with antialiasing: as Pillow's bilinear filter, without
  /// rounding.
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, height, width]`. Throws `E-range` for a size below 1.
  public func resizedBilinear(toHeight height: Int, width: Int) throws -> Tensor {
    guard height > 0, width > 0 else {
      throw Failure("E-range", "images have sizes of 1 or more, not \(height)x\(width)")
    }
    try checkMaps("resize")
    return try resampled(2, .triangles(shape[2], to: height)).resampled(
      3, .triangles(shape[3], to: width))
  }

  /// A Gaussian blur of the last two axes.
  ///
  /// Each pixel becomes the mean of those around it, with the weights `exp(-d² / 2·deviation²)` along
  /// each axis, out to four deviations. Beyond its edges an image is mirrored.
  ///
  /// Shape: `[…, H, W]` → the same. Throws `E-type` for elements that are no floats, `E-shape` for fewer than
  /// two axes, `E-range` for a deviation below 0 or above 100.
  public func blurred(deviation: Double) throws -> Tensor {
    guard type.isFloat else {
      throw Failure(
        "E-type", "only floats can be blurred, not \(type.rawValue)", suggestion: "x.f32()",
        parameter: "x")
    }
    guard rank >= 2 else {
      throw Failure(
        "E-shape", "cannot blur \(shape): images have at least two axes", parameter: "x")
    }
    guard deviation >= 0, deviation <= 100 else {
      throw Failure(
        "E-range", "`sigma` must be from 0 to 100 pixels, not \(deviation)", parameter: "sigma")
    }
    guard deviation > 0, count > 0 else { return self }
    let (terms, side) = (
      2 * Resampling.gaussianRadius(deviation) + 1, max(shape[rank - 1], shape[rank - 2])
    )
    guard side <= Tensor.mostBlurTerms / terms else {
      throw Failure(
        "E-range",
        "with sigma \(deviation), images can have sides of \(Tensor.mostBlurTerms / terms) pixels, not \(side)",
        parameter: "sigma")
    }
    return try resampled(rank - 2, .gaussian(shape[rank - 2], deviation: deviation))
      .resampled(rank - 1, .gaussian(shape[rank - 1], deviation: deviation))
  }

  /// The most weights of an axis: 64 MB.
  private static let mostBlurTerms = 1 << 22

  /// The mean under each place of a kernel, zeros around the maps counting, as PyTorch's `AvgPool2d`.
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, P, Q]` with `P = (H + 2·padding - kernel) / stride + 1`, rounded
  /// down. Throws `E-range` for a padding beyond half the kernel, `E-shape` where the kernel is too
  /// large.
  public func averagePooled(kernel: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let stride = stride ?? kernel
    try checkPooling(kernel, stride, padding)
    return try resampledPlanes("average pooling") { size in
      .mean(size, kernel: kernel, stride: stride, padding: padding)
    }
  }

  /// The same with a kernel `[R, S]` at `places`, which has strides, dilations and paddings of each side.
  ///
  /// Padding counts as zeros, or does not count. What is beyond it, where the last place of the kernel
  /// begins inside and ends outside, never counts: `places` does not have it, and `extra` is its
  /// size. Throws what ``maxPooled(kernel:_:)`` throws.
  public func averagePooled(
    kernel: Convolution.Pair, _ places: Convolution, extra: Convolution.Pair = .init(0),
    countsPadding: Bool = true
  ) throws -> Tensor {
    var wide = places
    wide.vertical.after += extra.vertical
    wide.horizontal.after += extra.horizontal
    let size = try checkedWindows(kernel, wide)
    return try resampled(
      2,
      .mean(
        shape[2], outputs: size.height, kernel: kernel.vertical, stride: places.stride.vertical,
        places.vertical, dilation: places.dilation.vertical, countsPadding: countsPadding)
    ).resampled(
      3,
      .mean(
        shape[3], outputs: size.width, kernel: kernel.horizontal,
        stride: places.stride.horizontal, places.horizontal,
        dilation: places.dilation.horizontal, countsPadding: countsPadding))
  }

  /// Half as many pixels in both directions, after a blur by [1, 2, 1] that keeps them from beating.
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, (H + 1) / 2, (W + 1) / 2]`. [Zhang 2019]
  public func downsampledBlurred() throws -> Tensor {
    try checkMaps("a blur")
    guard min(shape[2], shape[3]) > 1 else {
      throw Failure("E-shape", "a blur mirrors maps of 2x2 or more, not \(shape)", parameter: "x")
    }
    return try resampledPlanes("a blur") { .blurredHalf($0) }
  }

  /// Twice as many pixels in both directions, blurred by [1, 3, 3, 1].
  ///
  /// Shape: `[N, C, H, W]` → `[N, C, 2·H, 2·W]`. [Zhang 2019]
  public func upsampledBlurred() throws -> Tensor {
    try resampledPlanes("a blur") { .blurredDouble($0) }
  }

  private func resampledPlanes(_ name: String, _ sums: (Int) -> Resampling) throws -> Tensor {
    try checkMaps(name)
    return try resampled(2, sums(shape[2])).resampled(3, sums(shape[3]))
  }

  /// `axis` made anew, each entry a weighted sum of entries.
  package func resampled(_ axis: Int, _ sums: Resampling) throws -> Tensor {
    precondition(sums.inputs == shape[axis], "sums are made for the axis that they read")
    let order = memoryOrder
    guard let place = order.firstIndex(of: axis) else {
      preconditionFailure("every axis has a place in memory")
    }
    var sizes = shape.sizes
    sizes[axis] = sums.outputs
    let result = try Tensor.empty(try Shape(sizes), type, inOrder: order, on: backend)
    try backend.resample(view.inOrder(order), axis: place, sums, into: result.storage)
    let resampled = Tensor.record("resampling", from: [self], result) { gradient, _ in
      [try gradient.resampled(axis, sums.transposed())]
    }
    // What is smaller than its source takes less memory than time.
    guard sums.outputs > sums.inputs, let recipe = node?.recipe else { return resampled }
    return resampled.withRecipe { try recipe().resampled(axis, sums) }
  }

  /// Throws `E-shape` unless this is a batch of feature maps with pixels.
  func checkMaps(_ name: String) throws {
    guard rank == 4, type.isFloat, shape[2] > 0, shape[3] > 0 else {
      throw Failure(
        "E-shape",
        "\(name) takes a batch of feature maps NxCxHxW, not \(type.rawValue) \(shape)",
        parameter: "x")
    }
  }

  /// Throws unless windows of `kernel` fit the maps.
  func checkPooling(_ kernel: Int, _ stride: Int, _ padding: Int) throws {
    try checkMaps("pooling")
    guard kernel > 0, stride > 0, padding >= 0, padding <= kernel / 2 else {
      throw Failure(
        "E-range",
        "pooling takes a kernel and a stride of 1 or more and a padding of at most half the kernel, not \(kernel), \(stride) and \(padding)"
      )
    }
    let room = min(shape[2], shape[3]).addingReportingOverflow(2 * padding)
    guard !room.overflow, room.partialValue >= kernel else {
      throw Failure(
        "E-shape", "pooling by \(kernel)x\(kernel) does not fit \(shape) padded by \(padding)",
        parameter: "x")
    }
  }

  /// The number of places of a kernel on the maps; throws unless each has an element of theirs.
  func checkedWindows(_ kernel: Convolution.Pair, _ places: Convolution) throws -> (
    height: Int, width: Int
  ) {
    try checkMaps("pooling")
    let (v, h) = (places.vertical, places.horizontal)
    let (rows, columns) = (
      places.dilation.vertical * (kernel.vertical - 1) + 1,
      places.dilation.horizontal * (kernel.horizontal - 1) + 1
    )
    guard min(kernel.vertical, kernel.horizontal) > 0,
      min(places.stride.vertical, places.stride.horizontal) > 0,
      min(places.dilation.vertical, places.dilation.horizontal) > 0,
      min(v.before, v.after, h.before, h.after) >= 0, max(v.before, v.after) < rows,
      max(h.before, h.after) < columns
    else {
      throw Failure(
        "E-range",
        "pooling takes kernels, strides and dilations of 1 or more and paddings below the kernel's size, not a kernel of \(rows)x\(columns) with paddings of \(v.before), \(h.before), \(v.after) and \(h.after)"
      )
    }
    let size = places.outputSize(
      height: shape[2], width: shape[3], kernelHeight: kernel.vertical,
      kernelWidth: kernel.horizontal)
    guard size.height > 0, size.width > 0 else {
      throw Failure(
        "E-shape", "pooling by \(rows)x\(columns) does not fit \(shape)", parameter: "x")
    }
    return size
  }

  private func checkFactor(_ factor: Int) throws {
    try checkMaps("upsample")
    let longest = max(shape[2], shape[3]).multipliedReportingOverflow(by: factor)
    guard factor > 0, !longest.overflow, longest.partialValue < 1 << 31 else {
      throw Failure("E-range", "cannot upsample \(shape) by \(factor)")
    }
  }
}

extension OpCheck {
  static let resampling = OpCheck(
    "resampling", sizes: { [maps(&$0, from: 3)] }, { try $0[0].upsampledNearest(2) },
    { try $0[0].upsampledBilinear(3) }, { try $0[0].upsampledBilinear(toHeight: 2, width: 9) },
    { try $0[0].resizedBilinear(toHeight: 2, width: 7) },
    { try $0[0].averagePooled(kernel: 3, stride: 2, padding: 1) },
    {
      try $0[0].averagePooled(
        kernel: .init(2, 3),
        Convolution(stride: .init(2, 1), vertical: .init(1, 0), horizontal: .init(0, 2)),
        countsPadding: false)
    },
    { try $0[0].downsampledBlurred() }, { try $0[0].upsampledBlurred() })
}
