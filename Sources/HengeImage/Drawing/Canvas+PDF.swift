// SPDX-License-Identifier: MIT
internal import CHengeCairo
import HengeBackend

extension Canvas {
  /// A PDF file of one page of `width` x `height` points (1/72 inch), which `body` draws.
  ///
  /// The same drawing is always the same file: it contains no date.
  static func pdf(
    width: Double, height: Double, title: String, budget: MemoryBudget,
    _ body: (Canvas) throws -> Void
  ) throws -> [UInt8] {
    try openCairo()
    let file = PDFBytes()
    let stream = Unmanaged.passUnretained(file).toOpaque()
    let surface = cairo.pdf_surface_create_for_stream(
      { stream, bytes, count in
        guard let stream, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<PDFBytes>.fromOpaque(stream).takeUnretainedValue().bytes
          .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
      }, stream, width, height)
    guard let surface, let context = cairo.create(surface) else {
      preconditionFailure("cairo answers a failed creation with an object in error")
    }
    // An empty date is written as none, where cairo would write the time of the clock.
    cairo.pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
    if !title.isEmpty {
      cairo.pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, Canvas.printable(title))
    }
    try withExtendedLifetime(file) {
      let canvas = try Canvas(
        on: surface, context, width: Int(width), height: Int(height), budget: budget)
      try body(canvas)
      try canvas.check()
      cairo.surface_finish(surface)
      let status = cairo.surface_status(surface)
      guard status == CAIRO_STATUS_SUCCESS else { throw Failure.drawing(status) }
    }
    return file.bytes
  }
}

/// The bytes that cairo wrote.
private final class PDFBytes {
  var bytes: [UInt8] = []
}
