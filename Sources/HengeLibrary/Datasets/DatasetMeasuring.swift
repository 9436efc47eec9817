// SPDX-License-Identifier: MIT
internal import HengeBackend
internal import HengeData
internal import HengeLanguage
internal import HengeTensor

private var dataset: Parameter { Parameter("A", "A dataset.") }

/// A record of the language with these fields.
func record(_ fields: [(String, Value)]) -> Record {
  let record = Record()
  for (name, value) in fields { record.set(name, value) }
  return record
}

/// Built-ins that measure datasets.
func datasetMeasuring(_ session: Session) -> [Builtin] {
  itemsOfDatasets() + [
    Builtin(
      "mean", "Returns the mean image [C, H, W] of a dataset, summed in double precision.",
      dataset,
      examples: [Example("mean(faces(\"anime\", 4)).shape", gives: "3x64x64")],
      seeAlso: ["tensor"], errors: ["E-shape", "E-data"]
    ) { (A: Dataset) in try A.mean().cast(to: .f32) },
    Builtin(
      "tensor", "Loads all images of a dataset into one tensor [N, C, H, W].", dataset,
      examples: [Example("tensor(faces(\"anime\", 4)).shape", gives: "4x3x64x64")],
      seeAlso: ["batches", "stack"], errors: ["E-shape", "E-memory", "E-data"]
    ) { (A: Dataset) in try A.tensor() },
    Builtin(
      "summary",
      """
      Returns a summary of a dataset, without decoding its images. Members: count, channels, range, \
      bytes, and the tables sources, shapes and files.
      """,
      dataset, examples: [Example("summary(faces(\"anime\", 4)).count", gives: "4")],
      seeAlso: ["duplicates"], errors: ["E-file"]
    ) { (A: Dataset) in SummaryObject(try A.summary(), on: session.backend) },
    Builtin(
      "duplicates",
      """
      Finds duplicate and nearly duplicate images. Returns a list of records (items, names, exact), \
      one per group of duplicates. Images are nearly equal if the gray values of their 16x16 cells \
      differ by less than `threshold` on average, on the scale 0..255.
      """,
      dataset,
      Parameter(
        "threshold", "Largest mean difference of gray values, 0..255, between duplicates.",
        default: 6.0),
      examples: [
        Example(
          """
          A = faces("anime", 4)
          found = duplicates(A.join(A.take(1)))
          found[0].items
          #=> [0, 4]
          """)
      ], seeAlso: ["summary"], errors: ["E-file"]
    ) { (A: Dataset, threshold: Double) in
      try A.duplicates(threshold: threshold).map { group in
        record([
          ("items", group.indices.value),
          ("names", try group.indices.map { try A.name(of: $0) }.value),
          ("exact", group.isExact.value),
        ])
      }
    },
  ]
}

/// Built-ins that return properties of datasets.
private func itemsOfDatasets() -> [Builtin] {
  [
    Builtin(
      "len", "Returns the number of items.", dataset,
      examples: [Example("len(faces(\"anime\", 4))", gives: "4")]
    ) { (A: Dataset) in A.count },
    Builtin(
      "len", "Returns the number of pairs.", Parameter("P", "Pairs of datasets."),
      examples: [Example("P = pairs(faces(\"anime\", 4), faces(\"photo\", 4))\nlen(P)\n#=> 4")]
    ) { (P: PairsObject) in P.pairs.count },
    Builtin(
      "len", "Returns the number of batches.", Parameter("b", "Batches."),
      examples: [Example("len(faces(\"anime\", 4).batches(3))", gives: "2")]
    ) { (b: BatchesObject) in b.count },
    Builtin(
      "channels", as: .property,
      "Names of the groups of channels, such as rgb or rgb+angle; none if a function computes the images and changes what their channels are.",
      dataset, examples: [Example("faces(\"anime\", 4).channels", gives: "\"rgb\"")]
    ) { (A: Dataset) in try A.learnedGroups()?.description },
    Builtin(
      "fingerprint",
      "Returns a hash of the images, their order and their range: 64 hexadecimal digits.",
      dataset, examples: [Example("len(fingerprint(faces(\"anime\", 4)))", gives: "64")],
      seeAlso: ["duplicates"], errors: ["E-file"]
    ) { (A: Dataset) in try A.fingerprint() },
  ]
}
