// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

extension Tensor {
  /// An image as planes `[C, H, W]`, f32 in `range`; 16-bit samples keep their precision.
  init(_ pixels: Pixels, range: ImageRange, on backend: any Backend) throws {
    let shape = try Shape([pixels.height, pixels.width, pixels.channels])
    guard let wide = pixels.wide else {
      self = try Tensor(pixels.bytes, shape, on: backend)
        .planes(low: Float(range.low), high: Float(range.high))
      return
    }
    let step = (range.high - range.low) / 65535
    let samples = try Tensor(wide.map { Float(range.low + Double($0) * step) }, shape, on: backend)
    self = try samples.permuted([2, 0, 1]).contiguous()
  }
}

/// `part` of `whole` in percent, two digits or whole: `0.5`, `12`, `100`; never 100 for a part.
func shownPercent(_ part: Int, of whole: Int) -> String {
  let percent = 100 * Double(part) / Double(max(1, whole))
  if part < whole && percent > 99 { return "over 99" }
  return percent >= 10 ? percent.fixed(decimals: 0) : percent.general(digits: 2)
}

/// Built-ins that save and show images.
func pictures(_ session: Session) -> [Builtin] {
  let range = Parameter(
    "range", "Values of black and white.", default: [-1.0, 1.0])
  return [
    Builtin(
      "save_png",
      "Saves an image as a PNG file with 8 bits per channel. Values outside the range are clipped, and a note reports how many.",
      Parameter(
        "x",
        "An image, [H, W] or [C, H, W] with 1 to 4 channels; of 2 and 4 channels, the last is drawn next to the others, in its own range."
      ),
      Parameter("path", "Path of the file. A relative path is inside the output folder."), range,
      Parameter(
        "alpha", "Whether the last of 2 or 4 channels is saved as transparency.", default: false,
        isKeywordOnly: true),
      examples: [
        Example("save_png(zeros(3x8x8), \"gray.png\")\nload(\"gray.png\").shape\n#=> 3x8x8")
      ],
      seeAlso: ["load", "show", "grid"], errors: ["E-shape", "E-file"]
    ) { (call: Call, x: Tensor, path: String, range: [Double], alpha: Bool) in
      let (pixels, clipped) = try x.picture(range: try ImageRange(range), hasAlpha: alpha)
      if clipped > 0 {
        let percent = shownPercent(clipped, of: x.count)
        call.note(
          "\(path): \(clipped) values (\(percent) %) were outside \(range[0])..\(range[1]) and were clipped"
        )
      }
      try session.supplement?(.pixels(PixelDisplay(pixels, caption: path)))
      return try session.write(path, as: [".png"], of: "an image") {
        try AtomicFile.write(
          encodePNG(pixels, budget: session.budget), to: $0, budget: session.budget)
      }
    },
    Builtin(
      "show",
      """
      Shows an image, or a description where the terminal cannot draw. Of several images (a batch, \
      a dataset, a list) the first 64 are shown as a grid. Feature maps of more than 4 channels are shown as gray \
      tiles, each scaled to its own range.
      """,
      Parameter(
        "x", "An image [H, W] or [C, H, W], a batch [N, C, H, W], a dataset, or a list of images."),
      Parameter("caption", "Text below the image.", default: ""), range,
      Parameter("cols", "Number of images per row of the grid.", default: 8, isKeywordOnly: true),
      examples: [Example("show(zeros(3x8x8))", gives: nil)], seeAlso: ["save_png", "grid"],
      errors: ["E-shape", "E-range"]
    ) { (call: Call, x: PictureList, caption: String, range: [Double], cols: Int) in
      let (pixels, words) = try x.shown(
        range: try ImageRange(range), columns: cols, Montage(budget: session.budget))
      let line = [caption, words].filter { !$0.isEmpty }.joined(separator: "  ")
      var display = PixelDisplay(pixels, caption: line.isEmpty ? nil : line)
      display.coarse = Tensor.from(x.value).flatMap(session.coarsePictures.picture(of:))
      try call.show(.pixels(display))
      return Nothing.nothing
    },
    Builtin(
      "show", "Shows a plot.", Parameter("x", "A plot, made by plot() or hist()."),
      examples: [Example("show(plot([3, 1, 2]))", gives: nil)], seeAlso: ["plot"]
    ) { (call: Call, x: PlotObject) in
      for display in try x.displays(width: call.width) { try call.show(display) }
      return Nothing.nothing
    },
    Builtin(
      "to_gray",
      "Converts color images to grayscale: the luminance 0.299 R + 0.587 G + 0.114 B, one channel.",
      Parameter("x", "An image [3, H, W] or a batch [N, 3, H, W]."),
      examples: [Example("to_gray(ones(3x4x4)).shape", gives: "1x4x4")], errors: ["E-shape"]
    ) { (x: Tensor) in
      guard x.rank >= 3, x.shape[x.rank - 3] == 3 else {
        throw Failure("E-shape", "\(x.shape) does not have three color channels", parameter: "x")
      }
      let weights = try Tensor(
        [0.299, 0.587, 0.114] as [Float], try Shape([3, 1, 1]), on: x.backend)
      return try (x * weights).sum([-3], keepingAxes: true)
    }.alsoCalled("grayscale", "greyscale", "gray scale", "rgb2gray", "black and white")
      .inPlaceOf(
        "hsv", "hue", "color space",
        advice: "images have the channels R, G and B, and to_gray(x) returns their luminance"
      )
      .inPlaceOf(
        "sobel", "edge detection",
        advice: "abs(x[:, :, 1:] - x[:, :, :-1]) shows the vertical edges of an image"),
    Builtin(
      "histogram_match",
      "Returns images with the histograms of a target image, channel by channel: the colors of the target with the content of the images. As skimage's match_histograms, each value becomes the target's value of the same rank, interpolated linearly.",
      Parameter(
        "x", "An image [C, H, W] or a batch [N, C, H, W], whose images are matched one by one."),
      Parameter("target", "One image, [C, h, w], of the same channels and any size."),
      examples: [
        Example(
          """
          x = tensor([[[1, 2], [3, 4]]])
          target = tensor([[[10, 20, 30, 40]]])
          histogram_match(x, target)[0, 1, 1]
          #=> 40.0
          """),
        Example(
          """
          photo = faces("photo", 1)[0]
          anime = faces("anime", 1)[0]
          histogram_match(photo, anime).shape
          #=> 3x64x64
          """),
      ], seeAlso: ["to_gray", "quantile", "augment"], errors: ["E-shape", "E-finite"]
    ) { (x: Tensor, target: Tensor) in try x.matchingHistogram(of: target) },
  ]
}
