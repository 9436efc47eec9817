// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

private var item: Parameter {
  Parameter(
    "item",
    "Whether the function receives the item, a record of image, name, file, marks and angle, instead of the image.",
    default: false)
}

/// Built-ins that call a function for each image of a dataset.
func mapping() -> [Builtin] {
  [
    Builtin(
      "map",
      """
      Returns a dataset of what a function makes of each image. The function is called whenever \
      an item is asked for, and its result is not kept. Images of one size can be trained on: \
      the size is that of the first, which is computed when it is first needed, and a later one \
      of another size is an error. Marks and angle follow where the function flips, crops, pads, \
      resizes or rotates the image and computes with its elements; after anything else (a \
      network) they are unknown, unless the function receives the item and returns a record \
      (image=…, marks=…, angle=…).
      """,
      Parameter("A", "A dataset."),
      Parameter("f", "A function of an image [C, H, W], or of an item, that returns an image."),
      item,
      Parameter(
        "range", "The values of black and white in what f returns; by default those of A.",
        default: [Double]?.none),
      examples: [
        Example("faces(\"anime\", 3).map(x => x[0:1])[0].shape", gives: "1x64x64"),
        Example(
          "A = faces(\"anime\", 3); B = A.map(x => flip(x, axis=2)); A.item(0).angle + B.item(0).angle",
          gives: "0.0"),
        Example(
          "faces(\"anime\", 3).map(i => rotate(i.image, -i.angle), item=true).item(1).angle |> round",
          gives: "0"),
      ], seeAlso: ["filter", "augment", "item"], errors: ["E-type", "E-shape"]
    ) { (A: Dataset, f: Callback, takesItem: Bool, range: [Double]?) in
      try A.mapItems(nesting: f.value.depth, range: range.map { try ImageRange($0) }) {
        image, record in
        let made = try f.call([takesItem ? itemRecord(image, record()) : image.value])
        if let tensor = Tensor.from(made) { return MappedItem(tensor) }
        if case .record(let record) = made { return try MappedItem(record) }
        throw Failure(
          "E-type", "the function of map must return an image, not \(made.kindWithArticle)",
          suggestion: takesItem ? "i => flip(i.image, axis=2)" : "x => flip(x, axis=2)")
      }
    },
    Builtin(
      "filter",
      "Returns the items for which a function returns true. It is called once for each item, now.",
      Parameter("A", "A dataset."),
      Parameter("f", "A function of an image [C, H, W], or of an item, that returns a bool."), item,
      examples: [
        Example("len(faces(\"anime\", 3).filter(x => mean(x) > -2))", gives: "3"),
        Example("len(faces(\"anime\", 3).filter(i => i.angle < 90, item=true))", gives: "3"),
      ], seeAlso: ["map"], errors: ["E-type"]
    ) { (A: Dataset, f: Callback, takesItem: Bool) in
      try A.filter { image, record in
        let answer = try f.call([takesItem ? itemRecord(image, record()) : image.value])
        guard let isKept = Bool.from(answer) else {
          throw Failure(
            "E-type", "the function of filter must return a bool, not \(answer.kindWithArticle)")
        }
        return isKept
      }
    },
    Builtin(
      "item",
      """
      Returns what is known of item `i`: a record of its image, name, file (none where it is in \
      no file), marks (a record of points [x, y] in pixels) and angle (the tilt of the eyes in \
      degrees, none where it is not known).
      """,
      Parameter("A", "A dataset."), Parameter("i", "Which; negative from the end."),
      examples: [
        Example("faces(\"anime\", 4).item(2).name", gives: "'faces(\"anime\")[2]'")
      ], seeAlso: ["faces", "images"], errors: ["E-index"]
    ) { (call: Call, A: Dataset, i: Int) in
      let (image, known) = try A.item(i)
      if known.annotation.isLost {
        call.note(
          "the marks and angle of \(known.name.quotedPath) are unknown: its function moves pixels in a way that cannot be followed"
        )
      }
      return itemRecord(image, known)
    },
  ]
}

/// An item as a record of the language.
private func itemRecord(_ image: Tensor, _ known: ItemRecord) -> Value {
  record([
    ("image", image.value), ("name", known.name.value), ("file", known.file.value),
    ("marks", record(known.marks.map { ($0.name, [$0.x, $0.y].value) }).value),
    ("angle", known.angle.value),
  ]).value
}

extension MappedItem {
  /// What a function returned as a record: an image, and what it says of the face in it.
  fileprivate init(_ record: Record) throws {
    let fields = Dictionary(
      zip(record.names, record.values), uniquingKeysWith: { first, _ in first })
    guard let image = fields["image"].flatMap({ Tensor.from($0) }) else {
      throw Failure(
        "E-type", "the record that the function of map returns has no `image`",
        notes: ["its fields: \(record.names.joined(separator: ", "))"],
        suggestion: "(image=x, marks=i.marks, angle=i.angle)")
    }
    self.init(image)
    guard fields["marks"] != nil || fields["angle"] != nil else { return }
    var annotation = Annotation()
    switch fields["marks"] ?? Value.none {
    case Value.none: break
    case .record(let marks):
      annotation.marks = try zip(marks.names, marks.values).map { name, point in
        let place = try [Double].from(point) ?? Tensor.from(point)?.doubles()
        guard let place, place.count == 2, place.allSatisfy(\.isFinite) else {
          throw Failure(
            "E-type", "the mark `\(name)` that the function of map returns is no point",
            suggestion: "(image=x, marks=(nose=[x, y],))")
        }
        return Landmark(name, x: place[0], y: place[1])
      }
    case let other:
      throw Failure(
        "E-type", "`marks` is a record of points [x, y], not \(other.kindWithArticle)",
        suggestion: "(image=x, marks=i.marks)")
    }
    switch fields["angle"] ?? Value.none {
    case Value.none: break
    case let value:
      guard let angle = Double.from(value), angle.isFinite else {
        throw Failure(
          "E-type", "`angle` is a number of degrees, or none, not \(value.representation)")
      }
      annotation.angle = angle
    }
    self.annotation = annotation
  }
}
