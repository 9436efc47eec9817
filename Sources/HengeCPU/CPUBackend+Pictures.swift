// SPDX-License-Identifier: MIT
internal import CHengeKernels
public import HengeBackend
internal import HengeThreads
internal import Synchronization

extension CPUBackend {
  /// Turns bytes `[N, H, W, C]` into planes `[N, C, H, W]` of `f32`.
  public func planes(from pixels: View, low: Float, high: Float, into out: Buffer) throws {
    let flat = try contiguous(pixels)
    let (count, channels) = (flat.sizes[1] * flat.sizes[2], flat.sizes[3])
    let (from, to) = (elements(flat.buffer, UInt8.self) + flat.offset, elements(out, Float.self))
    try eachPicture(flat.sizes[0], of: count * channels) { picture in
      hk_planes_from_pixels(
        from + picture * count * channels, to + picture * count * channels, count, channels, low,
        high)
    }
  }

  /// Turns planes `[N, C, H, W]` of `f32` into bytes `[N, H, W, C]`; returns how many were clipped.
  public func pixels(
    from planes: View, low: Float, high: Float, into bytes: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    precondition(bytes.count == planes.count, "an image has as many bytes as its planes elements")
    guard let to = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
    let flat = try contiguous(planes)
    let (channels, count) = (flat.sizes[1], flat.sizes[2] * flat.sizes[3])
    let from = elements(flat.buffer, Float.self) + flat.offset
    let clipped = Atomic<Int>(0)
    try eachPicture(flat.sizes[0], of: count * channels) { picture in
      let some = hk_pixels_from_planes(
        from + picture * count * channels, to + picture * count * channels, count, channels, low,
        high)
      clipped.add(some, ordering: .relaxed)
    }
    return clipped.load(ordering: .relaxed)
  }

  /// Calls `body` for each picture, on the pool where they are large enough together.
  private func eachPicture(_ pictures: Int, of size: Int, _ body: (Int) -> Void) throws {
    let perBlock = max(1, Walk.smallest / max(1, size))
    try pool.run(blocks: (pictures + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      for picture in block * perBlock..<min(pictures, (block + 1) * perBlock) { body(picture) }
    }
  }
}
