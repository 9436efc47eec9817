// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeImage
internal import HengeLanguage
internal import HengeTensor

var itemParameter: Parameter {
  Parameter(
    "item",
    "Whether to pass the item to the function, a record of image, name, file, marks and angle, instead of the image.",
    default: false)
}

/// Built-ins that call a function for each image of a dataset.
func mapping() -> [Builtin] {
  [
    Builtin(
      "map",
      """
      Applies a function to each image and returns a dataset of the results. The function runs each \
      time an item is needed; results are not kept. Training needs results of the same size as the \
      first one. Landmarks and angle are transformed if the function flips, crops, pads, resizes or \
      rotates the image or computes with its elements. After anything else, such as a network, they \
      are unknown, unless the function receives the item and returns a record (image=…, marks=…, \
      angle=…).
      """,
      Parameter("A", "A dataset."),
      Parameter("f", "A function of an image [C, H, W], or of an item, that returns an image."),
      itemParameter,
      Parameter(
        "range", "Values of black and white in the results; by default those of A.",
        default: [Double]?.none),
      examples: [
        Example(
          """
          A = faces("anime", 3)
          gray = A.map(to_gray)
          gray[0].shape
          #=> 1x64x64
          level = A.map(i => rotate(i.image, -i.angle), item=true)
          round(level.item(1).angle)
          #=> 0
          """)
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
      "Returns the items for which a function returns true. The function runs once for each item, immediately.",
      Parameter("A", "A dataset."),
      Parameter("f", "A function of an image [C, H, W], or of an item, that returns a bool."),
      itemParameter,
      examples: [
        Example(
          """
          A = faces("anime", 10)
          len(A.filter(x => mean(x) > -2))
          #=> 10
          len(A.filter(i => i.angle < 90, item=true))
          #=> 10
          """)
      ], seeAlso: ["map"], errors: ["E-type"]
    ) { (A: Dataset, f: Callback, takesItem: Bool) in
      try A.filter { image, record in
        let answer = try f.call([takesItem ? itemRecord(image, record()) : image.value])
        guard let isKept = Bool.from(answer) else {
          throw Failure(
            "E-type", "the function of filter must return a bool, not \(answer.kindWithArticle)",
            parameter: "f")
        }
        return isKept
      }
    },
    Builtin(
      "item",
      """
      Returns an item with its metadata: a record of image, name, file (none if it is not in a \
      file), marks (landmarks: a record of points [x, y] in pixels) and angle (tilt of the face in \
      degrees, none if unknown).
      """,
      Parameter("A", "A dataset."),
      Parameter("i", "Index of the item; negative ones count from the end."),
      examples: [
        Example("faces(\"anime\", 4).item(2).name", gives: "'faces(\"anime\")[2]'")
      ], seeAlso: ["faces", "images"], errors: ["E-index"]
    ) { (call: Call, A: Dataset, i: Int) in
      let (image, known) = try Failure.renaming([nil: "i"]) { try A.item(i) }
      if known.annotation.isLost {
        call.note(
          "the marks and angle of \(known.name.quotedPath) are unknown: its function changes pixels in a way that henge cannot trace"
        )
      }
      return itemRecord(image, known)
    },
  ]
}

/// An item as a record of the language.
func itemRecord(_ image: Tensor, _ known: ItemRecord) -> Value {
  record([
    ("image", image.value), ("name", known.name.value), ("file", known.file.value),
    ("marks", record(known.marks.map { ($0.name, [$0.x, $0.y].value) }).value),
    ("angle", known.angle.value),
  ]).value
}

extension MappedItem {
  /// What a function returned as a record: an image and the annotation of the face in it.
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
            "E-type", "the mark `\(name)` that the function of map returns is not a point [x, y]",
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
