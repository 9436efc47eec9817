// SPDX-License-Identifier: MIT
internal import CHengeCairo
internal import CHengeJPEG
internal import CHengePNG

/// The libraries that read, write and draw images, with their versions if they report one.
public var imageLibraries: [String] {
  [
    "libpng \(String(cString: henge_png_version()))", String(cString: henge_jpeg_version()),
    henge_cairo_fault() == nil
      ? "cairo \(text(of: cairo.version_string()))" : "cairo: not installed",
  ]
}
