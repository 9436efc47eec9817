// SPDX-License-Identifier: MIT
internal import CCairo
internal import CHengeJPEG
internal import CHengePNG

/// The libraries that read, write and draw images, with their versions if they report one.
public let imageLibraries = [
  "libpng \(String(cString: henge_png_version()))", String(cString: henge_jpeg_version()),
  "cairo \(String(cString: cairo_version_string()))",
]
