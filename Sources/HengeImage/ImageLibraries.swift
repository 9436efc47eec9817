// SPDX-License-Identifier: MIT
internal import CCairo
internal import CHengePNG

/// The libraries that read, write and draw pictures, with their versions where they tell one.
public let imageLibraries = [
  "libpng \(String(cString: henge_png_version()))", "TurboJPEG",
  "cairo \(String(cString: cairo_version_string()))",
]
