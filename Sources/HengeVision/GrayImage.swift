// SPDX-License-Identifier: MIT
internal import CHengeKernels
internal import HengeImage

/// A gray image of bytes, rows from the top.
struct GrayImage: Sendable, Equatable {
  let width: Int
  let height: Int
  let bytes: [UInt8]

  /// How colors become gray.
  enum Rule {
    /// Rec. 601 luma in 15-bit fixed point, as OpenCV's `cvtColor`.
    case luma
    /// `(r + g + b) / 3`, rounded down, as dlib.
    case mean
  }

  init(width: Int, height: Int, bytes: [UInt8]) {
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// The colors of `pixels` by `rule`; alpha is left out.
  init(_ pixels: Pixels, by rule: Rule) {
    width = pixels.width
    height = pixels.height
    let channels = pixels.channels
    switch channels {
    case 1: bytes = pixels.bytes
    case 2: bytes = stride(from: 0, to: pixels.bytes.count, by: 2).map { pixels.bytes[$0] }
    default:
      let size = width * height
      bytes = [UInt8](unsafeUninitializedCapacity: size) { gray, count in
        switch rule {
        case .luma:
          henge_gray_luma_u8(pixels.bytes, Int32(channels), gray.baseAddress, Int64(size))
        case .mean:
          henge_gray_mean_u8(pixels.bytes, Int32(channels), gray.baseAddress, Int64(size))
        }
        count = size
      }
    }
  }

  /// The image with `margin` pixels more on each side, which repeat its edge.
  func padded(_ margin: Int) -> GrayImage {
    guard margin > 0, width > 0, height > 0 else { return self }
    var wide: [UInt8] = []
    wide.reserveCapacity((width + 2 * margin) * (height + 2 * margin))
    for y in -margin..<(height + margin) {
      let row = bytes[(min(max(y, 0), height - 1) * width)...].prefix(width)
      wide.append(contentsOf: repeatElement(row[row.startIndex], count: margin))
      wide.append(contentsOf: row)
      wide.append(contentsOf: repeatElement(row[row.endIndex - 1], count: margin))
    }
    return GrayImage(width: width + 2 * margin, height: height + 2 * margin, bytes: wide)
  }
}
