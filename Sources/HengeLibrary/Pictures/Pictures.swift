// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

extension Tensor {
  /// A picture as planes `[C, H, W]`, f32 in `range`; 16-bit samples keep their precision.
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

  /// The picture that planes `[C, H, W]` or one plane `[H, W]` are, and how many values were clipped.
  func picture(range: ImageRange) throws -> (pixels: Pixels, clipped: Int) {
    var planes = self
    if rank == 2 { planes = try expanded(at: 0) }
    if rank == 4, shape[0] == 1 { planes = try selecting([.at(0)]) }
    guard planes.rank == 3, (1...4).contains(planes.shape[0]), planes.count > 0 else {
      throw Failure(
        "E-shape", "\(shape) is not a picture",
        notes: ["a picture is HxW or CxHxW with 1 to 4 channels"]
          + (count == 0 ? ["this has no pixels"] : []),
        suggestion: count == 0 ? nil : rank == 4 ? "grid(x)" : rank == 3 ? "tiles(x)" : nil,
        parameter: "x")
    }
    let (bytes, clipped) = try planes.pixels(low: Float(range.low), high: Float(range.high))
    let pixels = Pixels(
      height: planes.shape[1], width: planes.shape[2], channels: planes.shape[0],
      bytes: try bytes.bytes())
    return (pixels, clipped)
  }
}

/// `part` of `whole` in percent, two digits or whole: `0.5`, `12`, `100`; never 100 for a part.
func shownPercent(_ part: Int, of whole: Int) -> String {
  let percent = 100 * Double(part) / Double(max(1, whole))
  if part < whole && percent > 99 { return "over 99" }
  return percent >= 10 ? percent.fixed(decimals: 0) : percent.general(digits: 2)
}

/// Built-ins that write and show pictures.
func pictures(_ session: Session) -> [Builtin] {
  let range = Parameter(
    "range", "The values that become black and white.", default: [-1.0, 1.0])
  return [
    Builtin(
      "save_png",
      "Writes a picture to a PNG file, 8 bits a channel, and says how much was clipped.",
      Parameter("x", "A picture, [H, W] or [C, H, W] with 1 to 4 channels."),
      Parameter("path", "The file, below the output folder unless absolute."), range,
      examples: [
        Example("save_png(zeros(3x8x8), \"grey.png\"); exists(\"grey.png\")", gives: "true")
      ],
      seeAlso: ["load", "show", "grid"], errors: ["E-shape", "E-file"]
    ) { (call: Call, x: Tensor, path: String, range: [Double]) in
      let (pixels, clipped) = try x.picture(range: try ImageRange(range))
      if clipped > 0 {
        let percent = shownPercent(clipped, of: x.count)
        call.note(
          "\(path): \(clipped) values (\(percent) %) were outside \(range[0])..\(range[1]) and clipped"
        )
      }
      return try session.write(path, as: [".png"], of: "a picture") {
        try AtomicFile.write(encodePNG(pixels, budget: session.budget), to: $0)
      }
    },
    Builtin(
      "show",
      """
      Shows a picture where the terminal can, else says what it is. Several pictures (a batch, a \
      dataset, a list) are shown as a grid, the first 64 of them; maps of other channels than a picture has as grey \
      tiles, each in its own range.
      """,
      Parameter("x", "A picture [H, W] or [C, H, W], a batch, a dataset, or a list of pictures."),
      Parameter("caption", "What is written under it.", default: ""), range,
      Parameter("cols", "Pictures in a row of the grid.", default: 8, isKeywordOnly: true),
      examples: [Example("show(zeros(3x8x8))", gives: nil)], seeAlso: ["save_png", "grid"],
      errors: ["E-shape", "E-range"]
    ) { (call: Call, x: PictureList, caption: String, range: [Double], cols: Int) in
      let (pixels, words) = try x.shown(
        range: try ImageRange(range), columns: cols, Montage(budget: session.budget))
      let line = [caption, words].filter { !$0.isEmpty }.joined(separator: "  ")
      try call.show(.pixels(PixelDisplay(pixels, caption: line.isEmpty ? nil : line)))
      return Nothing.nothing
    },
    Builtin(
      "show", "Shows a plot, as its echo does.", Parameter("x", "What plot() or hist() gave."),
      examples: [Example("show(plot([3, 1, 2]))", gives: nil)], seeAlso: ["plot"]
    ) { (call: Call, x: PlotObject) in
      for display in try x.displays(width: call.width) { try call.show(display) }
      return Nothing.nothing
    },
    Builtin(
      "to_gray", "Gives the luminance of a colour picture: .299 R + .587 G + .114 B, one channel.",
      Parameter("x", "Pictures, [3, H, W] or [N, 3, H, W]."),
      examples: [Example("to_gray(ones(3x4x4)).shape", gives: "1x4x4")], errors: ["E-shape"]
    ) { (x: Tensor) in
      guard x.rank >= 3, x.shape[x.rank - 3] == 3 else {
        throw Failure("E-shape", "\(x.shape) has no three colour channels", parameter: "x")
      }
      let weights = try Tensor(
        [0.299, 0.587, 0.114] as [Float], try Shape([3, 1, 1]), on: x.backend)
      return try (x * weights).sum([-3], keepingAxes: true)
    },
  ]
}
