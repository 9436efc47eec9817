// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

private typealias Parameter = HengeLanguage.Parameter

/// The built-in that compares images by looking at them.
func comparingPictures(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "compare",
      "Draws images next to each other: `a`, `b` and the difference b - a, whose channels are averaged, in the colors of `signed` with one scale for all rows. compare(m(x), n(x), x) shows the outputs of two models for the same images.",
      Parameter("a", "An image [C, H, W], a batch [N, C, H, W], a dataset or a list of images."),
      Parameter("b", "As many images of the same shapes."),
      Parameter(
        "x", "As many images of any shape, shown before them, such as the inputs of two models.",
        default: PictureList?.none),
      Parameter(
        "zoom",
        "Magnification of each image, an integer factor; by default images get 128 pixels or nearly so.",
        default: Int?.none, isKeywordOnly: true),
      examples: [
        Example(
          """
          A = faces("anime", 2)
          m = sequential(conv(3, 3, padding=1))
          n = copy(m)
          n["conv1.weight"] = 1.1 * n["conv1.weight"]
          x = A.tensor()
          show(compare(m(x), n(x), A))
          """, gives: nil)
      ], seeAlso: ["signed", "ssim", "sheet", "walk"], errors: ["E-shape", "E-type", "E-range"]
    ) { (call: Call, a: PictureList, b: PictureList, x: PictureList?, zoom: Int?) in
      let comparison = try PictureComparison(a.images("a"), b.images("b"))
      return try comparison.sheet(x?.images("x") ?? [], zoom, call, session)
    }.alsoCalled("before and after", "difference image")
  ]
}

extension PictureList {
  fileprivate func images(_ parameter: String) throws -> [Tensor] {
    var images: [Tensor] = []
    try eachImage { image, _, _ in
      guard image.rank == 2 || image.rank == 3 else {
        throw Failure("E-shape", "\(image.shape) is not an image", parameter: parameter)
      }
      images.append(image)
    }
    return images
  }
}

/// Pairs of images and their differences.
private struct PictureComparison {
  let a: [Tensor]
  let b: [Tensor]

  init(_ a: [Tensor], _ b: [Tensor]) throws {
    guard a.count == b.count, !a.isEmpty else {
      throw Failure(
        "E-shape", "there are \(a.count) images to compare with \(b.count)",
        suggestion: "as many images in both", parameter: "b")
    }
    for (x, y) in zip(a, b) where x.shape != y.shape {
      throw Failure(
        "E-shape", "images to compare have the same shape, not \(x.shape) and \(y.shape)",
        suggestion: y.rank == 3 && x.rank == 3 ? "resize(b, \(x.shape[1])x\(x.shape[2]))" : nil,
        parameter: "b")
    }
    (self.a, self.b) = (a, b)
  }

  /// A row for each pair: the image, if there are `inputs`, both, and the difference.
  func sheet(_ inputs: [Tensor], _ zoom: Int?, _ call: Call, _ session: Session) throws -> Tensor {
    guard inputs.isEmpty || inputs.count == a.count else {
      throw Failure(
        "E-shape", "there are \(inputs.count) images in `x`, and \(a.count) to compare",
        suggestion: "as many images in all", parameter: "x")
    }
    let budget = session.budget
    let differences = try zip(a, b).map { x, y in
      let difference = try y.cast(to: .f32) - x.cast(to: .f32)
      return try (difference.rank == 3 ? difference.mean([0]) : difference).maps()
    }
    let reach =
      try differences.map {
        try ColourMap.signed.range(of: $0.values[...], budget: budget).upperBound
      }.max() ?? 0
    var clipped = 0
    func picture(_ image: Tensor) throws -> Pixels {
      let (pixels, count) = try image.picture(range: .signed)
      clipped += count
      return pixels
    }
    let rows = try a.indices.map { index in
      let input = try inputs.isEmpty ? [] : [picture(inputs[index])]
      return try input + [
        picture(a[index]), picture(b[index]),
        ColourMap.signed.coloured(differences[index], over: -reach...reach, budget: budget),
      ]
    }
    if clipped > 0 { call.note("\(clipped) values were outside -1..1 and were clipped") }
    let side = max(1, min(rows[0][0].height, rows[0][0].width))
    let montage = Montage(budget: budget).zoomed(zoom ?? max(1, 128 / side))
    let top =
      (inputs.isEmpty ? ["a", "b"] : ["x", "a", "b"])
      + ["b - a, ±\(Double(reach).general(digits: 2))"]
    return try session.sheet(labels: [labelLine("columns", top)], montage) {
      try $0.sheet(rows, top: top)
    }
  }
}
