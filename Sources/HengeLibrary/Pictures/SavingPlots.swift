// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeFiles
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

private var plotParameter: Parameter {
  Parameter("plot", "A plot, made by plot(), hist(), bars(), scatter() or panels().")
}

private var pathParameter: Parameter {
  Parameter("path", "Path of the file. A relative path is inside the output folder.")
}

private var sizeParameter: Parameter {
  Parameter(
    "size",
    "Height x width of the plot in units of 1/96 inch; by default 400x640, and more for panels.",
    default: Shape?.none, isKeywordOnly: true)
}

private var zoomParameter: Parameter {
  Parameter("zoom", "Number of pixels per unit of the size, 1..8.", default: 2, isKeywordOnly: true)
}

/// Built-ins that save plots.
func savingPlots(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "save_svg",
      "Saves a plot as an SVG file. The same plot is always the same file, byte by byte.",
      plotParameter, pathParameter, sizeParameter,
      examples: [
        Example("save_svg(plot([3, 1, 2]), \"losses.svg\")\nexists(\"losses.svg\")\n#=> true")
      ],
      seeAlso: ["plot", "save_png", "save_pdf"], errors: ["E-file", "E-range"]
    ) { (plot: PlotObject, path: String, size: Shape?) in
      try session.save(plot.plot, path, as: [".svg"], size, zoom: 1, nil)
    },
    Builtin(
      "save_png", "Saves a plot as a PNG file.",
      plotParameter, pathParameter, sizeParameter, zoomParameter,
      examples: [
        Example(
          "save_png(plot([3, 1, 2]), \"losses.png\")\nload(\"losses.png\").shape\n#=> 3x800x1280")
      ],
      seeAlso: ["plot", "save_svg", "save_pdf"], errors: ["E-file", "E-range"]
    ) { (call: Call, plot: PlotObject, path: String, size: Shape?, zoom: Int) in
      try session.save(plot.plot, path, as: [".png"], size, zoom: zoom, call)
    }.alsoCalled("savefig", "save figure", "export plot")
      .inPlaceOf(
        "screenshot",
        advice:
          "save_png(x, \"x.png\") saves an image or a plot, and :render f.html the whole session"),
    Builtin(
      "save_pdf",
      "Saves a plot as a PDF file of one page, whose lines and texts stay sharp at any size. The same plot is always the same file: it contains no date.",
      plotParameter, pathParameter, sizeParameter,
      examples: [
        Example("save_pdf(plot([3, 1, 2]), \"losses.pdf\")\nexists(\"losses.pdf\")\n#=> true")
      ],
      seeAlso: ["plot", "save_svg", "save_png"], errors: ["E-file", "E-range"]
    ) { (call: Call, plot: PlotObject, path: String, size: Shape?) in
      try session.save(plot.plot, path, as: [".pdf"], size, zoom: 1, call)
    }.alsoCalled("vector graphics", "LaTeX figure"),
    Builtin(
      "save", "Saves a plot as a PNG, SVG or PDF file, chosen by the ending of the path.",
      plotParameter, pathParameter, sizeParameter,
      examples: [Example("save(plot([3, 1, 2]), \"loss.svg\")\nexists(\"loss.svg\")\n#=> true")],
      seeAlso: ["save_png", "save_svg", "save_pdf"], errors: ["E-file", "E-range"]
    ) { (call: Call, plot: PlotObject, path: String, size: Shape?) in
      try session.save(plot.plot, path, as: [".png", ".svg", ".pdf"], size, zoom: 2, call)
    },
  ]
}

extension Session {
  /// Saves `plot` in the format of the ending of `path`; notes to `call` which characters have no
  /// font here.
  fileprivate func save(
    _ plot: Plot, _ path: String, as endings: [String], _ size: Shape?, zoom: Int, _ call: Call?
  ) throws -> Nothing {
    let size = try pageSize(size, of: plot)
    guard (1...8).contains(zoom) else {
      throw Failure("E-range", "`zoom` must be 1 to 8, not \(zoom)", parameter: "zoom")
    }
    try supplement?(
      .plot(DrawnPlot(plot: plot, budget: budget, width: plot.size.width, height: plot.size.height))
    )
    let done = try write(path, as: endings, of: "a plot") { file in
      let bytes: [UInt8] =
        if file.hasSuffix(".svg") {
          Array(try plot.svg(width: size.width, height: size.height, budget: budget).utf8)
        } else if file.hasSuffix(".pdf") {
          try plot.pdf(width: size.width, height: size.height, budget: budget)
        } else {
          try encodePNG(
            plot.pixels(width: size.width, height: size.height, zoom: zoom, budget: budget),
            budget: budget)
        }
      try AtomicFile.write(bytes, to: file, budget: budget)
    }
    guard let call, !path.hasSuffix(".svg"), plot.hasUnusualText else { return done }
    let missing = try plot.undrawable(budget: budget)
    if !missing.isEmpty {
      let shown = String(missing.prefix(20))
      call.noteOnce("\(path): no installed font has \(shown), drawn as boxes; SVG keeps them")
    }
    return done
  }
}

/// A size that a plot can be drawn in.
private func pageSize(_ size: Shape?, of plot: Plot) throws -> PictureSize {
  guard let size else { return PictureSize(height: plot.size.height, width: plot.size.width) }
  guard size.rank == 2, size.sizes.allSatisfy({ (100...4000).contains($0) }) else {
    throw Failure(
      "E-range", "the sides of a plot must be 100 to 4000, not \(size)",
      suggestion: "size=400x640", parameter: "size")
  }
  return PictureSize(height: size[0], width: size[1])
}
