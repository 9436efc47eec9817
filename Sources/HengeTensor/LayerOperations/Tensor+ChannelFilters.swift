// SPDX-License-Identifier: MIT
package import HengeBackend

extension Tensor {
  /// A depthwise convolution: each channel with its own kernel, `y[n, c, p, q] = bias[c] + Σ x·w`.
  ///
  /// Shape: `[N, C, H, W]`, `[C, 1, R, S]` → `[N, C, P, Q]`; see ``Convolution``. For tensors off the tape:
  /// it has no gradient, and throws `E-tape` where one may be asked. Throws `E-shape` where channels or sizes
  /// do not match.
  package func filteredByChannel(
    _ weight: Tensor, bias: Tensor? = nil, _ places: Convolution
  ) throws -> Tensor {
    try refuseTape("a convolution of each channel")
    try weight.refuseTape("a convolution of each channel")
    try bias?.refuseTape("a convolution of each channel")
    guard rank == 4, weight.rank == 4, weight.shape[0] == shape[1], weight.shape[1] == 1,
      bias.map({ $0.shape.sizes == [shape[1]] }) ?? true, type.isFloat, weight.type == type,
      bias.map({ $0.type == type }) ?? true
    else {
      throw Failure(
        "E-shape",
        "kernels of \(weight.shape) do not fit the channels of \(type.rawValue) \(shape)",
        parameter: "x")
    }
    let size = places.outputSize(
      height: shape[2], width: shape[3], kernelHeight: weight.shape[2],
      kernelWidth: weight.shape[3])
    guard size.height > 0, size.width > 0 else {
      throw Failure.kernelTooLarge(weight.shape, over: shape)
    }
    let result = try Tensor.channelsLast(
      [shape[0], shape[1], size.height, size.width], type, on: backend)
    try backend.convolveByChannel(
      view, weight.view, bias: bias?.view, places, into: result.storage)
    return result
  }
}
