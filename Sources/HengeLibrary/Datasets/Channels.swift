// SPDX-License-Identifier: MIT
internal import HengeBackend
public import HengeData
public import HengeLanguage
internal import HengeTensor

extension AngleEncoding: Choice {}

/// Built-ins that place channels next to the images of a dataset.
func channels() -> [Builtin] {
  [
    Builtin(
      "with_channels",
      """
      Returns the dataset with additional channels for each image, called `name`, such as the \
      condition of a generator. The function returns one channel [H, W] or several [k, H, W], of the \
      size of the image. It runs for the first image immediately, later each time an item is needed. \
      Augmentation changes the image first and computes the channels from the result, so the order \
      of augment and with_channels does not matter.
      """,
      Parameter("A", "A dataset."),
      Parameter("name", "Name of the channels: a letter, then letters, digits, _, - and \".\"."),
      Parameter(
        "f",
        "A function of an image, which receives the first group of channels only, such as rgb; or of an item, whose image has all channels."
      ), itemParameter,
      examples: [
        Example(
          """
          A = faces("anime", 3).with_channels("edges", x => abs(to_gray(x) - 0.5))
          A.channels
          #=> "rgb+edges"
          A[0].shape
          #=> 4x64x64
          """)
      ], seeAlso: ["with_angle", "without_channels", "map", "channels"],
      errors: ["E-arg", "E-shape", "E-type", "E-data"]
    ) { (A: Dataset, name: String, f: Callback, takesItem: Bool) in
      try A.withChannels(name, nesting: f.value.depth, followsItem: takesItem) { image, record in
        let made = try f.call([takesItem ? itemRecord(image, record()) : image.value])
        guard let tensor = Tensor.from(made) else {
          throw Failure(
            "E-type",
            "the function of with_channels must return a tensor, not \(made.kindWithArticle)",
            suggestion: takesItem ? "i => to_gray(i.image[:3])" : "x => to_gray(x)")
        }
        return tensor
      }
    },
    Builtin(
      "without_channels", "Returns the dataset without the channels called `name`.",
      Parameter("A", "A dataset."),
      Parameter("name", "Name of a group of channels, not the first."),
      examples: [
        Example(
          """
          A = faces("anime", 3).with_angle()
          A.without_channels("angle").channels
          #=> "rgb"
          """)
      ], seeAlso: ["with_channels", "with_angle"], errors: ["E-name"]
    ) { (A: Dataset, name: String) in try A.withoutChannels(name) },
    Builtin(
      "with_angle",
      """
      Returns the dataset with channels called `angle` next to each image, which encode the tilt t of \
      the face. "ramp" is one channel x·cos(t) + y·sin(t), with x and y from -1 to 1 across the \
      image: values up to 1.41. "constant" is t/180 in every pixel, -1..1; generators with instance \
      normalization cannot see it. "film" is two channels, cos t and sin t in every pixel, as generators \
      of cyclegan(…, condition="film") read them. "heatmap" is one channel for each landmark: a Gaussian, 1 at the \
      point and -1 far from it, with a standard deviation of the width / 32. The angle is that of \
      the item: from landmarks(…), from drawn faces, or recorded by map. Augmentation changes it with \
      the image: a flip negates it, a rotation adds to it. So with angle=0 and augment(rotate=…), \
      upright faces have exact angles without any landmarks.
      """,
      Parameter("A", "A dataset whose items have an angle, or landmarks for \"heatmap\"."),
      Parameter("encoding", "How the angle becomes channels.", default: AngleEncoding.ramp),
      Parameter(
        "angle",
        "Tilt of all faces in degrees before augmentation, clockwise positive, instead of that of the items.",
        default: Double?.none, isKeywordOnly: true),
      Parameter(
        "points", "Landmarks that have a heat map; by default all that the first item has.",
        default: [String]?.none, isKeywordOnly: true),
      examples: [
        Example(
          """
          A = faces("anime", 3).with_angle()
          A.channels
          #=> "rgb+angle"
          B = faces("photo", 3).with_angle("heatmap", points=["eye.left", "eye.right"])
          B[0].shape
          #=> 5x64x64
          C = faces("anime", 3).with_angle(angle=0).augment(rotate=30)
          C.item(1).angle == 0
          #=> false
          """)
      ], seeAlso: ["with_channels", "landmarks", "tilt", "augment"],
      errors: ["E-data", "E-arg", "E-range"]
    ) { (A: Dataset, encoding: AngleEncoding, angle: Double?, points: [String]?) in
      try A.withAngle(encoding, angle: angle, points: points)
    },
  ]
}
