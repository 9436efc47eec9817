// SPDX-License-Identifier: MIT
import HengeBackend
import HengeImage
import HengeTensor

extension AugmentationDraw {
  /// What becomes of `image`, `[C, H, W]` of `f32` in `range`.
  func applied(
    to image: Tensor, _ options: Augmentation, range: ImageRange, _ groups: ChannelGroups?,
    _ loader: PictureLoader
  ) throws -> Tensor {
    var image = image
    var size = PictureSize(height: image.shape[1], width: image.shape[2])
    if let resize = options.resize {
      image = try image.resized(to: resize, loader)
      size = resize
    }
    if options.rotate > 0 { image = try turned(image, loader) }
    if let crop = options.crop {
      let corner = corner(of: crop, in: size)
      image = try image.cropped(
        to: [crop.height, crop.width], at: [corner.row, corner.column])
    }
    if isFlipped { image = try image.flipped([-1]) }
    if options.jitter > 0 { image = try jittered(image, range, groups, loader) }
    return try image.whole()
  }

  /// Bilinear, mirrored at the borders: black corners would be something to learn.
  private func turned(_ image: Tensor, _ loader: PictureLoader) throws -> Tensor {
    let size = PictureSize(height: image.shape[1], width: image.shape[2])
    return try Tensor(bytesOf: .f32, image.shape, on: loader.backend) { target in
      try image.withBytes { bytes in
        try turnPlanes(
          bytes.bindMemory(to: Float.self), planes: image.shape[0], of: size,
          into: target.bindMemory(to: Float.self), degrees: degrees, border: .reflect,
          pool: loader.pool, interrupt: loader.interrupt)
      }
    }
  }

  /// Brightness, contrast and saturation, as torchvision's `adjust_…` of values 0...1.
  ///
  /// Each blends with black, the mean gray, or each pixel's gray, and clips. Alpha and channels
  /// next to the picture stay.
  private func jittered(
    _ image: Tensor, _ range: ImageRange, _ groups: ChannelGroups?, _ loader: PictureLoader
  ) throws -> Tensor {
    let pixels = image.shape[1] * image.shape[2]
    let picture = groups.map { min($0.picture.count, image.shape[0]) } ?? image.shape[0]
    let channels = picture == 4 ? 3 : picture
    let isColor = channels == 3
    let (low, span) = (range.low, range.high - range.low)
    let flat = try image.whole()
    return try Tensor(bytesOf: .f32, image.shape, on: loader.backend) { target in
      try flat.withBytes { bytes in
        let source = bytes.bindMemory(to: Float.self)
        let result = target.bindMemory(to: Float.self)
        for index in source.indices { result[index] = source[index] }
        guard pixels > 0, channels > 0 else { return }
        func gray(_ pixel: Int) -> Double {
          guard isColor else { return Double(result[pixel]) }
          let (r, g, b) = (result[pixel], result[pixels + pixel], result[2 * pixels + pixel])
          return 0.2989 * Double(r) + 0.587 * Double(g) + 0.114 * Double(b)
        }
        func blend(_ index: Int, _ other: Double, _ factor: Double) {
          let value = Double(result[index]) * factor + other * (1 - factor)
          result[index] = Float(min(max(value, 0), 1))
        }
        let count = channels * pixels
        for index in 0..<count {
          result[index] = Float((Double(source[index]) - low) / span)
          blend(index, 0, brightness)
        }
        if isColor || channels == 1 {
          var sum = 0.0
          for pixel in 0..<pixels { sum += gray(pixel) }
          for index in 0..<count { blend(index, sum / Double(pixels), contrast) }
        } else {
          for channel in 0..<channels {
            var sum = 0.0
            for pixel in 0..<pixels { sum += Double(result[channel * pixels + pixel]) }
            for pixel in 0..<pixels {
              blend(channel * pixels + pixel, sum / Double(pixels), contrast)
            }
          }
        }
        if isColor {
          for pixel in 0..<pixels {
            let own = gray(pixel)
            for channel in 0..<3 { blend(channel * pixels + pixel, own, saturation) }
          }
        }
        for index in 0..<count { result[index] = Float(low + Double(result[index]) * span) }
      }
    }
  }
}

extension Tensor {
  /// An image `[C, H, W]` of `f32` at another size, bicubic and antialiased as Pillow's, within the
  /// values it has: the filter would go beyond them at edges.
  func resized(to size: PictureSize, _ loader: PictureLoader) throws -> Tensor {
    let own = PictureSize(height: shape[1], width: shape[2])
    if own == size { return self }
    let whole = try Shape([shape[0], size.height, size.width])
    let result = try Tensor(bytesOf: .f32, whole, on: loader.backend) { target in
      try withBytes { bytes in
        try resizePlanes(
          bytes.bindMemory(to: Float.self), planes: shape[0], from: own,
          into: target.bindMemory(to: Float.self), size: size, pool: loader.pool,
          budget: loader.budget, interrupt: loader.interrupt)
      }
    }
    return try result.clip(low: .tensor(minimum()), high: .tensor(maximum()))
      .moved(
        from: self,
        by: .resized(
          height: own.height, width: own.width, toHeight: size.height, width: size.width))
  }
}
