// SPDX-License-Identifier: MIT
internal import CHengeCairo
import HengeBackend

extension Canvas {
  /// Blurs by averaging each pixel with those `radius` pixels left, right, above and below: weights
  /// 1 2 1 in each direction.
  ///
  /// For opaque images; the edge repeats. Costs four half-transparent copies of the image.
  public func soften(radius: Double) throws {
    for step in [Point(radius, 0), Point(0, radius)] {
      guard
        let copy = cairo.surface_create_similar_image(
          surface, CAIRO_FORMAT_ARGB32, Int32(width), Int32(height)),
        let painter = cairo.create(copy)
      else { preconditionFailure("cairo answers a failed creation with an object in error") }
      cairo.set_source_surface(painter, surface, 0, 0)
      cairo.paint(painter)
      let status = cairo.status(painter)
      cairo.destroy(painter)
      defer { cairo.surface_destroy(copy) }
      guard status == CAIRO_STATUS_SUCCESS else { throw Failure.drawing(status) }
      saving {
        cairo.identity_matrix(context)
        // Opacities 1/3 and 1/4 over the centre leave the weights 1/2, 1/4 and 1/4.
        for (shift, alpha) in [(1.0, 1.0 / 3), (-1.0, 1.0 / 4)] {
          cairo.set_source_surface(context, copy, checked(step.x * shift), checked(step.y * shift))
          cairo.pattern_set_extend(cairo.get_source(context), CAIRO_EXTEND_PAD)
          cairo.paint_with_alpha(context, alpha)
        }
      }
    }
  }

  /// Draws an image in RGB, stretched to `width` x `height` units, its left upper corner at `corner`.
  ///
  /// Throws what cairo reports.
  func draw(_ picture: Pixels, at corner: Point, width: Double, height: Double) throws {
    precondition(picture.channels == 3, "an image that is drawn is RGB")
    guard
      let image = cairo.image_surface_create(
        CAIRO_FORMAT_RGB24, Int32(picture.width), Int32(picture.height))
    else { preconditionFailure("cairo answers a failed creation with an object in error") }
    defer { cairo.surface_destroy(image) }
    let status = cairo.surface_status(image)
    guard status == CAIRO_STATUS_SUCCESS, let data = cairo.image_surface_get_data(image) else {
      throw Failure.drawing(status)
    }
    cairo.surface_flush(image)
    let stride = Int(cairo.image_surface_get_stride(image))
    for y in 0..<picture.height {
      let row = UnsafeMutableRawPointer(data + y * stride)
      for x in 0..<picture.width {
        let at = 3 * (y * picture.width + x)
        let (red, green, blue) = (picture.bytes[at], picture.bytes[at + 1], picture.bytes[at + 2])
        row.storeBytes(
          of: UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), toByteOffset: 4 * x,
          as: UInt32.self)
      }
    }
    cairo.surface_mark_dirty(image)
    saving {
      transform(.translation(corner))
      transform(.scale(width / Double(picture.width), height / Double(picture.height)))
      cairo.set_source_surface(context, image, 0, 0)
      cairo.pattern_set_extend(cairo.get_source(context), CAIRO_EXTEND_PAD)
      cairo.rectangle(context, 0, 0, Double(picture.width), Double(picture.height))
      cairo.fill(context)
    }
  }

  /// The drawing as RGB (the opacity dropped) or, with `alpha`, as RGBA, not premultiplied.
  public func pixels(alpha: Bool = false) throws -> Pixels {
    try check()
    cairo.surface_flush(surface)
    let stride = Int(cairo.image_surface_get_stride(surface))
    guard let data = cairo.image_surface_get_data(surface) else {
      preconditionFailure("an image surface without error has data")
    }
    let channels = alpha ? 4 : 3
    let bytes: [UInt8] = try budget.makeRows(height, of: width * channels) { y, out in
      let row = UnsafeRawPointer(data + y * stride)
      for x in 0..<width {
        // A pixel is one native word, opacity in the highest byte, colors multiplied by opacity.
        let word = row.load(fromByteOffset: 4 * x, as: UInt32.self)
        let (opacity, at) = (word >> 24, x * channels)
        for channel in 0..<3 {
          let value = word >> UInt32(16 - 8 * channel) & 255
          out[at + channel] = Canvas.unscaled(value, opacity)
        }
        if alpha { out[at + 3] = UInt8(opacity) }
      }
    }
    return Pixels(height: height, width: width, channels: channels, bytes: bytes)
  }

  private static func unscaled(_ value: UInt32, _ opacity: UInt32) -> UInt8 {
    switch opacity {
    case 255: UInt8(value)
    case 0: 0
    default: UInt8(min(255, (value * 255 + opacity / 2) / opacity))
    }
  }
}
