// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeDrawnFaces
public import HengeImage
public import HengeLanguage
internal import HengeTensor

extension PictureFit: Choice {}
extension PictureChannels: Choice {}
extension PictureErrors: Choice {}
extension FaceStyle: Choice {}

extension PictureSize {
  /// Height and width from a shape of two sizes, or of one for both; throws `E-shape`.
  init(_ shape: Shape) throws {
    guard (1...2).contains(shape.rank), shape.count > 0 else {
      throw Failure(
        "E-shape", "a size is height x width, at least 1x1, not \(shape)",
        suggestion: "size=64x64", parameter: "size")
    }
    let longest = Pixels.longestSide
    guard shape.sizes.allSatisfy({ $0 <= longest }) else {
      throw Failure(
        "E-range", "a picture has at most \(longest) rows or columns, not \(shape)",
        parameter: "size")
    }
    self.init(height: shape[0], width: shape[shape.rank - 1])
  }
}

/// Built-ins that make datasets.
func datasetMaking(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "images",
      """
      Returns the images in a folder as a dataset of tensors [C, H, W], sorted by the bytes of \
      their names. It contains the files named \(PictureFormat.readEndings), except hidden ones, \
      and a note says what else is there. Images are read when they are needed, in parallel, and \
      kept as bytes while there is room; of several pages or frames the first is read.
      """,
      Parameter("folder", "The folder."),
      Parameter("size", "Height x width to resize to; none keeps each size.", default: Shape?.none),
      Parameter(
        "fit", "Whether other shapes are stretched, cut to cover the size, or padded with black.",
        default: PictureFit.stretch),
      Parameter("channels", "What becomes of the colours.", default: PictureChannels.rgb),
      Parameter("range", "The values of black and white.", default: [-1.0, 1.0]),
      Parameter("limit", "Take only the first so many.", default: Int?.none),
      Parameter("recursive", "Whether to read the folders below, too.", default: false),
      Parameter(
        "errors", "Whether a picture that cannot be read stops the run, or is told and left out.",
        default: PictureErrors.stop),
      Parameter(
        "upright", "Whether to turn images as their EXIF orientation says.", default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          "save_png(zeros(3x8x8), \"shades/0.png\"); len(images(\"shades\"))", gives: "1")
      ],
      seeAlso: ["faces", "load"], errors: ["E-file", "E-shape", "E-range"]
    ) {
      (
        call: Call, folder: String, size: Shape?, fit: PictureFit, channels: PictureChannels,
        range: [Double], limit: Int?, recursive: Bool, errors: PictureErrors, upright: Bool
      ) in
      let layout = PictureLayout(
        size: try size.map { try PictureSize($0) }, fit: fit, channels: channels, upright: upright)
      return try Dataset.images(
        session.paths.folderToRead(folder, from: call.folder), layout: layout,
        range: ImageRange(range), limit: limit, recursive: recursive, errors: errors,
        loader: session.loader, note: call.note)
    },
    Builtin(
      "faces",
      """
      Describes faces that henge draws itself, with exact landmarks and tilt. Face i depends on \
      the style, the seed and i alone.
      """,
      Parameter("style", "Drawn, or like a photograph."),
      Parameter("count", "How many.", default: 1000),
      Parameter("size", "Height x width.", default: ShapeValue([64, 64])),
      Parameter("seed", "Another seed draws other faces.", default: 0),
      examples: [Example("faces(\"anime\", 10)[0].shape", gives: "3x64x64")],
      seeAlso: ["images", "item"], errors: ["E-range", "E-shape"]
    ) { (style: FaceStyle, count: Int, size: Shape, seed: Int) in
      try Dataset.faces(
        style, count: count, size: PictureSize(size), seed: UInt64(bitPattern: Int64(seed)),
        loader: session.loader)
    },
  ] + pairing(session)
}
