// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

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
  ]
}
