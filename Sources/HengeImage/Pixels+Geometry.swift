// SPDX-License-Identifier: MIT
import CHengeKernels
public import HengeBackend

/// The channels of a pixel.
public enum PictureChannels: String, Sendable, CaseIterable {
  /// Red, green, blue; alpha is dropped, gray repeated.
  case rgb
  /// Luma by Rec. 601, as Pillow computes it: `(19595 R + 38470 G + 7471 B + 32768) >> 16`.
  case gray
  /// Red, green, blue, alpha; a missing alpha is 255.
  case rgba

  /// Samples in a pixel.
  public var count: Int {
    switch self {
    case .rgb: 3
    case .gray: 1
    case .rgba: 4
    }
  }
}

extension Pixels {
  /// The image with other channels; 16-bit samples are kept only if nothing changes.
  ///
  /// Throws `E-memory`.
  public func converted(to wanted: PictureChannels, budget: MemoryBudget) throws -> Pixels {
    guard wanted.count != channels else { return self }
    let area = height * width
    try budget.reserve(area * wanted.count, for: "converting an image")
    defer { budget.release(area * wanted.count) }
    let converted = try bytes.withUnsafeBufferPointer { from in
      try [UInt8](unsafeUninitializedCapacity: area * wanted.count) { buffer, count in
        if let from = from.baseAddress, let to = buffer.baseAddress {
          try budget.inStretches(area) { stretch in
            henge_convert_u8(
              from + stretch.lowerBound * channels, Int32(channels),
              to + stretch.lowerBound * wanted.count, Int32(wanted.count), Int64(stretch.count))
          }
        }
        count = area * wanted.count
      }
    }
    return Pixels(height: height, width: width, channels: wanted.count, bytes: converted)
  }

  /// The part of `height` rows from row `top` and `width` pixels from column `left` on.
  ///
  /// Throws `E-range` if it reaches over an edge, and what the budget's owner stops by.
  public func cropped(
    top: Int, left: Int, height: Int, width: Int, budget: MemoryBudget
  ) throws -> Pixels {
    guard
      top >= 0, left >= 0, height >= 0, width >= 0, height <= self.height, width <= self.width,
      top <= self.height - height, left <= self.width - width
    else {
      throw Failure.cropOutside(
        "\(height)x\(width) from row \(top), column \(left) on", of: self)
    }
    func part<Sample: BitwiseCopyable>(_ samples: [Sample]) throws -> [Sample] {
      try samples.withUnsafeBufferPointer { samples in
        try budget.makeRows(height, of: width * channels) { row, to in
          let start = ((top + row) * self.width + left) * channels
          for index in 0..<width * channels { to[index] = samples[start + index] }
        }
      }
    }
    return Pixels(
      height: height, width: width, channels: channels, bytes: try part(bytes),
      wide: try wide.map(part))
  }

  /// The picture centred on black, transparent where it has an alpha, of `height` x `width`.
  ///
  /// It must not be larger than that; an odd difference leaves the extra row or column where Pillow
  /// does: the offset is rounded to even.
  func centred(height: Int, width: Int, budget: MemoryBudget) throws -> Pixels {
    func offset(_ space: Int) -> Int { Int((Double(space) * 0.5).rounded(.toNearestOrEven)) }
    let top = offset(height - self.height)
    let left = offset(width - self.width)
    let (own, line) = (self.width * channels, left * channels)
    let padded: [UInt8] = try bytes.withUnsafeBufferPointer { bytes in
      try budget.makeRows(height, of: width * channels) { row, to in
        to.update(repeating: 0, count: width * channels)
        guard row >= top, row < top + self.height, let from = bytes.baseAddress else { return }
        (to + line).update(from: from + (row - top) * own, count: own)
      }
    }
    return Pixels(height: height, width: width, channels: channels, bytes: padded)
  }
}
