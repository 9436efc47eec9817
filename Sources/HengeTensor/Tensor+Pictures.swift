// SPDX-License-Identifier: MIT
internal import HengeBackend

extension Tensor {
  /// Bytes of pixels, `u8` `[H, W, C]` or `[N, H, W, C]`, as `f32` images `[C, H, W]` or `[N, C, H,
  /// W]`.
  ///
  /// A byte becomes `low + byte · (high - low) / 255`. Throws `E-shape` for another number of axes,
  /// `E-type` for other elements, `E-range` unless low and high are finite and differ.
  public func planes(low: Float = -1, high: Float = 1) throws -> Tensor {
    guard type == .u8 else {
      throw Failure.wrongType("planes", type, wants: "u8", try: "u8(x)")
    }
    let (pictures, isBatch) = try batch("images are HxWxC or NxHxWxC")
    try Tensor.checkRange(low, high)
    let s = pictures.shape
    let result = try Tensor.empty(try Shape([s[0], s[3], s[1], s[2]]), .f32, on: backend)
    try backend.planes(from: pictures.view, low: low, high: high, into: result.storage)
    return isBatch ? result : try result.selecting([.at(0)])
  }

  /// Images `[C, H, W]` or `[N, C, H, W]` as bytes of pixels, `[H, W, C]` or `[N, H, W, C]`.
  ///
  /// The inverse of ``planes(low:high:)``, rounded to the nearest and clamped to 0...255. `clipped`
  /// counts the elements that were outside `low`...`high` by more than half a step, and NaN, which
  /// becomes 0. Throws `E-shape` for another number of axes, `E-range` as ``planes(low:high:)``.
  public func pixels(low: Float = -1, high: Float = 1) throws -> (bytes: [UInt8], clipped: Int) {
    let (images, _) = try cast(to: .f32).batch("images are CxHxW or NxCxHxW")
    try Tensor.checkRange(low, high)
    var clipped = 0
    let bytes = try [UInt8](unsafeUninitializedCapacity: images.count) { buffer, count in
      let room = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<images.count])
      clipped = try backend.pixels(from: images.view, low: low, high: high, into: room)
      count = images.count
    }
    return (bytes, clipped)
  }

  private func batch(_ shapes: String) throws -> (Tensor, isBatch: Bool) {
    guard rank == 3 || rank == 4 else { throw Failure("E-shape", "\(shapes), not \(shape)") }
    return rank == 4 ? (self, true) : (try expanded(at: 0), false)
  }

  private static func checkRange(_ low: Float, _ high: Float) throws {
    guard low.isFinite, high.isFinite, low != high else {
      throw Failure(
        "E-range", "a range needs two different finite numbers, not (\(low), \(high))",
        suggestion: "range=(-1, 1) or (0, 255)", parameter: "range")
    }
  }
}
