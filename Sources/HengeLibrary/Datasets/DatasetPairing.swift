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
      "E-type", "two folders are paired as datasets",
      suggestion: "pairs(images(…), images(\(folder.quotedPath)))", parameter: "size")
  }
}

/// Built-ins that make pairs.
func pairing(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "pairs",
      """
      Pairs the images of two datasets: iteration returns [a, b]. By default item i of one belongs \
      to item i of the other, and a note says where the names of their files differ.
      """,
      Parameter("A", "A dataset."),
      Parameter("B", "A dataset, of as many images unless `match` is \"name\"."),
      Parameter(
        "match",
        "\"name\" pairs files of the same name, without folder and ending, and leaves out those without a partner; \"position\" pairs by position without comparing names.",
        default: PairMatch?.none, isKeywordOnly: true),
      examples: [
        Example("len(pairs(faces(\"anime\", 3), faces(\"photo\", 3)))", gives: "3")
      ], seeAlso: ["batches", "images"], errors: ["E-shape", "E-data"]
    ) { (call: Call, A: Dataset, B: Dataset, match: PairMatch?) in
      PairsObject(try PairedDataset.matched(A, B, by: match, note: call.note))
    },
    Builtin(
      "pairs",
      """
      Pairs the two halves of images that show both side by side, as the datasets of pix2pix do: \
      [left, right].
      """,
      Parameter("folder", "The folder of the images."),
      Parameter(
        "size", "Height x width to resize each half to; none keeps each size.",
        default: HalfSize(shape: nil)),
      Parameter("swap", "Whether the right half comes first.", default: false),
      Parameter(
        "fit", "Whether other shapes are stretched, cut to cover the size, or padded with black.",
        default: PictureFit.stretch),
      Parameter("channels", "What becomes of the colors.", default: PictureChannels.rgb),
      Parameter("range", "The values of black and white.", default: [-1.0, 1.0]),
      Parameter("limit", "Take only the first so many.", default: Int?.none),
      Parameter("recursive", "Whether to read the folders below, too.", default: false),
      Parameter(
        "upright", "Whether to turn images as their EXIF orientation says.", default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          "save_png(zeros(3x8x16), \"both/0.png\"); pairs(\"both\")[0][1].shape", gives: "3x8x8")
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
