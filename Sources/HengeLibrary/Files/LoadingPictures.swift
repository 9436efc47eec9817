// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

extension Session {
  /// The image in `bytes`, the file at `path`: shades in `range`, other numbers as they are.
  func picture(
    _ bytes: [UInt8], _ path: String, range: ImageRange, upright: Bool
  ) throws -> Tensor {
    let reader = PictureReader(budget: budget) { [note] name, remark in
      let remedy = remark.kind == .orientation ? "; upright=true rotates it" : ""
      note("\(quotedPath(name)) \(remark.words)\(remedy)")
    }
    switch try reader.contents(of: bytes, name: path, upright: upright) {
    case .pixels(let pixels): return try Tensor(pixels, range: range, on: backend)
    case .bands(let bands):
      note("\(quotedPath(path)) \(bands.words)\(bands.fate)")
      return try Tensor(bands, range: range, on: backend)
    }
  }
}

extension PictureBands {
  /// What becomes of the samples.
  fileprivate var fate: String {
    switch samples {
    case .u8, .u16: "; all are returned"
    case .integers, .floats, .doubles: ", returned as they are: `range` is not applied"
    }
  }
}

extension Tensor {
  /// An image of bands as planes `[C, H, W]`: shades f32 in `range`, other numbers as they are.
  fileprivate init(_ bands: PictureBands, range: ImageRange, on backend: any Backend) throws {
    let shape = try Shape([bands.height, bands.width, bands.bands])
    func shades(_ values: some Collection<some BinaryInteger>, most: Double) throws -> Tensor {
      let step = (range.high - range.low) / most
      return try Tensor(values.map { Float(range.low + Double($0) * step) }, shape, on: backend)
    }
    let stored =
      switch bands.samples {
      case .u8(let values): try shades(values, most: 255)
      case .u16(let values): try shades(values, most: 65535)
      case .integers(let values): try Tensor(values, shape, on: backend)
      case .floats(let values): try Tensor(values, shape, on: backend)
      case .doubles(let values): try Tensor(values, shape, on: backend)
      }
    self = try stored.permuted([2, 0, 1]).contiguous()
  }
}
