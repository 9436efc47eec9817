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
  init(_ shape: Shape, parameter: String = "size") throws {
    guard (1...2).contains(shape.rank), shape.count > 0 else {
      throw Failure(
        "E-shape", "a size is height x width, at least 1x1, not \(shape)",
        suggestion: "\(parameter)=64x64", parameter: parameter)
    }
    let longest = Pixels.longestSide
    guard shape.sizes.allSatisfy({ $0 <= longest }) else {
      throw Failure(
        "E-range", "an image has at most \(longest) rows or columns, not \(shape)",
        parameter: parameter)
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
      Returns the images in a folder as a dataset of tensors [C, H, W], sorted by file name. It \
      contains the files that end in \(PictureFormat.readEndings), except hidden ones; a note lists \
      what else the folder contains. Images are decoded when they are needed, in parallel, and kept \
      in memory as bytes while there is room. Of a file with several pages or frames, the first is \
      read.
      """,
      Parameter("folder", "Path of the folder."),
      Parameter(
        "size", "Height x width to resize to; by default each image keeps its size.",
        default: Shape?.none),
      fitParameter(), channelsParameter(),
      Parameter("range", "Values of black and white.", default: [-1.0, 1.0]),
      Parameter("limit", "Maximum number of images; the first ones are used.", default: Int?.none),
      Parameter("recursive", "Whether to include subfolders.", default: false),
      Parameter(
        "errors",
        "What to do with an image that cannot be read: stop with an error, or skip it with a note.",
        default: PictureErrors.stop),
      Parameter(
        "upright", "Whether to rotate images upright according to their EXIF orientation.",
        default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          save_png(zeros(3x8x8), "photos/0.png")
          len(images("photos"))
          #=> 1
          """)
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
    }.alsoCalled("image folder", "load images")
      .inPlaceOf(
        "normalize", "standardize",
        advice: "images are loaded with values -1..1, (x - mean(x)) / std(x) standardizes a tensor"
      )
      .inPlaceOf(
        "num_workers", "pin_memory",
        advice: "images are read and decoded on all threads, whose number --threads sets"),
    Builtin(
      "faces",
      """
      Returns a dataset of synthetic faces, drawn by henge, with exact landmarks and angle. Face i \
      depends on the style, the seed and i only.
      """,
      Parameter("style", "Style of the faces: line drawings, or shaded like photographs."),
      Parameter("count", "Number of images.", default: 1000),
      Parameter("size", "Height x width in pixels.", default: ShapeValue([64, 64])),
      Parameter("seed", "Seed of the faces: another seed draws other faces.", default: 0),
      examples: [Example("faces(\"anime\", 10)[0].shape", gives: "3x64x64")],
      seeAlso: ["images", "item"], errors: ["E-range", "E-shape"]
    ) { (style: FaceStyle, count: Int, size: Shape, seed: Int) in
      try Dataset.faces(
        style, count: count, size: PictureSize(size), seed: UInt64(bitPattern: Int64(seed)),
        loader: session.loader)
    },
  ] + pairing(session)
}

/// The parameter of images from files that says how they are fitted to a size.
func fitParameter() -> Parameter {
  Parameter(
    "fit",
    "How an image of another aspect ratio fits `size`: stretched, cropped to cover it, or padded with black.",
    default: PictureFit.stretch)
}

/// The parameter of images from files that says which channels they have.
func channelsParameter() -> Parameter {
  Parameter(
    "channels", "Color channels: RGB, grayscale, or RGB with alpha.",
    default: PictureChannels.rgb)
}
