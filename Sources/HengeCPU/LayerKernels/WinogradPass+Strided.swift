// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeBackend

/// Filters of 3 x 3 or 4 x 4 with a stride of 2, whose even and odd rows and columns are computed
/// by Winograd's F(4 x 4, 2 x 2): 81 or 100 products instead of 144 or 256.
extension WinogradPass {
  /// From the input to the output, or nil where another method must serve.
  static func strided(
    _ backend: CPUBackend, _ convolution: Convolution, input: [Int], kernel: [Int]
  ) -> WinogradPass? {
    guard convolution.stride == .init(2), takes(convolution, kernel: kernel) else { return nil }
    let taps = kernel[2]
    let size = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: taps, kernelWidth: taps)
    let width = backend.kernels.panel
    return WinogradPass(
      backend: backend,
      shape: hk_winograd(
        height: input[2], width: input[3], channels: kernel[1], out_height: size.height,
        out_width: size.width, out_channels: kernel[0], top: convolution.vertical.before,
        left: convolution.horizontal.before, reflects: convolution.border == .reflection ? 1 : 0,
        tiles_down: (size.height + 3) / 4, tiles_across: (size.width + 3) / 4, first_rows: (0, 0),
        first_columns: (0, 0)),
      images: input[0], taps: taps,
      transforms: backend.kernels.stridedWinograd(taps: taps, isTransposed: false),
      input: Panels(kernel[1], phases: 4, width: width), output: Panels(kernel[0], width: width))
  }

  /// From the output to the input, as in a transposed convolution; `nil` if another method is
  /// needed.
  ///
  /// All phases of the result read the same tiles.
  static func transposed(
    _ backend: CPUBackend, _ convolution: Convolution, input: [Int], kernel: [Int]
  ) -> WinogradPass? {
    // Under a reflection the gradient at the padded image would have to be folded.
    guard convolution.stride == .init(2), convolution.border == .zero,
      takes(convolution, kernel: kernel)
    else { return nil }
    let taps = kernel[2]
    let size = convolution.outputSize(
      height: input[2], width: input[3], kernelHeight: taps, kernelWidth: taps)
    let rows = TransposedAxis(taps: taps, padding: convolution.vertical.before, size: input[2])
    let columns = TransposedAxis(taps: taps, padding: convolution.horizontal.before, size: input[3])
    let width = backend.kernels.panel
    return WinogradPass(
      backend: backend,
      shape: hk_winograd(
        height: size.height, width: size.width, channels: kernel[0], out_height: input[2],
        out_width: input[3], out_channels: kernel[1], top: rows.before, left: columns.before,
        reflects: 0, tiles_down: rows.tiles, tiles_across: columns.tiles, first_rows: rows.first,
        first_columns: columns.first),
      images: input[0], taps: taps,
      transforms: backend.kernels.stridedWinograd(taps: taps, isTransposed: true),
      input: Panels(kernel[0], width: width), output: Panels(kernel[1], phases: 4, width: width))
  }
}

/// The positions of the rows or columns of a transposed pass's result, and of what they read.
///
/// Output k of the phase of even taps reads the elements `k - before` and the next one; that of odd
/// taps reads both too, or only the first if there are three taps.
private struct TransposedAxis {
  let before: Int
  /// The row of output 0 of each phase; it may be before the image.
  let first: (even: Int, odd: Int)
  let tiles: Int

  init(taps: Int, padding: Int, size: Int) {
    let hasTwoOdd = taps == 4
    // As late as leaves no row out.
    before = hasTwoOdd ? (3 - padding) / 2 : (2 - padding) / 2
    first = (
      even: 2 * (1 - before) - padding, odd: 2 * ((hasTwoOdd ? 1 : 0) - before) + 1 - padding
    )
    let outputs = (size + 1 - min(first.even, first.odd)) / 2
    tiles = (outputs + 3) / 4
  }
}
