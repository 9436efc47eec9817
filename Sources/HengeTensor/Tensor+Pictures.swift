// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Bytes of pictures, `u8` `[N, H, W, C]`, as images `[N, C, H, W]` of `f32`: 0 becomes `low`, 255 `high`.
  ///
  /// Throws `E-shape` for another number of axes and `E-type` for other elements.
  public func planes(low: Float, high: Float) throws -> Tensor {
    guard type == .u8 else {
      throw Failure.wrongType("planes", type, wants: "u8", try: "u8(x)")
    }
    guard rank == 4 else {
      throw Failure("E-shape", "pictures are NxHxWxC, not \(shape)")
    }
    let result = try Tensor.empty(
      Shape([shape[0], shape[3], shape[1], shape[2]]), .f32, on: backend)
    try backend.planes(from: view, low: low, high: high, into: result.storage)
    return result
  }

  /// Images `[N, C, H, W]` as bytes of pictures, `u8` `[N, H, W, C]`, rounded and clamped to 0...255.
  ///
  /// `clipped` counts the elements that lay outside `low`...`high` by more than half a step. Throws
  /// `E-shape` for another number of axes.
  public func pixels(low: Float, high: Float) throws -> (bytes: Tensor, clipped: Int) {
    guard rank == 4 else {
      throw Failure("E-shape", "images are NxCxHxW, not \(shape)")
    }
    let images = try cast(to: .f32)
    let result = try Tensor.empty(
      Shape([shape[0], shape[2], shape[3], shape[1]]), .u8, on: backend)
    let clipped = try backend.pixels(from: images.view, low: low, high: high, into: result.storage)
    return (result, clipped)
  }
}
