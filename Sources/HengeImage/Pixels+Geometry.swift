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
    let converted = [UInt8](unsafeUninitializedCapacity: area * wanted.count) { buffer, count in
      if let start = buffer.baseAddress {
        henge_convert_u8(bytes, Int32(channels), start, Int32(wanted.count), Int64(area))
      }
      count = area * wanted.count
    }
    return Pixels(height: height, width: width, channels: wanted.count, bytes: converted)
  }

  /// The part of `height` rows from row `top` and `width` pixels from column `left` on.
  ///
  /// Throws `E-range` if it reaches over an edge.
  public func cropped(top: Int, left: Int, height: Int, width: Int) throws -> Pixels {
    guard
      top >= 0, left >= 0, height >= 0, width >= 0, height <= self.height, width <= self.width,
      top <= self.height - height, left <= self.width - width
    else {
      throw Failure.cropOutside(
        "\(height)x\(width) from row \(top), column \(left) on", of: self)
    }
    func part<Sample>(_ samples: [Sample]) -> [Sample] {
      var part: [Sample] = []
      part.reserveCapacity(height * width * channels)
      for row in top..<top + height {
        let start = (row * self.width + left) * channels
        part += samples[start..<start + width * channels]
      }
      return part
    }
    return Pixels(
      height: height, width: width, channels: channels, bytes: part(bytes), wide: wide.map(part))
  }

  /// The image flipped horizontally: left and right exchanged.
  public func flippedHorizontally() -> Pixels {
    rearranged { row, column in row * width + (width - 1 - column) }
  }

  /// The image flipped vertically: top and bottom exchanged.
  public func flippedVertically() -> Pixels {
    rearranged { row, column in (height - 1 - row) * width + column }
  }

  /// An image of the same size, each pixel taken from the position that `source` returns.
  private func rearranged(_ source: (_ row: Int, _ column: Int) -> Int) -> Pixels {
    func moved<Sample>(_ samples: [Sample]) -> [Sample] {
      var moved: [Sample] = []
      moved.reserveCapacity(samples.count)
      for row in 0..<height {
        for column in 0..<width {
          let start = source(row, column) * channels
          for channel in 0..<channels { moved.append(samples[start + channel]) }
        }
      }
      return moved
    }
    return Pixels(
      height: height, width: width, channels: channels, bytes: moved(bytes), wide: wide.map(moved))
  }

  /// The picture centred on black, transparent where it has an alpha, of `height` x `width`.
  ///
  /// It must not be larger than that; an odd difference leaves the extra row or column where Pillow
  /// does: the offset is rounded to even.
  func centred(height: Int, width: Int) -> Pixels {
    func offset(_ space: Int) -> Int { Int((Double(space) * 0.5).rounded(.toNearestOrEven)) }
    let top = offset(height - self.height)
    let left = offset(width - self.width)
    var padded = [UInt8](repeating: 0, count: height * width * channels)
    for row in 0..<self.height {
      let start = ((top + row) * width + left) * channels
      let line = row * self.width * channels
      padded.replaceSubrange(
        start..<start + self.width * channels, with: bytes[line..<line + self.width * channels])
    }
    return Pixels(height: height, width: width, channels: channels, bytes: padded)
  }
}
