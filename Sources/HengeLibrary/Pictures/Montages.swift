// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

/// Images to be arranged: a batch, a dataset, or a list of images and batches.
struct PictureList: ValueConvertible {
  let value: Value
  static var kind: String { "tensor | dataset | list of tensor" }

  static func from(_ value: Value) -> PictureList? {
    if Tensor.from(value) != nil || Dataset.from(value) != nil { return PictureList(value: value) }
    guard case .list(let list) = value, list.elements.allSatisfy({ from($0) != nil }) else {
      return nil
    }
    return PictureList(value: value)
  }

  /// One image of all of them, and what is to be said of it.
  func shown(
    range: ImageRange, columns: Int, _ montage: Montage
  ) throws -> (pixels: Pixels, words: String) {
    if let tensor = Tensor.from(value), tensor.rank == 3, !(1...4).contains(tensor.shape[0]) {
      let pixels = try montage.tiles(tensor.maps(), columns: columns)
      return (pixels, "\(tensor.shape), each map in its own range")
    }
    let (first, count) = try beginning(64)
    var clipped = 0
    let pictures = try first.collected(&clipped, range)
    let words = [
      count > 64 ? "the first 64 of \(count)" : "",
      clipped > 0 ? "\(clipped) values outside \(range) are clipped" : "",
    ].filter { !$0.isEmpty }.joined(separator: ", ")
    guard pictures.count != 1 else { return (pictures[0], words) }
    return (try montage.grid(pictures, columns: columns), words)
  }

  /// The images, values in -1..1 becoming black to white; says in `call` what was clipped.
  ///
  /// Failures are about the built-in's `parameter`.
  func pictures(_ call: Call, as parameter: String) throws -> [Pixels] {
    var clipped = 0
    let pictures = try Failure.renaming(["x": parameter]) { try collected(&clipped) }
    if clipped > 0 { call.note("\(clipped) values were outside -1..1 and were clipped") }
    return pictures
  }

  /// The first `most` of the items, and how many there are.
  private func beginning(_ most: Int) throws -> (PictureList, count: Int) {
    if let dataset = Dataset.from(value), dataset.count > most {
      return (PictureList(value: try dataset.take(most).value), dataset.count)
    }
    if let tensor = Tensor.from(value), tensor.rank == 4, tensor.shape[0] > most {
      let part = try tensor.selecting([.slice(start: 0, stop: most, step: 1)])
      return (PictureList(value: part.value), tensor.shape[0])
    }
    if case .list(let list) = value, list.count > most {
      return (PictureList(value: Value(Array(list.elements.prefix(most)))), list.count)
    }
    return (self, 0)
  }

  /// The images; those of a dataset are in its own range, others in `given`.
  private func collected(
    _ clipped: inout Int, _ given: ImageRange = .signed
  ) throws -> [Pixels] {
    var pictures: [Pixels] = []
    try each(&clipped, given) { pictures.append($0) }
    return pictures
  }

  /// Calls `body` with one image after another; those of a dataset are in its own range, others in
  /// `given`.
  func each(
    _ clipped: inout Int, _ given: ImageRange = .signed, _ body: (Pixels) throws -> Void
  ) throws {
    try eachImage { image, range, groups in
      let (pixels, count) = try image.picture(range: range ?? given, groups: groups)
      clipped += count
      try body(pixels)
    }
  }

  /// Calls `body` with one image after another, and with the range and the groups of channels of the
  /// dataset that it is in.
  func eachImage(_ body: (Tensor, ImageRange?, ChannelGroups?) throws -> Void) throws {
    if let dataset = Dataset.from(value) {
      let groups = try dataset.learnedGroups()
      for index in 0..<dataset.count { try body(dataset.image(index), dataset.range, groups) }
    } else if case .list(let list) = value {
      for element in list.elements { try PictureList(value: element).eachImage(body) }
    } else if let tensor = Tensor.from(value) {
      guard tensor.rank == 4 else { return try body(tensor, nil, nil) }
      for index in 0..<tensor.shape[0] { try body(tensor.selecting([.at(index)]), nil, nil) }
    }
  }
}

extension Tensor {
  /// Maps `[C, H, W]` or `[H, W]` as plain numbers.
  func maps() throws -> Planes {
    let maps = rank == 2 ? try expanded(at: 0) : self
    guard maps.rank == 3 else {
      throw Failure(
        "E-shape", "\(shape) is not a set of feature maps",
        notes: ["a map is HxW, and feature maps are CxHxW"],
        suggestion: rank == 4 ? "x[0]" : nil, parameter: "map")
    }
    return Planes(
      channels: maps.shape[0], height: maps.shape[1], width: maps.shape[2],
      values: try maps.cast(to: .f32).floats())
  }
}

/// Built-ins that put images into a sheet, and a map over an image.
func montages(_ session: Session) -> [Builtin] {
  let montage = Montage(budget: session.budget)
  func tensor(_ pixels: Pixels) throws -> Tensor {
    try Tensor(pixels, range: .signed, on: session.backend)
  }
  let zoom = Parameter(
    "zoom", "Magnification of each image, an integer factor.", default: 1, isKeywordOnly: true)
  return [
    Builtin(
      "sheet", "Arranges rows of images in a sheet with labels.",
      Parameter("rows", "A list of rows; each row is a batch, a dataset or a list of images."),
      Parameter("top", "Labels of the columns.", default: [String]()),
      Parameter("left", "Labels of the rows.", default: [String]()), zoom,
      examples: [Example("sheet([zeros(2x3x8x8)], top=[\"a\", \"b\"]).shape[0]", gives: "3")],
      seeAlso: ["grid", "row"], errors: ["E-shape", "E-arg"]
    ) { (call: Call, rows: [PictureList], top: [String], left: [String], zoom: Int) in
      let pictures = try rows.map { try $0.pictures(call, as: "rows") }
      return try session.sheet(
        labels: [labelLine("columns", top), labelLine("rows", left)], montage.zoomed(zoom)
      ) { try $0.sheet(pictures, top: top, left: left) }
    }.alsoCalled("montage"),
    Builtin(
      "overlay",
      "Overlays a map on an image, in the colors of `heat`. The map is resized to the image.",
      Parameter("x", "An image, [C, H, W]."), Parameter("map", "A map, [H, W] or [1, H, W]."),
      Parameter(
        "alpha", "Opacity of the map: 0 shows only the image, 1 only the map.", default: 0.5),
      examples: [Example("overlay(zeros(3x8x8), ones(2x2)).shape", gives: "3x8x8")],
      seeAlso: ["heat"], errors: ["E-shape", "E-range"]
    ) { (x: Tensor, map: Tensor, alpha: Double) in
      guard map.rank != 3 || map.shape[0] == 1 else {
        throw Failure(
          "E-shape", "overlay takes one map, HxW or 1xHxW, not \(map.shape)",
          suggestion: "§[0], or §.mean(axis=0)", parameter: "map")
      }
      return try tensor(
        x.colors().picture(range: .signed).pixels
          .overlaid(with: map.maps(), alpha: alpha, budget: session.budget))
    },
  ]
}

extension Montage {
  func zoomed(_ zoom: Int) -> Montage {
    var montage = self
    montage.zoom = zoom
    return montage
  }
}
