// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
internal import HengeImage
public import HengeLanguage
internal import HengeTensor

extension PairMatch: Choice {}

/// The size of each half of images that show two, or none; a second folder is refused by name.
private struct HalfSize: ValueConvertible {
  let shape: Shape?

  static var kind: String { Shape?.kind }
  var value: Value { shape.value }

  static func from(_ value: Value) -> HalfSize? {
    Shape?.from(value).map { HalfSize(shape: $0) }
  }

  static func from(_ value: Value, in call: Call) throws -> HalfSize? {
    if let size = from(value) { return size }
    guard let folder = String.from(value) else { return nil }
    throw Failure(
      "E-type", "pairs of two folders are made from two datasets",
      suggestion: "pairs(images(…), images(\(folder.quotedPath)))", parameter: "size")
  }
}

/// Built-ins that make pairs.
func pairing(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "pairs",
      """
      Pairs the images of two datasets: P[i] is [a, b]. By default item i of `A` is paired with item \
      i of `B`, and a note reports file names that differ.
      """,
      Parameter("A", "A dataset."),
      Parameter("B", "A dataset of the same length, unless `match` is \"name\"."),
      Parameter(
        "match",
        "How to pair: \"name\" pairs files of the same name, ignoring folder and extension, and leaves out the others; \"position\" pairs by position and does not compare names.",
        default: PairMatch?.none, isKeywordOnly: true),
      examples: [
        Example(
          "P = pairs(faces(\"anime\", 3), faces(\"photo\", 3))\na, b = P[0]\na.shape\n#=> 3x64x64")
      ], seeAlso: ["batches", "images"], errors: ["E-shape", "E-data"]
    ) { (call: Call, A: Dataset, B: Dataset, match: PairMatch?) in
      PairsObject(try PairedDataset.matched(A, B, by: match, note: call.note))
    },
    Builtin(
      "pairs",
      """
      Loads pairs from images that show both sides next to each other, as the pix2pix datasets do. \
      Each image is split into [left, right].
      """,
      Parameter("folder", "Path of the folder."),
      Parameter(
        "size", "Height x width to resize each half to; by default each keeps its size.",
        default: HalfSize(shape: nil)),
      Parameter("swap", "Whether to return [right, left].", default: false),
      fitParameter(), channelsParameter(),
      Parameter("range", "Values of black and white.", default: [-1.0, 1.0]),
      Parameter("limit", "Maximum number of pairs; the first ones are used.", default: Int?.none),
      Parameter("recursive", "Whether to include subfolders.", default: false),
      Parameter(
        "upright", "Whether to rotate images upright according to their EXIF orientation.",
        default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          save_png(zeros(3x8x16), "facades/0.png")
          P = pairs("facades")
          P[0][1].shape
          #=> 3x8x8
          """)
      ], seeAlso: ["images", "pix2pix"], errors: ["E-file", "E-shape", "E-range"]
    ) {
      (
        call: Call, folder: String, size: HalfSize, swap: Bool, fit: PictureFit,
        channels: PictureChannels, range: [Double], limit: Int?, recursive: Bool, upright: Bool
      ) in
      let layout = PictureLayout(
        size: try size.shape.map { try PictureSize($0) }, fit: fit, channels: channels,
        upright: upright)
      return PairsObject(
        try PairedDataset.sideBySide(
          session.paths.folderToRead(folder, from: call.folder), layout: layout,
          range: ImageRange(range), swapped: swap, limit: limit, recursive: recursive,
          loader: session.loader, note: call.note))
    },
  ]
}
