// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTensor

/// Built-ins for the distance of two sets of images that are not paired.
func setMeasures(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "swd",
      """
      Returns the sliced Wasserstein distance (SWD) between two sets of images, times 1000: 0 for \
      identical sets, larger the more their patches differ (Rabin et al. 2011; Karras et al. 2018, \
      section 5). It needs no network. Each image is decomposed into a Laplacian pyramid, halved \
      while its smaller side is at least `smallest`. On each level, `patches` random 7x7 patches \
      per image are normalized (per set and channel, to mean 0 and standard deviation 1) and \
      projected onto `repeats` · `directions` random unit vectors. The distance of a level is the \
      mean Wasserstein distance of the projections; the result is the mean over levels. All images \
      must have the same size, at least 7x7. The distance does not depend on a set's overall color. \
      The same sets and seed return the same number.
      """,
      Parameter("A", "A dataset, or a batch of images [N, C, H, W]."),
      Parameter("B", "A dataset or a batch, with images of the same size."),
      Parameter(
        "patches", "Number of patches per image and level.", default: 128, isKeywordOnly: true),
      Parameter(
        "directions", "Number of unit vectors per repeat.", default: 128, isKeywordOnly: true),
      Parameter(
        "repeats", "Number of times that new unit vectors are drawn.", default: 4,
        isKeywordOnly: true),
      Parameter(
        "smallest", "Smallest side of an image of the pyramid, 7 or more.",
        default: 16, isKeywordOnly: true),
      Parameter("seed", "Seed of all random draws.", default: 0, isKeywordOnly: true),
      Parameter(
        "levels", "Whether to return a table of the distances per level instead.", default: false,
        isKeywordOnly: true),
      examples: [
        Example(
          """
          A = faces("anime", 4)
          swd(A, A)
          #=> 0.0
          levels = swd(A, faces("photo", 4), levels=true)
          print(levels["height"])
          #=> tensor([64, 32, 16])
          """)
      ], seeAlso: ["psnr"], errors: ["E-shape", "E-data", "E-range"]
    ) {
      (
        A: Batches, B: Batches, patches: Int, directions: Int, repeats: Int, smallest: Int,
        seed: Int, levels: Bool
      ) -> Value in
      guard let start = UInt64(exactly: seed) else {
        throw Failure("E-range", "a seed must be 0 or larger, not \(seed)", parameter: "seed")
      }
      let measure = try SlicedWasserstein(
        patches: patches, directions: directions, repeats: repeats, smallest: smallest, seed: start)
      let found = try measure.levels(
        between: A.patches(measure, of: "A"), and: B.patches(measure, of: "B"))
      guard levels else {
        return .num(found.reduce(0) { $0 + $1.distance } / Double(found.count))
      }
      let table = try Table(columns: [
        .init("height", .integers(found.map(\.height))),
        .init("width", .integers(found.map(\.width))),
        .init("swd", .numbers(found.map(\.distance))),
      ])
      return .object(TableObject(table, on: session.backend))
    }
  ]
}

extension Batches {
  /// Patches of all images; `name` is the parameter's that they were given as.
  fileprivate func patches(_ measure: SlicedWasserstein, of name: String) throws -> PatchSample {
    var sample = PatchSample(measure)
    try Failure.renaming([nil: name]) { try each(as: name) { try sample.append($0) } }
    return sample
  }
}
