// SPDX-License-Identifier: MIT
public import HengeData
public import HengeLanguage

extension AngleEncoding: Choice {}

/// The built-in that encodes the tilt of faces in channels.
func angleChannels() -> [Builtin] {
  [
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
    }
  ]
}
