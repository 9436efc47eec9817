// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeFiles
internal import HengeLanguage
internal import HengeTensor

/// Built-ins that say how far one set of pictures is from another, whichever picture is which.
func setMeasures(_ session: Session) -> [Builtin] {
  [
    Builtin(
      "swd",
      """
      Gives the sliced Wasserstein distance between two sets of pictures, times 1000: 0 for a set \
      and itself, larger the less their patches look alike. It needs no network. Each picture \
      becomes a Laplacian pyramid, halved while its smaller side stays at least `smallest`; on \
      each level `patches` random patches of 7x7 pixels are taken of each picture, each set's \
      channels brought to mean 0 and deviation 1, and projected onto `repeats` · `directions` \
      random unit vectors. A level's distance is the mean over these of ∫|F⁻¹ - G⁻¹|, which is \
      the mean difference of the sorted projections for sets of one size; the result is the mean \
      over levels. All pictures have one size of 7x7 or more; a shift of a set's colours as a \
      whole is not seen. Draws are counted from `seed` alone, so the same sets give the same \
      number, whatever was drawn before (Rabin et al. 2011; Karras et al. 2018).
      """,
      Parameter("A", "A dataset, or a batch of pictures [N, C, H, W]."),
      Parameter("B", "A dataset or a batch, its pictures as large as those of A."),
      Parameter(
        "patches", "Patches of each picture on each level.", default: 128, isKeywordOnly: true),
      Parameter("directions", "Unit vectors of each repeat.", default: 128, isKeywordOnly: true),
      Parameter("repeats", "How often new vectors are drawn.", default: 4, isKeywordOnly: true),
      Parameter(
        "smallest", "The smaller side of pictures that are not halved again; at least 7.",
        default: 16, isKeywordOnly: true),
      Parameter("seed", "The seed of all draws.", default: 0, isKeywordOnly: true),
      Parameter(
        "levels", "Whether to give a table of the levels' distances instead.", default: false,
        isKeywordOnly: true),
      examples: [
        Example("A = faces(\"anime\", 4); swd(A, A)", gives: "0.0"),
        Example(
          "A = faces(\"anime\", 4); swd(A, faces(\"photo\", 4), levels=true)[\"height\"]",
          gives: nil),
      ], seeAlso: ["psnr"], errors: ["E-shape", "E-data", "E-range"]
    ) {
      (
        A: Batches, B: Batches, patches: Int, directions: Int, repeats: Int, smallest: Int,
        seed: Int, levels: Bool
      ) -> Value in
      guard let start = UInt64(exactly: seed) else {
        throw Failure("E-range", "a seed is no less than 0, not \(seed)", parameter: "seed")
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
  /// Patches of all pictures; `name` is the parameter's that they were given as.
  fileprivate func patches(_ measure: SlicedWasserstein, of name: String) throws -> PatchSample {
    var sample = PatchSample(measure)
    try naming(name) { try each { try sample.append($0) } }
    return sample
  }

  /// Calls `body`; a failure that names no parameter is about `name`.
  private func naming(_ name: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let failure as Failure where failure.parameter == nil {
      throw Failure(
        failure.code, failure.message, notes: failure.notes, suggestion: failure.suggestion,
        parameter: name)
    }
  }
}
