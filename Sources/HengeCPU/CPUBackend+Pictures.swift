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
    try eachPart(ofPictures: flat.sizes[0], pixels: count, channels: channels) { picture, part in
      let start = picture * count * channels
      hk_planes_from_pixels(
        from + start + part.lowerBound * channels, to + start + part.lowerBound, part.count, count,
        channels, low, high)
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
    try eachPart(ofPictures: flat.sizes[0], pixels: count, channels: channels) { picture, part in
      let start = picture * count * channels
      let some = hk_pixels_from_planes(
        from + start + part.lowerBound, to + start + part.lowerBound * channels, part.count, count,
        channels, low, high)
      clipped.add(some, ordering: .relaxed)
    }
    return clipped.load(ordering: .relaxed)
  }

  /// Calls `body` for the pixels of each image, small images together on one thread and large ones in
  /// parts.
  private func eachPart(
    ofPictures pictures: Int, pixels: Int, channels: Int,
    _ body: (_ picture: Int, _ part: Range<Int>) -> Void
  ) throws {
    let most = max(1, CPUBackend.largestPart / max(1, channels))
    let parts = max(1, (pixels + most - 1) / most)
    let perBlock = max(1, Walk.smallest / max(1, min(pixels, most) * channels))
    let all = pictures * parts
    try pool.run(blocks: (all + perBlock - 1) / perBlock, interrupt: interrupt) { block in
      for number in block * perBlock..<min(all, (block + 1) * perBlock) {
        let first = number % parts * most
        body(number / parts, first..<min(pixels, first + most))
      }
    }
  }

  /// Samples of an image that are turned between two looks at Ctrl-C.
  private static let largestPart = 1 << 20
}
